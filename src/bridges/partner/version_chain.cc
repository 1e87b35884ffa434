#include "bridges/partner/version_chain.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "bridges/partner/batch_file.h"

namespace tendril {
namespace {

constexpr std::int64_t kMillisecond = 1'000;  // In microseconds.

}  // namespace

VersionChain chain_versions(std::span<const RowKey> keys, std::vector<std::int64_t> starts) {
  VersionChain chain{.starts = std::move(starts),
                     .ends = std::vector<std::int64_t>(keys.size(), kVersionOpenEndMicros),
                     .active = std::vector<bool>(keys.size(), true),
                     .first = std::vector<bool>(keys.size(), true)};
  std::unordered_map<RowKey, std::size_t, RowKeyHash> latest;
  for (std::size_t row = 0; row < keys.size(); ++row) {
    const auto [known, is_new] = latest.try_emplace(keys[row], row);
    if (!is_new) {
      const std::size_t before = std::exchange(known->second, row);
      chain.starts[row] = std::max(chain.starts[row], chain.starts[before] + kMillisecond);
      chain.ends[before] = chain.starts[row] - kMillisecond;
      chain.active[before] = false;
      chain.first[row] = false;
    }
    chain.last_start = std::max(chain.last_start, chain.starts[row]);
  }
  return chain;
}

}  // namespace tendril
