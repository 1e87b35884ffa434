#include "bridges/fivetran/row_identity.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

#include <fmt/format.h>
#include <xxhash.h>

namespace tendril {
namespace {

// Appends what tells a value from others: its tag and its bytes.
void append_cell(std::string& content, const FrameCell& cell) {
  content.push_back(static_cast<char>(cell.tag));
  std::array<char, sizeof(std::uint64_t)> bytes{};
  if (cell.tag == CellTag::Float || cell.tag == CellTag::Double) {
    std::memcpy(bytes.data(), &cell.real, sizeof cell.real);
  } else {
    const std::int64_t number =
        cell.text.empty() ? cell.number : static_cast<std::int64_t>(cell.text.size());
    std::memcpy(bytes.data(), &number, sizeof number);
  }
  content.append(bytes.data(), bytes.size());
  content.append(cell.text);
}

}  // namespace

std::vector<std::string> row_ids(const RowsFrame& frame, const FrameNames& names) {
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return names[a] < names[b]; });
  std::vector<FrameColumn::Reader> readers(frame.columns.begin(), frame.columns.end());
  std::vector<std::string> ids(frame.rows);
  std::string content;
  for (std::string& id : ids) {
    content.clear();
    for (const std::size_t column : order) {
      const FrameCell cell = readers[column].next();
      if (cell.has_value()) {
        content.append(names[column]).push_back('\0');
        append_cell(content, cell);
      }
    }
    const XXH128_hash_t hash = XXH3_128bits(content.data(), content.size());
    id = fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }
  return ids;
}

}  // namespace tendril
