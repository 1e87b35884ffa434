// UTF-8: whether texts are, which all that is stored must be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace tendril::sdk {

// The bytes of the character that begins at `at`; 0 when none does.
inline std::size_t utf8_bytes_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t index) {
    return at + index < text.size() ? static_cast<unsigned char>(text[at + index]) : 0U;
  };
  const auto follows = [&](std::size_t index) { return (byte(index) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80U) {
    return 1;
  }
  if (first < 0xC2U || first > 0xF4U || !follows(1)) {
    return 0;
  }
  if (first < 0xE0U) {
    return 2;
  }
  if (!follows(2) || (first == 0xE0U && byte(1) < 0xA0U) || (first == 0xEDU && byte(1) > 0x9FU)) {
    return 0;
  }
  if (first < 0xF0U) {
    return 3;
  }
  const bool in_range = (first != 0xF0U || byte(1) >= 0x90U) && (first != 0xF4U || byte(1) < 0x90U);
  return in_range && follows(3) ? 4 : 0;
}

inline bool is_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t eight = 0;
    if (text.size() - at >= sizeof eight) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if ((eight & 0x8080808080808080U) == 0) {
        at += sizeof eight;
        continue;
      }
    }
    const std::size_t bytes = utf8_bytes_at(text, at);
    if (bytes == 0) {
      return false;
    }
    at += bytes;
  }
  return true;
}

// REQUIRES: `point` is a character.
inline void append_utf8(std::string& out, char32_t point) {
  const auto follow = [&](unsigned shift) {
    out += static_cast<char>(0x80U | ((point >> shift) & 0x3FU));
  };
  if (point < 0x80U) {
    out += static_cast<char>(point);
  } else if (point < 0x800U) {
    out += static_cast<char>(0xC0U | (point >> 6U));
    follow(0);
  } else if (point < 0x10000U) {
    out += static_cast<char>(0xE0U | (point >> 12U));
    follow(6);
    follow(0);
  } else {
    out += static_cast<char>(0xF0U | (point >> 18U));
    follow(12);
    follow(6);
    follow(0);
  }
}

}  // namespace tendril::sdk
