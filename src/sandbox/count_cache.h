// CountCache: remembers how many rows met a condition until the next mutation, since counting
// reads them all.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

#include "sandbox/population.h"

namespace tendril {

// Threads: safe to share.
class CountCache {
 public:
  // Returns what `count` said when it was last asked for the same condition, row and revision.
  template <class Count>
  std::uint64_t find_or_count(const void* condition, Row row, std::uint64_t revision, Count count) {
    const auto key = std::pair(condition, row);
    {
      const std::lock_guard lock(mutex_);
      const auto found = counts_.find(key);
      if (found != counts_.end() && found->second.first == revision) {
        return found->second.second;
      }
    }
    const std::uint64_t counted = count();
    const std::lock_guard lock(mutex_);
    if (counts_.size() >= kEntriesMax) {
      counts_.clear();
    }
    counts_[key] = std::pair(revision, counted);
    return counted;
  }

 private:
  static constexpr std::size_t kEntriesMax = 10'000;

  std::mutex mutex_;
  std::map<std::pair<const void*, Row>, std::pair<std::uint64_t, std::uint64_t>> counts_;
};

}  // namespace tendril
