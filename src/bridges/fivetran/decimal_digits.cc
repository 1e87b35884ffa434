#include "bridges/fivetran/decimal_digits.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace tendril {
namespace {

constexpr int kExponentMax = 1000;

struct Digits {
  bool negative = false;
  std::string digits = {};  // Without a point;
  int scale = 0;            // so many of them stand behind it.
};

std::string_view stripped_of_space(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

std::optional<int> exponent_of(std::string_view text) {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
  }
  int exponent = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, exponent);
  const bool valid = parsed.ec == std::errc() && parsed.ptr == end && exponent <= kExponentMax &&
                     exponent >= -kExponentMax;
  return valid ? std::optional(exponent) : std::nullopt;
}

std::optional<Digits> read_digits(std::string_view text) {
  Digits number;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    number.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const std::size_t mark = text.find_first_of("eE");
  if (mark != std::string_view::npos) {
    const std::optional<int> exponent = exponent_of(text.substr(mark + 1));
    if (!exponent) {
      return std::nullopt;
    }
    number.scale = -*exponent;
    text = text.substr(0, mark);
  }
  bool behind_point = false;
  for (const char c : text) {
    if (c == '.' && !behind_point) {
      behind_point = true;
    } else if (c >= '0' && c <= '9') {
      number.digits += c;
      number.scale += behind_point ? 1 : 0;
    } else {
      return std::nullopt;
    }
  }
  return number.digits.empty() ? std::nullopt : std::optional(number);
}

// Adds one to the last digit.
void round_up(std::string& digits) {
  for (std::size_t index = digits.size(); index > 0; --index) {
    char& digit = digits[index - 1];
    if (digit != '9') {
      ++digit;
      return;
    }
    digit = '0';
  }
  digits.insert(0, "1");
}

void bring_to_scale(Digits& number, int scale) {
  if (number.scale < scale) {
    number.digits.append(static_cast<std::size_t>(scale - number.scale), '0');
    number.scale = scale;
    return;
  }
  const auto dropped = static_cast<std::size_t>(number.scale - scale);
  if (dropped == 0) {
    return;
  }
  if (dropped > number.digits.size()) {
    number.digits = "0";
  } else {
    const std::size_t kept = number.digits.size() - dropped;
    const bool up = number.digits[kept] >= '5';
    number.digits.resize(kept);
    if (up) {
      round_up(number.digits);
    }
  }
  number.scale = scale;
}

bool is_special(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    text.remove_prefix(1);
  }
  return text == "NaN" || text == "nan" || text == "sNaN" || text == "Infinity" || text == "inf";
}

}  // namespace

FittedDecimal fit_decimal(std::string_view text, Type type) {
  text = stripped_of_space(text);
  if (is_special(text)) {
    return {FittedDecimal::Outcome::TooManyDigits};
  }
  std::optional<Digits> number = read_digits(text);
  if (!number) {
    return {FittedDecimal::Outcome::NoNumber};
  }
  bring_to_scale(*number, type.scale);
  std::string& digits = number->digits;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.size() > type.precision) {
    return {FittedDecimal::Outcome::TooManyDigits};
  }
  const auto least = static_cast<std::size_t>(type.scale) + 1;
  if (digits.size() < least) {
    digits.insert(0, least - digits.size(), '0');
  }
  if (type.scale > 0) {
    digits.insert(digits.size() - type.scale, ".");
  }
  return {FittedDecimal::Outcome::Fits, (number->negative ? "-" : "") + digits};
}

}  // namespace tendril
