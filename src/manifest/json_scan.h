// Pieces of JSON where they stand in a page: names, texts, and whole values as their text. What the
// walks over records have in common.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

#include <simdjson.h>

#include "data/json_tree.h"

namespace tendril {

// Tells whether a piece of a page holds a backslash. Asked for one piece after the other, it looks
// at each byte of the page once.
class EscapeFinder {
 public:
  EscapeFinder(const char* page, const char* end) : next_(page), end_(end) { find(page); }

  // REQUIRES: `piece` stands in the page, behind those of earlier calls.
  bool is_in(std::string_view piece) {
    if (next_ < piece.data()) {
      find(piece.data());
    }
    return next_ < piece.data() + piece.size();
  }

 private:
  void find(const char* from) {
    const void* found = std::memchr(from, '\\', static_cast<std::size_t>(end_ - from));
    next_ = found == nullptr ? end_ : static_cast<const char*>(found);
  }

  const char* next_;  // The first backslash that was not passed yet, or end_.
  const char* end_;
};

// True when the name of `field` is `expected`, written without escapes: one comparison.
inline bool is_named(const simdjson::ondemand::field& field, std::string_view expected) {
  // Names are short: a loop is quicker than a call. It ends at the name's closing quote.
  const char* start = field.key().raw();
  std::size_t at = 0;
  while (at < expected.size() && start[at] == expected[at] && start[at] != '"' &&
         start[at] != '\\') {
    ++at;
  }
  return at == expected.size() && start[at] == '"';
}

// The content of a string. A text without escapes is taken from where it stands in the page: that
// saves one copy. The first pass over the page has checked quotes, control characters and UTF-8
// already.
inline simdjson::error_code json_text(simdjson::ondemand::value& value, EscapeFinder& escapes,
                                      std::string_view& text) {
  const std::string_view token = trimmed_token(value.raw_json_token());
  if (token.size() >= 2 && token.back() == '"' && !escapes.is_in(token)) {
    text = token.substr(1, token.size() - 2);
    return simdjson::SUCCESS;
  }
  return value.get_string().get(text);
}

// The text of a whole object or list, walked through so that it is known to be JSON.
simdjson::error_code checked_json(simdjson::ondemand::object& object, std::string_view& text);
simdjson::error_code checked_json(simdjson::ondemand::array& array, std::string_view& text);

// Walks through a value and checks that it is JSON. It is used up.
simdjson::error_code check_json(simdjson::ondemand::value value);

}  // namespace tendril
