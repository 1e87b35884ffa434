#include "bridges/fivetran/utf8_walk.h"

#include <cstddef>

namespace tendril {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

std::size_t length_of(unsigned char first) {
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xE0) {
    return 2;
  }
  return first < 0xF0 ? 3 : 4;
}

}  // namespace

char32_t next_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = length_of(first);
  if (length == 1 || first < 0xC0 || text.size() < length) {
    text.remove_prefix(1);
    return length == 1 ? first : kReplacement;
  }
  char32_t character = first & (0x7FU >> length);
  for (std::size_t index = 1; index < length; ++index) {
    const auto byte = static_cast<unsigned char>(text[index]);
    if ((byte & 0xC0U) != 0x80) {
      text.remove_prefix(1);
      return kReplacement;
    }
    character = (character << 6U) | (byte & 0x3FU);
  }
  text.remove_prefix(length);
  return character;
}

}  // namespace tendril
