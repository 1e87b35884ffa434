#include "bridges/fivetran/frame_reader.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace tendril {
namespace {

constexpr std::size_t kHeadBytes = 5;
constexpr std::size_t kRoomBytes = std::size_t{64} * 1024;
constexpr std::size_t kBufferBytes = std::size_t{1} << 20U;

}  // namespace

std::span<char> FrameReader::room() {
  if (start_ > 0 && (start_ == end_ || buffer_.size() - end_ < kRoomBytes)) {
    std::memmove(buffer_.data(), buffer_.data() + start_, end_ - start_);
    end_ -= start_;
    start_ = 0;
  }
  if (buffer_.size() - end_ < kRoomBytes) {
    buffer_.resize(std::max(kBufferBytes, buffer_.size() * 2));
  }
  return {buffer_.data() + end_, buffer_.size() - end_};
}

void FrameReader::take(std::size_t bytes) { end_ += bytes; }

Result<std::optional<RawFrame>> FrameReader::next() {
  if (end_ - start_ < kHeadBytes) {
    return std::optional<RawFrame>();
  }
  std::uint32_t size = 0;
  std::memcpy(&size, buffer_.data() + start_, sizeof size);
  const auto kind = static_cast<unsigned char>(buffer_[start_ + sizeof size]);
  if (size > kPayloadBytesMax || kind < static_cast<unsigned char>(FrameKind::Rows) ||
      kind > static_cast<unsigned char>(FrameKind::Profile)) {
    return Error{.code = ErrorCode::BadData,
                 .message = "the connector's process sent something that is no frame"};
  }
  if (end_ - start_ < kHeadBytes + size) {
    return std::optional<RawFrame>();
  }
  const RawFrame frame{static_cast<FrameKind>(kind),
                       std::string_view(buffer_).substr(start_ + kHeadBytes, size)};
  start_ += kHeadBytes + size;
  return std::optional(frame);
}

}  // namespace tendril
