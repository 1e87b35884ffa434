// Text without the white space at its ends.
#pragma once

#include <algorithm>
#include <string_view>

namespace tendril {

// What Python's str.strip() takes away, of ASCII.
inline constexpr std::string_view kWhiteSpace = " \t\n\r\v\f";

// `text` without the `characters` at its ends, or at one of them.
constexpr std::string_view stripped(std::string_view text,
                                    std::string_view characters = kWhiteSpace, bool left = true,
                                    bool right = true) {
  if (left) {
    text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
  }
  if (right) {
    text = text.substr(0, text.find_last_not_of(characters) + 1);  // npos + 1 is 0.
  }
  return text;
}

}  // namespace tendril
