#include "http/excerpt.h"

#include <algorithm>

namespace tendril {
namespace {

constexpr std::size_t kExcerptBytesMax = 200;

bool starts_inside_character(std::string_view text, std::size_t at) {
  return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

}  // namespace

std::string excerpt(std::string_view body) {
  std::size_t length = std::min(body.size(), kExcerptBytesMax);
  while (length > 0 && length < body.size() && starts_inside_character(body, length)) {
    --length;
  }
  std::string line;
  for (const char c : body.substr(0, length)) {
    const bool blank = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  return line;
}

}  // namespace tendril
