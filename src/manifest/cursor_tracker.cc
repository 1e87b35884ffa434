#include "manifest/cursor_tracker.h"

namespace tendril {
namespace {

constexpr std::size_t kShownBytesMax = 80;  // Of a text that should have been a time.

}  // namespace

std::optional<Instant> CursorTracker::read(std::optional<std::string_view> text) {
  if (cursor_ == nullptr || !text) {
    last_.reset();
    last_text_.clear();
    return last_;
  }
  if (last_ && *text == last_text_) {
    return last_;
  }
  last_text_ = *text;
  const auto instant = cursor_->parse(*text);
  if (!instant.ok()) {
    last_.reset();
    if (unreadable_++ == 0) {
      first_unreadable_ = last_text_.substr(0, kShownBytesMax);
    }
    return last_;
  }
  last_ = *instant;
  return last_;
}

void CursorTracker::absorb(const CursorTracker& other) {
  most_recent_ = std::max(most_recent_, other.most_recent_);
  if (unreadable_ == 0) {
    first_unreadable_ = other.first_unreadable_;
  }
  unreadable_ += other.unreadable_;
}

}  // namespace tendril
