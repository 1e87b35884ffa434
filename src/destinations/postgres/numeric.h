// NUMERIC in PostgreSQL's binary form, from 128-bit decimals.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tendril {

__extension__ typedef __int128 WideInteger;
__extension__ typedef unsigned __int128 WideUnsigned;

// Of a value of 38 digits, with the length before it: 11 groups of digits.
constexpr std::size_t kNumericBytesMax = 4 + 8 + 2 * 11;

// Writes the length and the value `number` / 10^scale to `out`; returns the bytes written.
// REQUIRES: |number| < 10^38, 0 <= scale <= 38, room for kNumericBytesMax bytes.
// Source: src/backend/utils/adt/numeric.c, numeric_recv().
std::size_t write_numeric(WideInteger number, int scale, char* out);

}  // namespace tendril
