// VersionChain: from when to when the versions of keys last that one call writes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bridges/partner/row_keys.h"

namespace tendril {

// For each row, in microseconds since 1970. A version that another follows ends a millisecond
// before that one starts.
struct VersionChain {
  std::vector<std::int64_t> starts;
  std::vector<std::int64_t> ends;
  std::vector<bool> active;
  std::vector<bool> first;  // The first version of its key.
  std::int64_t last_start = 0;
};

// `keys` and `starts` are those of the rows, in the order of their versions. A version that would
// not start after the one before it starts a millisecond later than that.
VersionChain chain_versions(std::span<const RowKey> keys, std::vector<std::int64_t> starts);

}  // namespace tendril
