// Reading fixed numbers of decimal digits, for the parsers of dates and times.
#pragma once

#include <cstdint>
#include <string_view>

namespace tendril {

// What the readers below return for text that is not digits; above every valid field.
constexpr unsigned kNotDigits = 1U << 20;

constexpr bool is_digit(char c) { return static_cast<unsigned>(c - '0') <= 9; }

// Reads exactly two digits at `text`.
constexpr unsigned two_digits(const char* text) {
  const unsigned high = static_cast<unsigned>(text[0] - '0');
  const unsigned low = static_cast<unsigned>(text[1] - '0');
  return (high <= 9 && low <= 9) ? high * 10 + low : kNotDigits;
}

// Reads exactly four digits at `text`.
constexpr unsigned four_digits(const char* text) {
  const unsigned high = two_digits(text);
  const unsigned low = two_digits(text + 2);
  return (high < kNotDigits && low < kNotDigits) ? high * 100 + low : kNotDigits;
}

// Reads the digits that `text` starts with as a fraction of a second, cuts off what lies
// beyond the microsecond, and removes all of them from `text`. Returns -1 when there is none.
constexpr std::int64_t take_fraction_micros(std::string_view& text) {
  std::int64_t micros = 0;
  std::size_t count = 0;
  for (; count < text.size() && is_digit(text[count]); ++count) {
    if (count < 6) {
      micros = micros * 10 + (text[count] - '0');
    }
  }
  text.remove_prefix(count);
  for (std::size_t place = count; place < 6; ++place) {
    micros *= 10;
  }
  return count == 0 ? -1 : micros;
}

}  // namespace tendril
