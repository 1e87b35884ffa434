// Texts as sequences of characters (code points). Bytes that are not UTF-8 count as one character
// each.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tendril {

// The length in bytes of the character that `text` starts with. REQUIRES: !text.empty().
std::size_t character_length(std::string_view text);

std::size_t count_characters(std::string_view text);

// The code point of the character that `text` starts with. REQUIRES: !text.empty().
char32_t code_point_of(std::string_view text);

// Removes and returns the first character. REQUIRES: !text.empty().
std::string_view take_character(std::string_view& text);

// Removes the first character and returns its code point; U+FFFD for a byte that is not UTF-8.
char32_t take_code_point(std::string_view& text);

// Appends the UTF-8 form of a code point. REQUIRES: it is one, and no surrogate.
void append_utf8(std::string& out, char32_t code_point);

// The byte at which the character `index` starts; text.size() when there are not so many.
std::size_t byte_of_character(std::string_view text, std::size_t index);

// True when every byte is part of a character.
bool is_utf8(std::string_view text);

// Append `text` in lower or upper case: ASCII, Latin, Greek and Cyrillic letters.
void append_lower(std::string& out, std::string_view text);
void append_upper(std::string& out, std::string_view text);

}  // namespace tendril
