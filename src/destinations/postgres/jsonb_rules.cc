#include "destinations/postgres/jsonb_rules.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>

#include <arrow/array.h>
#include <arrow/util/checked_cast.h>

namespace tendril {
namespace {

// Source: src/include/utils/jsonb.h, JENTRY_OFFLENMASK; numeric.c, NUMERIC_WEIGHT_MAX and
// NUMERIC_DSCALE_MAX. The limits here stay below them.
constexpr std::size_t kTextBytesMax = 0x0FFFFFFF;
constexpr std::int64_t kWholeDigitsMax = 100'000;
constexpr std::int64_t kFractionDigitsMax = 16'000;

// Numbers of fewer digits and a shorter exponent have no way to be beyond the limits.
constexpr std::size_t kExponentDigitsSafe = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A quick look at many texts in a row: true when one of them may be of those that jsonb can not
// hold.
bool is_suspicious(std::string_view texts) {
  for (std::size_t at = 0; at + 1 < texts.size(); ++at) {
    const char c = texts[at];
    if (c == '\\') {
      if (texts[at + 1] == 'u') {
        return true;
      }
    } else if (c == 'e' || c == 'E') {
      std::size_t digit = at + 1;
      digit += texts[digit] == '+' || texts[digit] == '-' ? 1 : 0;
      std::size_t digits = 0;
      while (digit < texts.size() && is_digit(texts[digit]) && digits <= kExponentDigitsSafe) {
        ++digit;
        ++digits;
      }
      if (digits > kExponentDigitsSafe) {
        return true;
      }
    }
  }
  return false;
}

class JsonbReader {
 public:
  explicit JsonbReader(std::string_view text) : text_(text) {}

  bool holds_all() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        if (!holds_string()) {
          return false;
        }
      } else if (is_digit(c)) {
        if (!holds_number()) {
          return false;
        }
      } else {
        ++at_;
      }
    }
    return true;
  }

 private:
  // Returns the code unit of "\uXXXX" at `at_`, or -1.
  int escaped_unit() const {
    if (text_.substr(at_, 2) != "\\u" || at_ + 6 > text_.size()) {
      return -1;
    }
    int unit = -1;
    const char* const end = text_.data() + at_ + 6;
    const auto parsed = std::from_chars(text_.data() + at_ + 2, end, unit, 16);
    return parsed.ptr == end ? unit : -1;
  }

  bool holds_string() {
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] != '\\') {
        ++at_;
        continue;
      }
      const int unit = escaped_unit();
      if (unit < 0) {
        at_ += 2;
        continue;
      }
      at_ += 6;
      if (unit == 0 || (unit >= 0xDC00 && unit <= 0xDFFF)) {
        return false;
      }
      if (unit >= 0xD800 && unit <= 0xDBFF) {
        const int low = escaped_unit();
        if (low < 0xDC00 || low > 0xDFFF) {
          return false;
        }
        at_ += 6;
      }
    }
    ++at_;
    return true;
  }

  std::int64_t count_digits() {
    const std::size_t first = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) {
      ++at_;
    }
    return static_cast<std::int64_t>(at_ - first);
  }

  bool holds_number() {
    const std::int64_t whole = count_digits();
    std::int64_t fraction = 0;
    std::int64_t exponent = 0;
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      fraction = count_digits();
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      at_ += at_ < text_.size() && text_[at_] == '+' ? 1 : 0;
      const auto parsed =
          std::from_chars(text_.data() + at_, text_.data() + text_.size(), exponent);
      if (parsed.ec != std::errc()) {
        return false;  // Beyond 64 bits.
      }
      at_ = static_cast<std::size_t>(parsed.ptr - text_.data());
    }
    exponent = std::clamp<std::int64_t>(exponent, -1'000'000, 1'000'000);
    return whole + exponent <= kWholeDigitsMax && fraction - exponent <= kFractionDigitsMax &&
           whole <= kWholeDigitsMax && fraction <= kFractionDigitsMax;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

bool jsonb_holds(std::string_view text) {
  return text.size() <= kTextBytesMax && JsonbReader(text).holds_all();
}

bool jsonb_holds_all(const arrow::Array& texts) {
  const auto& values = arrow::internal::checked_cast<const arrow::BinaryArray&>(texts);
  if (values.length() == 0) {
    return true;
  }
  const auto begin = static_cast<std::size_t>(values.value_offset(0));
  const auto end = static_cast<std::size_t>(values.value_offset(values.length()));
  if (begin == end) {
    return true;
  }
  const std::string_view all(reinterpret_cast<const char*>(values.raw_data()) + begin, end - begin);
  const bool suspicious = is_suspicious(all);
  for (std::int64_t row = 0; row < values.length(); ++row) {
    const std::string_view text = values.GetView(row);
    const bool is_long = static_cast<std::int64_t>(text.size()) >= kFractionDigitsMax;
    if ((suspicious || is_long) && values.IsValid(row) && !jsonb_holds(text)) {
      return false;
    }
  }
  return true;
}

}  // namespace tendril
