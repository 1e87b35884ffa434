#include "data/decimal_text.h"

#include <cstddef>

#include <arrow/util/decimal.h>

namespace tendril {

// Arrow has an exponent where a number is small: "1E-7".
std::string decimal_text(const std::uint8_t* bytes, int scale) {
  arrow::Decimal128 number(bytes);
  const bool negative = number.IsNegative();
  number.Abs();
  std::string digits = number.ToIntegerString();
  const auto fraction = static_cast<std::size_t>(scale);
  if (digits.size() <= fraction) {
    digits.insert(0, fraction + 1 - digits.size(), '0');
  }
  if (fraction > 0) {
    digits.insert(digits.size() - fraction, 1, '.');
  }
  return negative ? "-" + digits : digits;
}

}  // namespace tendril
