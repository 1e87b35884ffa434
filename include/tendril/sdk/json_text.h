// JSON as text: written from a Json, read into one.
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "json.h"
#include "utf8.h"

namespace tendril::sdk {

inline void append_json_escape(std::string& out, char c) {
  static constexpr char kDigits[] = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += kDigits[static_cast<unsigned char>(c) >> 4U];
      out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
}

inline void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) {
      out.append(text, start, at - start);
      append_json_escape(out, c);
      start = at + 1;
    }
  }
  out.append(text, start);
  out += '"';
}

template <class T>
void append_number(std::string& out, T value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, end.ptr);
}

inline void Json::append_to(std::string& out) const {
  if (const bool* const flag = as_bool()) {
    out += *flag ? "true" : "false";
  } else if (as_int() != nullptr) {
    append_number(out, *as_int());
  } else if (as_double() != nullptr) {
    if (!std::isfinite(*as_double())) {
      throw ConnectorError("json: NaN and infinite numbers are none that JSON has");
    }
    append_number(out, *as_double());
  } else if (as_text() != nullptr) {
    append_json_text(out, *as_text());
  } else if (const Array* const items = as_array()) {
    const char* before = "[";
    for (const Json& item : *items) {
      out += before;
      item.append_to(out);
      before = ", ";
    }
    out += items->empty() ? "[]" : "]";
  } else if (const Object* const members = as_object()) {
    const char* before = "{";
    for (const JsonMember& member : *members) {
      out += before;
      append_json_text(out, member.name);
      out += ": ";
      member.value.append_to(out);
      before = ", ";
    }
    out += members->empty() ? "{}" : "}";
  } else {
    out += "null";
  }
}

