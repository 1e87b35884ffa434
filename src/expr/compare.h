// Equality, order and truth of terms, as Python has them: 1 equals 1.0 and true, lists and
// tuples compare item by item, and an order exists only between values of one sort.
#pragma once

#include "expr/ast.h"
#include "expr/evaluation.h"
#include "expr/term.h"

namespace tendril {

bool is_true(const Term& term);

bool are_equal(Evaluation& evaluation, const Term& a, const Term& b);

enum class Order : std::uint8_t { Less, Equal, Greater, Unordered };

// Faults: the two have no order.
Order order_of(Evaluation& evaluation, const Term& a, const Term& b);

// True when `container` holds `term`: as an item, as a key, or as part of a text.
bool contains(Evaluation& evaluation, const Term& container, const Term& term);

bool compare(Evaluation& evaluation, Comparison comparison, const Term& a, const Term& b);

}  // namespace tendril
