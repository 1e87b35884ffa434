#include "core/json_text.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tendril {
namespace {

// Returns the length of the UTF-8 sequence at `at`, or 0 when there is none.
// Source: RFC 3629 section 4.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned lead = byte(at);
  std::size_t length = 0;
  unsigned low = 0x80;
  unsigned high = 0xBF;
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    low = lead == 0xE0 ? 0xA0 : low;
    high = lead == 0xED ? 0x9F : high;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    low = lead == 0xF0 ? 0x90 : low;
    high = lead == 0xF4 ? 0x8F : high;
  } else {
    return 0;
  }
  if (byte(at + 1) < low || byte(at + 1) > high) {
    return 0;
  }
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(at + i) < 0x80 || byte(at + i) > 0xBF) {
      return 0;
    }
  }
  return length;
}

void append_escape(std::string& out, unsigned char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u00";
  out += kHex[c >> 4U];
  out += kHex[c & 15U];
}

constexpr std::uint64_t every_byte(unsigned char byte) { return 0x0101010101010101U * byte; }

// Returns the number of bytes before the first eight of which one may need a look: it is not ASCII,
// a control character, a quote or a backslash.
std::size_t plain_prefix(std::string_view text) {
  constexpr std::uint64_t kHighBits = every_byte(0x80);
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t quotes = word ^ every_byte('"');
    const std::uint64_t backslashes = word ^ every_byte('\\');
    const std::uint64_t marked =
        word | (word - every_byte(0x20)) | (quotes - every_byte(1)) | (backslashes - every_byte(1));
    if ((marked & kHighBits) != 0) {
      break;
    }
  }
  return at;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t copied = 0;
  const auto replace = [&](std::size_t at) {
    out.append(text, copied, at - copied);
    copied = at + 1;
  };
  for (std::size_t at = plain_prefix(text); at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    const std::size_t length = utf8_length(text, at);
    const bool escaped = c < 0x20 || c == '"' || c == '\\';
    if (escaped) {
      replace(at);
      append_escape(out, c);
    } else if (length == 0) {
      replace(at);
      out += "\xEF\xBF\xBD";
    }
    at += length == 0 ? 1 : length;
    at += escaped || length != 1 ? plain_prefix(text.substr(at)) : 0;
  }
  out.append(text, copied);
  out += '"';
}

}  // namespace tendril
