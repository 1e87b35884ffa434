// A checksum of the values of a batch, by which whoever takes it over can tell that they are those
// that were handed out. It is of the values and of which of them are null, not of how buffers are
// cut: a batch that went through a file has the same one.
#pragma once

#include <cstdint>

#include "data/batch.h"

namespace tendril {

// Returns 0 for a batch without rows.
std::uint64_t checksum(const Batch& batch);

}  // namespace tendril