// Reads one text. Its functions return whether all is well; without a Json to fill they only look.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : rest_(text) {}

  bool read(Json* out) {
    if (!value(out, 0)) {
      return false;
    }
    skip_space();
    return rest_.empty();
  }

 private:
  static constexpr int kDepthMax = 512;

  void skip_space() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n' ||
                              rest_.front() == '\r' || rest_.front() == '\t')) {
      rest_.remove_prefix(1);
    }
  }

  bool take(char wanted) {
    skip_space();
    const bool taken = !rest_.empty() && rest_.front() == wanted;
    rest_.remove_prefix(taken ? 1 : 0);
    return taken;
  }

  bool word(std::string_view wanted, Json* out, const Json& meaning) {
    if (!rest_.starts_with(wanted)) {
      return false;
    }
    rest_.remove_prefix(wanted.size());
    if (out != nullptr) {
      *out = meaning;
    }
    return true;
  }

  bool value(Json* out, int depth) {
    skip_space();
    if (rest_.empty() || depth > kDepthMax) {
      return false;
    }
    switch (rest_.front()) {
      case '{': return object(out, depth);
      case '[': return array(out, depth);
      case 't': return word("true", out, Json(true));
      case 'f': return word("false", out, Json(false));
      case 'n': return word("null", out, Json());
      case '"': {
        std::string text;
        const bool read = string(out == nullptr ? nullptr : &text);
        if (read && out != nullptr) {
          *out = Json(std::move(text));
        }
        return read;
      }
      default: return number(out);
    }
  }

  bool object(Json* out, int depth) {
    rest_.remove_prefix(1);
    Json::Object members;
    if (!take('}')) {
      do {
        JsonMember member;
        skip_space();
        if (!string(out == nullptr ? nullptr : &member.name) || !take(':') ||
            !value(out == nullptr ? nullptr : &member.value, depth + 1)) {
          return false;
        }
        if (out != nullptr) {
          members.push_back(std::move(member));
        }
      } while (take(','));
      if (!take('}')) {
        return false;
      }
    }
    if (out != nullptr) {
      *out = Json(std::move(members));
    }
    return true;
  }

  bool array(Json* out, int depth) {
    rest_.remove_prefix(1);
    Json::Array items;
    if (!take(']')) {
      do {
        Json item;
        if (!value(out == nullptr ? nullptr : &item, depth + 1)) {
          return false;
        }
        if (out != nullptr) {
          items.push_back(std::move(item));
        }
      } while (take(','));
      if (!take(']')) {
        return false;
      }
    }
    if (out != nullptr) {
      *out = Json(std::move(items));
    }
    return true;
  }

  std::size_t digits(std::size_t at) const {
    std::size_t end = at;
    while (end < rest_.size() && rest_[end] >= '0' && rest_[end] <= '9') {
      ++end;
    }
    return end - at;
  }

  bool number(Json* out) {
    std::size_t end = rest_.starts_with('-') ? 1 : 0;
    const std::size_t whole = digits(end);
    if (whole == 0 || (whole > 1 && rest_[end] == '0')) {
      return false;
    }
    end += whole;
    bool is_whole = true;
    if (end < rest_.size() && rest_[end] == '.') {
      const std::size_t fraction = digits(end + 1);
      if (fraction == 0) {
        return false;
      }
      end += 1 + fraction;
      is_whole = false;
    }
    if (end < rest_.size() && (rest_[end] == 'e' || rest_[end] == 'E')) {
      ++end;
      end += end < rest_.size() && (rest_[end] == '+' || rest_[end] == '-') ? 1 : 0;
      const std::size_t exponent = digits(end);
      if (exponent == 0) {
        return false;
      }
      end += exponent;
      is_whole = false;
    }
    const char* const first = rest_.data();
    const char* const last = first + end;
    rest_.remove_prefix(end);
    return out == nullptr || set_number(*out, first, last, is_whole);
  }

  static bool set_number(Json& out, const char* first, const char* last, bool is_whole) {
    std::int64_t integer = 0;
    if (is_whole && std::from_chars(first, last, integer).ec == std::errc()) {
      out = Json(integer);
      return true;
    }
    double real = 0;
    const std::errc outcome = std::from_chars(first, last, real).ec;
    out = Json(real);
    return outcome == std::errc();
  }

  // The four hexadecimal digits of an escape; -1 when there are none.
  int unit() {
    unsigned found = 0;
    if (rest_.size() < 4) {
      return -1;
    }
    const auto end = std::from_chars(rest_.data(), rest_.data() + 4, found, 16);
    if (end.ec != std::errc() || end.ptr != rest_.data() + 4) {
      return -1;
    }
    rest_.remove_prefix(4);
    return static_cast<int>(found);
  }

  bool escape(std::string* out) {
    static constexpr std::string_view kLetters = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char letter = rest_.empty() ? '\0' : rest_.front();
    rest_.remove_prefix(rest_.empty() ? 0 : 1);
    const std::size_t at = kLetters.find(letter);
    if (at != kLetters.npos) {
      if (out != nullptr) {
        *out += kMeanings[at];
      }
      return true;
    }
    const int high = letter == 'u' ? unit() : -1;
    if (high < 0 || (high >= 0xDC00 && high < 0xE000)) {
      return false;
    }
    auto point = static_cast<char32_t>(high);
    if (high >= 0xD800 && high < 0xDC00) {
      if (!rest_.starts_with("\\u")) {
        return false;
      }
      rest_.remove_prefix(2);
      const int low = unit();
      if (low < 0xDC00 || low > 0xDFFF) {
        return false;
      }
      point = 0x10000 + ((point - 0xD800) << 10U) + static_cast<char32_t>(low - 0xDC00);
    }
    if (out != nullptr) {
      append_utf8(*out, point);
    }
    return true;
  }

  bool string(std::string* out) {
    if (!rest_.starts_with('"')) {
      return false;
    }
    rest_.remove_prefix(1);
    for (;;) {
      std::size_t plain = 0;
      while (plain < rest_.size() && rest_[plain] != '"' && rest_[plain] != '\\' &&
             static_cast<unsigned char>(rest_[plain]) >= 0x20) {
        ++plain;
      }
      if (plain == rest_.size() || static_cast<unsigned char>(rest_[plain]) < 0x20) {
        return false;
      }
      if (out != nullptr) {
        out->append(rest_.substr(0, plain));
      }
      const bool ends = rest_[plain] == '"';
      rest_.remove_prefix(plain + 1);
      if (ends || !escape(out)) {
        return ends;
      }
    }
  }

  std::string_view rest_;
};

inline Json Json::parse(std::string_view text) {
  Json found;
  if (!is_utf8(text) || !JsonReader(text).read(&found)) {
    throw ConnectorError("json: this is none: " + std::string(text.substr(0, 80)));
  }
  return found;
}

inline bool is_json_text(std::string_view text) { return JsonReader(text).read(nullptr); }

}  // namespace tendril::sdk
