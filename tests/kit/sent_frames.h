// SentFrames: takes what the kit writes, and gives it to the program's own parser.
#pragma once

#include <string>
#include <vector>

#include <sys/mman.h>
#include <sys/stat.h>
#include <tendril/sdk/frames.h>
#include <unistd.h>

#include "bridges/fivetran/frame.h"
#include "bridges/fivetran/frame_reader.h"
#include "core/check.h"

namespace tendril {

class SentFrames {
 public:
  struct Frame {
    FrameKind kind;
    std::string payload;
  };

  SentFrames() : file_(::memfd_create("frames", 0)), writer_(file_) { CHECK(file_ >= 0); }
  ~SentFrames() { ::close(file_); }
  SentFrames(const SentFrames&) = delete;
  SentFrames& operator=(const SentFrames&) = delete;

  sdk::FrameWriter& writer() { return writer_; }

  // All frames so far. The kit's are whole, or the test ends.
  std::vector<Frame> all() const {
    struct stat facts {};
    CHECK(::fstat(file_, &facts) == 0);
    FrameReader reader;
    off_t at = 0;
    while (at < facts.st_size) {
      const auto room = reader.room();
      const ssize_t count = ::pread(file_, room.data(), room.size(), at);
      CHECK(count > 0);
      reader.take(static_cast<std::size_t>(count));
      at += count;
    }
    std::vector<Frame> frames;
    for (;;) {
      const auto next = reader.next();
      CHECK(next.ok());
      if (!*next) {
        CHECK(reader.at_border());
        return frames;
      }
      frames.push_back({(*next)->kind, std::string((*next)->payload)});
    }
  }

 private:
  const int file_;
  sdk::FrameWriter writer_;
};

}  // namespace tendril
