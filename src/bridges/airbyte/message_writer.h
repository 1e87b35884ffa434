// MessageWriter: puts protocol messages on a file descriptor, whole lines only, whichever threads
// they come from. Nothing is kept back: what was written is on its way to the platform.
#pragma once

#include <mutex>
#include <optional>
#include <string_view>

#include "core/result.h"

namespace tendril {

// Threads: safe to share.
class MessageWriter {
 public:
  // `descriptor` stays open, and whose it is.
  explicit MessageWriter(int descriptor) : descriptor_(descriptor) {}

  // Writes one or more lines, each with its line break.
  // Errors: System when nobody takes them, from then on for every call.
  Status write(std::string_view lines);

  // What ended the writing; ok while it goes on.
  Status status() const;

 private:
  Status write_all(std::string_view bytes) const;

  const int descriptor_;
  mutable std::mutex mutex_;
  std::optional<Error> error_;  // Guarded by mutex_.
};

}  // namespace tendril
