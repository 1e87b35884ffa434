#include "cli/memory_shares.h"

#include <string>

namespace tendril {
namespace {

constexpr std::size_t kQueuePart = 8;
constexpr std::size_t kDestinationPart = 4;
constexpr std::size_t kMebibyte = std::size_t{1} << 20U;

}  // namespace

Result<MemoryShares> share_memory(std::size_t total) {
  if (total < kRunMemoryLeast) {
    return Error{ErrorCode::InvalidConfig, "--memory is too small for a run, the least is " +
                                               std::to_string(kRunMemoryLeast / kMebibyte) +
                                               "MiB: " + std::to_string(total) + " bytes"};
  }
  return MemoryShares{.queues = total / kQueuePart, .destination = total / kDestinationPart};
}

}  // namespace tendril
