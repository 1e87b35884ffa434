// Numbers written in digits, brought to the scale of a column.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "data/types.h"

namespace tendril {

struct FittedDecimal {
  enum class Outcome { Fits, TooManyDigits, NoNumber };

  Outcome outcome = Outcome::NoNumber;
  std::string text = {};  // With `type`'s scale; only when it fits.
};

// Digits beyond the scale are rounded, halves away from zero. "NaN" and "Infinity" have too many.
// REQUIRES: the type is Decimal.
FittedDecimal fit_decimal(std::string_view text, Type type);

}  // namespace tendril
