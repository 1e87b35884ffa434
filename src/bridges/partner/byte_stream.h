// ByteStream: bytes that are read once, from front to back.
#pragma once

#include <cstddef>

#include "core/result.h"

namespace tendril {

// Threads: one at a time.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // Reads up to `size` bytes and returns how many; 0 at the end only. REQUIRES: size > 0.
  virtual Result<std::size_t> read(char* out, std::size_t size) = 0;
};

}  // namespace tendril
