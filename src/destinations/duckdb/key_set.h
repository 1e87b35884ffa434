// KeySet: the keys of rows that went straight into a table since the last commit, as hashes. As
// long as no key comes twice, rows of a merge need no staging: whatever they replace is older than
// all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <arrow/type_fwd.h>

namespace tendril {

// Two keys that happen to have the same hash count as one that came twice, which costs time only.
// Threads: one at a time.
class KeySet {
 public:
  // Keys beyond this number count as known. Bounds the set to 16 MiB.
  static constexpr std::size_t kKeysMax = 1'000'000;

  // Adds the keys of all rows and returns true, or returns false when one of them may be known
  // already. After that only clear() makes sense. Columns of integers of any width hash alike.
  // REQUIRES: `columns` are of equal length.
  bool add(const std::vector<const arrow::Array*>& columns);

  void clear();

 private:
  bool insert(std::uint64_t hash);
  void grow();

  std::vector<std::uint64_t> slots_;  // Open addressing; 0 is a free slot.
  std::size_t size_ = 0;
};

}  // namespace tendril
