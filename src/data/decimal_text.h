// The text of a decimal number: all its digits, and never an exponent.
#pragma once

#include <cstdint>
#include <string>

namespace tendril {

// "1.50", "-0.0000001", "12". `bytes` are sixteen, as in an arrow::Decimal128Array.
std::string decimal_text(const std::uint8_t* bytes, int scale);

}  // namespace tendril
