#include "core/utf8.h"

#include <algorithm>

namespace tendril {
namespace {

char32_t lower_of(char32_t c) {
  if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
      (c >= 0x391 && c <= 0x3A9 && c != 0x3A2) || (c >= 0x410 && c <= 0x42F)) {
    return c + 32;
  }
  if (c >= 0x400 && c <= 0x40F) {
    return c + 80;
  }
  const bool odd_upper = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
  const bool paired = (c >= 0x100 && c <= 0x17E && c != 0x130 && c != 0x131 && c != 0x138 &&
                       c != 0x149 && c != 0x178) ||
                      (c >= 0x460 && c <= 0x481) || (c >= 0x48A && c <= 0x4BF);
  if (paired && (c % 2 == (odd_upper ? 1U : 0U))) {
    return c + 1;
  }
  return c == 0x178 ? 0xFF : c;
}

char32_t upper_of(char32_t c) {
  if ((c >= 'a' && c <= 'z') || (c >= 0xE0 && c <= 0xFE && c != 0xF7) ||
      (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) || (c >= 0x430 && c <= 0x44F)) {
    return c - 32;
  }
  if (c >= 0x450 && c <= 0x45F) {
    return c - 80;
  }
  if (c == 0xFF) {
    return 0x178;
  }
  // The pairs: whatever the character before turns into on the way down.
  return c > 0x100 && c < 0x4C0 && lower_of(c - 1) == c ? c - 1 : c;
}

constexpr char32_t kSharpS = 0xDF;  // The one letter here whose upper case is two.

// How many characters at the front are one byte each.
std::size_t ascii_length(std::string_view text) {
  const auto wide = std::find_if(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  return static_cast<std::size_t>(wide - text.begin());
}

template <class Mapping>
void append_mapped(std::string& out, std::string_view text, Mapping mapping) {
  while (!text.empty()) {
    if (const std::size_t length = ascii_length(text); length > 0) {
      const std::size_t start = out.size();
      out.append(text.substr(0, length));
      std::transform(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
                     out.begin() + static_cast<std::ptrdiff_t>(start), [&](char c) {
                       return static_cast<char>(mapping(static_cast<unsigned char>(c)));
                     });
      text.remove_prefix(length);
      continue;
    }
    const std::string_view character = take_character(text);
    const char32_t from = code_point_of(character);
    const char32_t to = mapping(from);
    const bool broken = character.size() == 1 && from >= 0x80;
    if (to == kSharpS) {
      out.append(mapping(U'a') == U'A' ? "SS" : character);
    } else if (to == from || broken) {
      out.append(character);
    } else {
      append_utf8(out, to);
    }
  }
}

}  // namespace

std::size_t character_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = first < 0xC2   ? 1
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 1;
  if (length > text.size()) {
    return 1;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      return 1;
    }
  }
  return length;
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(character_length(text));
    ++count;
  }
  return count;
}

char32_t code_point_of(std::string_view text) {
  const std::size_t length = character_length(text);
  const auto first = static_cast<unsigned char>(text[0]);
  if (length == 1) {
    return first;
  }
  char32_t code_point = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    code_point = (code_point << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  return code_point;
}

std::string_view take_character(std::string_view& text) {
  const std::string_view character = text.substr(0, character_length(text));
  text.remove_prefix(character.size());
  return character;
}

char32_t take_code_point(std::string_view& text) {
  constexpr char32_t kReplacement = 0xFFFD;
  const std::string_view character = take_character(text);
  const bool broken = character.size() == 1 && static_cast<unsigned char>(character[0]) >= 0x80;
  return broken ? kReplacement : code_point_of(character);
}

void append_utf8(std::string& out, char32_t code_point) {
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3F));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

std::size_t byte_of_character(std::string_view text, std::size_t index) {
  std::size_t byte = 0;
  for (; index > 0 && byte < text.size(); --index) {
    byte += character_length(text.substr(byte));
  }
  return byte;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::string_view character = take_character(text);
    if (character.size() == 1 && static_cast<unsigned char>(character[0]) >= 0x80) {
      return false;
    }
  }
  return true;
}

void append_lower(std::string& out, std::string_view text) { append_mapped(out, text, lower_of); }

void append_upper(std::string& out, std::string_view text) { append_mapped(out, text, upper_of); }

}  // namespace tendril
