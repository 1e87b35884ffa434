// How much memory this process holds.
#pragma once

#include <cstddef>

namespace tendril {

// Returns the resident set, or 0 where the system does not say.
std::size_t resident_bytes();

}  // namespace tendril
