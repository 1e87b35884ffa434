#include "sandbox/changes.h"

#include <algorithm>

#include "core/check.h"

namespace tendril {

const Changes::Change* Changes::find(std::uint64_t index) const {
  const auto found = changed_.find(index);
  return found == changed_.end() ? nullptr : &found->second;
}

const std::vector<std::uint64_t>& Changes::inserted_below(std::uint64_t parent) const {
  static const std::vector<std::uint64_t> kNone;
  const auto found = inserted_below_.find(parent);
  return found == inserted_below_.end() ? kNone : found->second;
}

std::uint64_t Changes::deleted_in(const Range& range) const {
  if (deleted_ == 0) {
    return 0;
  }
  const auto count = std::count_if(changed_.lower_bound(range.begin),
                                   changed_.lower_bound(std::min(range.end, base_)),
                                   [](const auto& change) { return change.second.deleted; });
  return static_cast<std::uint64_t>(count);
}

std::uint64_t Changes::insert(const Inserted& row) {
  const std::uint64_t index = end();
  inserted_.push_back(row);
  inserted_below_[row.parent].push_back(index);
  return index;
}

void Changes::update(std::uint64_t index, std::int64_t now_us) {
  Change& change = changed_[index];
  ++change.version;
  change.updated_us = now_us;
}

void Changes::touch(std::uint64_t index, std::int64_t now_us) {
  changed_[index].updated_us = now_us;
}

void Changes::erase(std::uint64_t index) {
  Change& change = changed_[index];
  CHECK(!change.deleted);
  change.deleted = true;
  ++deleted_;
}

}  // namespace tendril
