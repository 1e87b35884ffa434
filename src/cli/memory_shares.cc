#include "cli/memory_shares.h"

#include <string>

namespace tendril {
namespace {

// In sixteenths of the whole.
constexpr std::size_t kQueuesPart = 2;
constexpr std::size_t kDestinationPart = 3;
constexpr std::size_t kParts = 16;

constexpr std::size_t kMebibyte = std::size_t{1} << 20U;

}  // namespace

Result<MemoryShares> share_memory(std::size_t total) {
  if (total < kRunMemoryLeast) {
    return Error{ErrorCode::InvalidConfig, "--memory is too small for a run, the least is " +
                                               std::to_string(kRunMemoryLeast / kMebibyte) +
                                               "MiB: " + std::to_string(total) + " bytes"};
  }
  return MemoryShares{.queues = total / kParts * kQueuesPart,
                      .destination = total / kParts * kDestinationPart};
}

}  // namespace tendril
