#include "destinations/lake/lake_state.h"

#include <algorithm>
#include <numeric>

namespace tendril {

const Column* LakeLayout::find(std::string_view name) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const Column& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

std::string LakeFile::name() const { return path.substr(path.rfind('/') + 1); }

std::int64_t FileSet::row_count() const {
  return std::accumulate(files.begin(), files.end(), std::int64_t{0},
                         [](std::int64_t rows, const LakeFile& file) { return rows + file.rows; });
}

void LakeState::apply(const Checkpoint& checkpoint) {
  for (const StateKey& key : checkpoint.erased) {
    entries.erase({key.stream, key.slice});
  }
  for (const StateEntry& entry : checkpoint.entries) {
    entries[{entry.stream, entry.slice}] = entry.json;
  }
}

}  // namespace tendril
