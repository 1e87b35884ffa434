// CursorTracker: the latest time that the records of a slice carry.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "data/instant.h"
#include "manifest/stream_cursor.h"

namespace tendril {

// The latest time that the records of a slice carry.
// Threads: one at a time.
class CursorTracker {
 public:
  // `cursor` must outlive the tracker; null: there is nothing to track.
  explicit CursorTracker(const StreamCursor* cursor) : cursor_(cursor) {}

  // Reads the time of a record; nullopt when it has none that can be read.
  std::optional<Instant> read(std::optional<std::string_view> text);
  // Takes it into account.
  void count(std::optional<Instant> time) { most_recent_ = std::max(most_recent_, time); }

  std::optional<Instant> most_recent() const { return most_recent_; }
  // How many times could not be read, and the first of them.
  std::int64_t unreadable() const { return unreadable_; }
  const std::string& first_unreadable() const { return first_unreadable_; }

  void restore(std::optional<Instant> most_recent) { most_recent_ = most_recent; }

  // Takes over what another tracker of the same slice has seen.
  void absorb(const CursorTracker& other);

 private:
  const StreamCursor* cursor_;
  std::string last_text_;  // Records often share a time; equal texts are read once.
  std::optional<Instant> last_;
  std::optional<Instant> most_recent_;
  std::int64_t unreadable_ = 0;
  std::string first_unreadable_;
};

}  // namespace tendril
