#include "expr/string_literal.h"

#include "core/utf8.h"

namespace tendril {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Takes `digits` hex digits off `rest` as a code point.
bool take_hex(std::string_view& rest, std::size_t digits, std::string& out) {
  char32_t code_point = 0;
  if (rest.size() < digits) {
    return false;
  }
  for (const char c : rest.substr(0, digits)) {
    const int digit = hex_digit(c);
    if (digit < 0) {
      return false;
    }
    code_point = code_point * 16 + static_cast<char32_t>(digit);
  }
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) {
    return false;
  }
  rest.remove_prefix(digits);
  append_utf8(out, code_point);
  return true;
}

void take_octal(std::string_view& rest, std::string& out) {
  char32_t code_point = 0;
  for (int i = 0; i < 3 && !rest.empty() && rest[0] >= '0' && rest[0] <= '7'; ++i) {
    code_point = code_point * 8 + static_cast<char32_t>(rest[0] - '0');
    rest.remove_prefix(1);
  }
  append_utf8(out, code_point);
}

// Takes one escape; `rest` begins after the backslash and is not empty.
bool take_escape(std::string_view& rest, std::string& out) {
  const char c = rest[0];
  if (c >= '0' && c <= '7') {
    take_octal(rest, out);
    return true;
  }
  rest.remove_prefix(1);
  switch (c) {
    case '\n': return true;
    case '\\':
    case '\'':
    case '"': out.push_back(c); return true;
    case 'a': out.push_back('\a'); return true;
    case 'b': out.push_back('\b'); return true;
    case 'f': out.push_back('\f'); return true;
    case 'n': out.push_back('\n'); return true;
    case 'r': out.push_back('\r'); return true;
    case 't': out.push_back('\t'); return true;
    case 'v': out.push_back('\v'); return true;
    case 'x': return take_hex(rest, 2, out);
    case 'u': return take_hex(rest, 4, out);
    case 'U': return take_hex(rest, 8, out);
    case 'N': return false;
    default:
      out.push_back('\\');
      out.push_back(c);
      return true;
  }
}

}  // namespace

std::optional<std::string> unescape(std::string_view body) {
  std::string out;
  out.reserve(body.size());
  while (!body.empty()) {
    const std::size_t backslash = body.find('\\');
    out.append(body.substr(0, backslash));
    if (backslash == body.npos) {
      return out;
    }
    body.remove_prefix(backslash + 1);
    if (body.empty()) {
      out.push_back('\\');
    } else if (!take_escape(body, out)) {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace tendril
