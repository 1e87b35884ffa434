// Numbers as Python has them: whole numbers beyond 64 bits, floats and their spellings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "expr/heap.h"
#include "expr/term.h"

namespace tendril {

// Wide enough for every sum and product of 64-bit integers.
__extension__ using Int128 = __int128;

// The whole number that `term` is; nullopt for another kind or more than 38 digits.
std::optional<Int128> whole_number(const Term& term);
Term term_of(Int128 number, TermHeap& heap);

// The number that `term` is, rounded; nullopt for what is none.
std::optional<double> real_number(const Term& term);

// Appends a float as Python prints it: "1.0", "1e+16", "nan".
void append_float(std::string& out, double number);

// What int(text) and float(text) make of a text: spaces around it and single underscores
// between digits do not count. Undefined when it is no number.
Term parse_integer(std::string_view text, int base, TermHeap& heap);
std::optional<double> parse_float(std::string_view text);

// Cuts the fraction off. Undefined for infinities and NaN.
Term truncated(double number, TermHeap& heap);

}  // namespace tendril
