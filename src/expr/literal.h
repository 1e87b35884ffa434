// Literals: the conversion of a rendered text into the value that it spells in Python, which
// the reference applies to every result: "1" is an integer, "['a']" a list, "007" a text.
// Source: the behaviour of Python's ast.literal_eval.
#pragma once

#include <optional>
#include <string_view>

#include "data/value.h"

namespace tendril {

// Returns nullopt when `text` spells no literal, or one that a Value cannot hold: a complex
// number, a set, bytes. Tuples become lists.
std::optional<Value> parse_literal(std::string_view text);

// False for most texts that spell no literal, by a look at the first characters.
bool may_be_literal(std::string_view text);

}  // namespace tendril
