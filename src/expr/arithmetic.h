// The operators that compute: + - * / // % **, signs, and what they mean for texts, lists,
// dates and durations.
#pragma once

#include "expr/ast.h"
#include "expr/evaluation.h"
#include "expr/term.h"

namespace tendril {

// Faults: the operands have no such operation, the result is too large, division by zero.
Term compute(Evaluation& evaluation, BinaryOperator binary, const Term& a, const Term& b);
Term compute(Evaluation& evaluation, UnaryOperator unary, const Term& operand);

}  // namespace tendril
