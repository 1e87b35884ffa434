// The syntax tree of a template: expressions and statements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/value.h"

namespace tendril {

enum class UnaryOperator : std::uint8_t { Not, Negate, Plus };
enum class BinaryOperator : std::uint8_t {
  Add,
  Subtract,
  Multiply,
  Divide,
  FloorDivide,
  Modulo,
  Power,
};
enum class Comparison : std::uint8_t {
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  In,
  NotIn,
};

enum class ExpressionKind : std::uint8_t {
  Constant,     // `constant`
  Name,         // `name`
  ListLiteral,  // children: the items
  TupleLiteral,
  MapLiteral,  // children: key, value, key, value, …
  Attribute,   // children: object; `name`
  Subscript,   // children: object, key
  Slice,       // children: object, start, stop, step; any of the last three may be null
  Unary,       // children: operand; `unary`
  Binary,      // children: left, right; `binary`
  Concat,      // children: two or more
  Compare,     // children: one more than `comparisons`
  And,         // children: left, right
  Or,
  Conditional,  // children: value, condition, other value or null
  Call,         // children: callee, arguments
  Filter,       // children: input, arguments; `name`
  Predicate,    // children: input, arguments; `name`: "x is defined"
};

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

struct Expression {
  ExpressionKind kind = ExpressionKind::Constant;
  UnaryOperator unary = UnaryOperator::Not;
  BinaryOperator binary = BinaryOperator::Add;
  int depth = 1;           // Of this tree.
  std::size_t offset = 0;  // Into the template.
  std::string name;
  Value constant;
  std::vector<ExpressionPtr> children;
  std::vector<Comparison> comparisons;
  // The names of the last arguments of Call, Filter and Predicate that were given by keyword.
  std::vector<std::string> keywords;
};

enum class StatementKind : std::uint8_t {
  Text,    // `text`
  Output,  // `value`
  If,      // `value`, `body`, `otherwise`
  For,     // `targets` in `value` if `condition`: `body`, or `otherwise` without any item
  Set,     // `targets` = `value`
  // `targets` = the output of `body`; through the filters of `value`, where not null, to which
  // it is the variable without a name.
  Capture,
};

struct Statement;

struct Target {
  std::string name;
  std::string attribute;  // "x" in "{% set ns.x = 1 %}", else empty.
};

struct Statement {
  StatementKind kind = StatementKind::Text;
  std::size_t offset = 0;
  std::string text;
  ExpressionPtr value;
  ExpressionPtr condition;
  std::vector<Target> targets;
  std::vector<Statement> body;
  std::vector<Statement> otherwise;
};

}  // namespace tendril
