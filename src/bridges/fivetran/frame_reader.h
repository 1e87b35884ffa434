// FrameReader: cuts what comes through a pipe into frames.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bridges/fivetran/frame.h"
#include "core/result.h"

namespace tendril {

struct RawFrame {
  FrameKind kind = FrameKind::Done;
  std::string_view payload = {};  // Until the reader's next call.
};

// Calls: room() and take() when next() has nothing more. Threads: one at a time.
class FrameReader {
 public:
  static constexpr std::size_t kPayloadBytesMax = std::size_t{256} << 20U;

  // Where more bytes may be put, at least 64 KiB.
  std::span<char> room();
  // That many were put there.
  void take(std::size_t bytes);

  // Returns the next whole frame; nullopt when more bytes are needed.
  // Errors: BadData for a kind that there is not and a frame that is too large.
  Result<std::optional<RawFrame>> next();

  // Nothing of a frame is left over.
  bool at_border() const { return start_ == end_; }

 private:
  std::string buffer_;
  std::size_t start_ = 0;
  std::size_t end_ = 0;
};

}  // namespace tendril
