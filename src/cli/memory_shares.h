// How the memory that a run may take is shared out.
#pragma once

#include <cstddef>

#include "core/result.h"

namespace tendril {

struct MemoryShares {
  std::size_t queues = 0;       // Rows between readers and writer.
  std::size_t destination = 0;  // What the destination may take for itself.
};

constexpr std::size_t kRunMemoryDefault = std::size_t{256} * 1024 * 1024;
constexpr std::size_t kRunMemoryLeast = std::size_t{128} * 1024 * 1024;

// Two sixteenths are for the queues, three for the destination; the rest is for pages on their way
// into columns, code, what libraries take beside their limits, and what the allocator keeps.
// Errors: InvalidConfig, naming the least, when `total` is less than that.
Result<MemoryShares> share_memory(std::size_t total);

}  // namespace tendril
