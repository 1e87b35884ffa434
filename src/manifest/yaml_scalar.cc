#include "manifest/yaml_scalar.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

namespace tendril {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Integers of the core schema, of any size.
std::optional<Value> integer_scalar(std::string_view text) {
  std::string_view digits = text;
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0o")) {
    base = text[1] == 'x' ? 16 : 8;
    digits.remove_prefix(2);
  } else if (text.starts_with('+')) {
    digits.remove_prefix(1);
  }
  if (digits.empty() || (digits != text && digits.front() == '-')) {
    return std::nullopt;
  }
  std::int64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, fault] = std::from_chars(digits.data(), end, number, base);
  if (stop != end) {
    return std::nullopt;
  }
  if (fault == std::errc::result_out_of_range) {
    return base == 10 ? Value(BigNumber{std::string(digits)}) : std::optional<Value>();
  }
  return fault == std::errc() ? std::optional<Value>(number) : std::nullopt;
}

// Floats of the core schema: "1.5", ".5", "1.", "1e3", ".inf", ".nan".
std::optional<Value> float_scalar(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::string_view digits = text;
  if (negative || text.starts_with('+')) {
    digits.remove_prefix(1);
  }
  if (digits == ".inf" || digits == ".Inf" || digits == ".INF") {
    return negative ? -HUGE_VAL : HUGE_VAL;
  }
  if (text == ".nan" || text == ".NaN" || text == ".NAN") {
    return std::nan("");
  }
  const bool begins_like_one =
      !digits.empty() &&
      (is_digit(digits[0]) || (digits[0] == '.' && digits.size() > 1 && is_digit(digits[1])));
  if (!begins_like_one) {
    return std::nullopt;
  }
  double number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, fault] = std::from_chars(digits.data(), end, number);
  if (stop != end || fault != std::errc()) {
    return std::nullopt;
  }
  return negative ? -number : number;
}

}  // namespace

Value yaml_plain_scalar(const std::string& text) {
  if (text == "true" || text == "True" || text == "TRUE") {
    return true;
  }
  if (text == "false" || text == "False" || text == "FALSE") {
    return false;
  }
  if (std::optional<Value> number = integer_scalar(text)) {
    return *std::move(number);
  }
  if (std::optional<Value> number = float_scalar(text)) {
    return *std::move(number);
  }
  return text;
}

}  // namespace tendril
