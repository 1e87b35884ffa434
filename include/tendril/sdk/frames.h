// Frames: how operations travel to the program. A frame is its payload's size (u32), its kind (u8)
// and the payload; all numbers are little-endian, a text is its size (u32) and its UTF-8 bytes.
//
// Rows:     operation (u8), table (text), number of rows (u32), number of columns (u32); for each
//           column: name (text), size of its values (u32), a tag for each row, the values.
// Log:      level (u8), text without a size.
// All other payloads are one text without a size.
#pragma once

#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include <unistd.h>

#include "errors.h"

namespace tendril::sdk {

// What both sides must agree on. It changes with the frames and the orders, never otherwise.
inline constexpr int kProtocol = 1;
inline constexpr const char* kKitVersion = "0.1.0";

static_assert(std::endian::native == std::endian::little, "frames are little-endian");

enum class FrameKind : std::uint8_t {
  Rows = 1,
  Checkpoint = 2,
  LogLine = 3,
  Schema = 4,
  Answer = 5,
  Failure = 6,
  Done = 7,
  Warning = 8,
  Task = 9,
  Hello = 11,
};

enum class Operation : std::uint8_t { Upsert = 0, Update = 1, Delete = 2, Truncate = 3 };

// What a value travels as. Ints, floats and instants have eight bytes, dates four, texts their size
// (u32) and their bytes; the first four have none.
enum class Tag : std::uint8_t {
  Absent = 0,
  Null = 1,
  False = 2,
  True = 3,
  Int = 4,
  Float = 5,
  Decimal = 6,
  String = 7,
  Json = 8,
  Xml = 9,
  Binary = 10,
  Date = 11,
  NaiveDatetime = 12,
  UtcDatetime = 13,
  Time = 14,
};

template <class Number>
void append_raw(std::string& out, Number number) {
  static_assert(std::is_arithmetic_v<Number>);
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof bytes);
}

inline void append_sized(std::string& out, std::string_view text) {
  append_raw(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

// Threads: one at a time.
class FrameWriter {
 public:
  static constexpr std::size_t kPayloadBytesMax = std::size_t{192} << 20U;

  // The descriptor stays the caller's.
  explicit FrameWriter(int descriptor) : descriptor_(descriptor), process_(::getpid()) {}

  // Begins a frame behind those that wait; its payload goes to what is returned, until end().
  std::string& begin(FrameKind kind) {
    start_ = waiting_.size();
    append_raw(waiting_, std::uint32_t{0});
    waiting_ += static_cast<char>(kind);
    return waiting_;
  }

  void end() {
    const std::size_t payload = waiting_.size() - start_ - kHeadBytes;
    if (payload > kPayloadBytesMax) {
      waiting_.resize(start_);
      is_broken_ = true;  // What was in it is lost.
      throw ConnectorError("operation is too large: " + std::to_string(payload) +
                           " bytes, at most " + std::to_string(kPayloadBytesMax));
    }
    const auto size = static_cast<std::uint32_t>(payload);
    std::memcpy(waiting_.data() + start_, &size, sizeof size);
  }

  void add(FrameKind kind, std::string_view payload) {
    begin(kind).append(payload);
    end();
  }

  // Writes all that waits; blocks while the program is behind. Throws SyncEnded.
  void send() {
    check();
    std::string_view rest = waiting_;
    while (!rest.empty()) {
      const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
      if (written < 0 && errno != EINTR) {
        is_broken_ = true;  // A frame was cut short: nothing can follow it.
        check();
      }
      rest.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    waiting_.clear();
  }

  // Nothing can be sent any more.
  void close() { descriptor_ = -1; }

  // Throws SyncEnded when nothing can be sent, or not by this process.
  void check() const {
    if (descriptor_ < 0) {
      throw SyncEnded("the sync is over: an operation came after update() had returned");
    }
    if (is_broken_) {
      throw SyncEnded("the sync has ended: nobody takes operations any more");
    }
    if (::getpid() != process_) {
      throw SyncEnded(
          "operations must come from the process that runs update(), not from one "
          "that it forked: hand the rows back to it");
    }
  }

 private:
  static constexpr std::size_t kHeadBytes = 5;

  int descriptor_;
  const pid_t process_;
  bool is_broken_ = false;
  std::string waiting_;
  std::size_t start_ = 0;
};

}  // namespace tendril::sdk
