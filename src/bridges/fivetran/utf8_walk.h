// Goes through a text character by character.
#pragma once

#include <string_view>

namespace tendril {

// Takes the first character off a UTF-8 text; a byte that begins none counts as U+FFFD.
// REQUIRES: the text is not empty.
char32_t next_character(std::string_view& text);

}  // namespace tendril
