// Secret: a string that cannot be printed by accident, and Redactor, the second
// line of defence: it blanks known secrets in any text that leaves the program.
#pragma once

#include <ostream>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tendril {

// Holds a password, token or key. It has no conversion to text but reveal(), so
// each place that uses one can be found by that word.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

  friend bool operator==(const Secret&, const Secret&) = default;
  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  std::string text_;
};

// Blanks every registered secret in a text.
// Threads: safe to share.
class Redactor {
 public:
  // Texts shorter than four bytes are not registered: blanking "1" everywhere
  // would hide more than it protects.
  void add(const Secret& secret);

  // Returns `text` with each secret replaced by "***", as it is, URL-encoded and Base64-encoded.
  std::string redact(std::string_view text) const;

 private:
  mutable std::shared_mutex mutex_;
  std::vector<std::string> spellings_;  // Guarded by mutex_. Longest first.
};

}  // namespace tendril
