// What may stand after "is": the tests of the language.
#include <cmath>

#include "core/utf8.h"
#include "expr/arithmetic.h"
#include "expr/compare.h"
#include "expr/function.h"
#include "expr/number.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

bool is_number(const Term& term) {
  return term.is_integral() || term.is(Kind::BigNumber) || term.is(Kind::Float);
}

Term defined(const FunctionCall& call) { return Term::boolean(!call[0].is(Kind::Undefined)); }

Term undefined(const FunctionCall& call) { return Term::boolean(call[0].is(Kind::Undefined)); }

Term none(const FunctionCall& call) { return Term::boolean(call[0].is(Kind::None)); }

Term boolean(const FunctionCall& call) { return Term::boolean(call[0].is(Kind::Bool)); }

Term is_true_value(const FunctionCall& call) {
  return Term::boolean(call[0].is(Kind::Bool) && call[0].as_bool());
}

Term is_false_value(const FunctionCall& call) {
  return Term::boolean(call[0].is(Kind::Bool) && !call[0].as_bool());
}

Term integer(const FunctionCall& call) {
  return Term::boolean(call[0].is(Kind::Int) || call[0].is(Kind::BigNumber));
}

Term real(const FunctionCall& call) { return Term::boolean(call[0].is(Kind::Float)); }

Term number(const FunctionCall& call) { return Term::boolean(is_number(call[0])); }

Term string(const FunctionCall& call) { return Term::boolean(call[0].is(Kind::Text)); }

Term mapping(const FunctionCall& call) { return Term::boolean(call[0].is(Kind::Map)); }

Term sequence(const FunctionCall& call) {
  return Term::boolean(call[0].is(Kind::Text) || call[0].is_sequence() || call[0].is(Kind::Map));
}

Term iterable(const FunctionCall& call) {
  return Term::boolean(call[0].is(Kind::Undefined) || is_true(sequence(call)));
}

Term in(const FunctionCall& call) {
  return Term::boolean(contains(call.evaluation, call[1], call[0]));
}

template <Comparison comparison>
Term compared(const FunctionCall& call) {
  return Term::boolean(compare(call.evaluation, comparison, call[0], call[1]));
}

// The remainder of the first argument by a number.
Term divisible(const FunctionCall& call, const Term& divisor, std::int64_t remainder) {
  const Term rest = compute(call.evaluation, BinaryOperator::Modulo, call[0], divisor);
  return Term::boolean(are_equal(call.evaluation, rest, Term::integer(remainder)));
}

Term odd(const FunctionCall& call) { return divisible(call, Term::integer(2), 1); }

Term even(const FunctionCall& call) { return divisible(call, Term::integer(2), 0); }

Term divisibleby(const FunctionCall& call) { return divisible(call, call[1], 0); }

// Whether the text has letters, all of them in the case that `convert` gives.
Term in_case(const FunctionCall& call, void (*convert)(std::string&, std::string_view),
             void (*other)(std::string&, std::string_view)) {
  const std::string_view text = call.text(0);
  std::string same;
  std::string different;
  convert(same, text);
  other(different, text);
  return Term::boolean(same == text && different != text);
}

Term lower(const FunctionCall& call) { return in_case(call, append_lower, append_upper); }

Term upper(const FunctionCall& call) { return in_case(call, append_upper, append_lower); }

Term sameas(const FunctionCall& call) {
  return Term::boolean(call[0].kind() == call[1].kind() &&
                       are_equal(call.evaluation, call[0], call[1]));
}

Term callable(const FunctionCall&) { return Term::boolean(false); }

constexpr auto kEqual = compared<Comparison::Equal>;
constexpr auto kNotEqual = compared<Comparison::NotEqual>;
constexpr auto kLess = compared<Comparison::Less>;
constexpr auto kLessEqual = compared<Comparison::LessEqual>;
constexpr auto kGreater = compared<Comparison::Greater>;
constexpr auto kGreaterEqual = compared<Comparison::GreaterEqual>;

constexpr FunctionSpec kSpecs[] = {
    {"defined", "value", defined, "Holds for what is there, be it none.", "{{ {}.a is defined }}",
     "false"},
    {"undefined", "value", undefined, "Holds for what is not there.", "{{ {}.a is undefined }}",
     "true"},
    {"none", "value", none, "Holds for none.", "{{ none is none }}", "true"},
    {"boolean", "value", boolean, "Holds for true and false.", "{{ 1 is boolean }}", "false"},
    {"true", "value", is_true_value, "Holds for true itself.", "{{ 1 is true }}", "false"},
    {"false", "value", is_false_value, "Holds for false itself.", "{{ false is false }}", "true"},
    {"integer", "value", integer, "Holds for integers.", "{{ 1 is integer }}", "true"},
    {"float", "value", real, "Holds for floats.", "{{ 1 is float }}", "false"},
    {"number", "value", number, "Holds for numbers.", "{{ 1.5 is number }}", "true"},
    {"string", "value", string, "Holds for texts.", "{{ 'a' is string }}", "true"},
    {"mapping", "value", mapping, "Holds for maps.", "{{ {} is mapping }}", "true"},
    {"sequence", "value", sequence, "Holds for lists, texts and maps.", "{{ [] is sequence }}",
     "true"},
    {"iterable", "value", iterable, "Holds for what a loop can go through.", "{{ 1 is iterable }}",
     "false"},
    {"callable", "value", callable, "Holds for functions; no value is one.", "{{ 1 is callable }}",
     "false"},
    {"in", "value seq", in, "Holds for the items of a list, the keys of a map, parts of a text.",
     "{{ 1 is in [1, 2] }}", "true"},
    {"eq", "a b", kEqual, "Holds for equal values.", "{{ 1 is eq 1.0 }}", "true"},
    {"equalto", "a b", kEqual, "Holds for equal values.", "{{ 1 is equalto 2 }}", "false"},
    {"==", "a b", kEqual, "Holds for equal values.", "{{ [1, 2] | select('==', 2) | list }}",
     "[2]"},
    {"ne", "a b", kNotEqual, "Holds for different values.", "{{ 1 is ne 2 }}", "true"},
    {"!=", "a b", kNotEqual, "Holds for different values.", "{{ [1, 2] | select('!=', 2) | list }}",
     "[1]"},
    {"lt", "a b", kLess, "Holds for lesser values.", "{{ 1 is lt 2 }}", "true"},
    {"lessthan", "a b", kLess, "Holds for lesser values.", "{{ 1 is lessthan 1 }}", "false"},
    {"<", "a b", kLess, "Holds for lesser values.", "{{ [1, 2] | select('<', 2) | list }}", "[1]"},
    {"le", "a b", kLessEqual, "Holds for lesser or equal values.", "{{ 1 is le 1 }}", "true"},
    {"<=", "a b", kLessEqual, "Holds for lesser or equal values.",
     "{{ [1, 2] | select('<=', 1) | list }}", "[1]"},
    {"gt", "a b", kGreater, "Holds for greater values.", "{{ 2 is gt 1 }}", "true"},
    {"greaterthan", "a b", kGreater, "Holds for greater values.", "{{ 1 is greaterthan 1 }}",
     "false"},
    {">", "a b", kGreater, "Holds for greater values.", "{{ [1, 2] | select('>', 1) | list }}",
     "[2]"},
    {"ge", "a b", kGreaterEqual, "Holds for greater or equal values.", "{{ 1 is ge 1 }}", "true"},
    {">=", "a b", kGreaterEqual, "Holds for greater or equal values.",
     "{{ [1, 2] | select('>=', 2) | list }}", "[2]"},
    {"odd", "value", odd, "Holds for odd numbers.", "{{ 3 is odd }}", "true"},
    {"even", "value", even, "Holds for even numbers.", "{{ 3 is even }}", "false"},
    {"divisibleby", "value num", divisibleby, "Holds for multiples of a number.",
     "{{ 9 is divisibleby 3 }}", "true"},
    {"lower", "value", lower, "Holds for texts in lower case.", "{{ 'ab' is lower }}", "true"},
    {"upper", "value", upper, "Holds for texts in upper case.", "{{ 'Ab' is upper }}", "false"},
    {"sameas", "value other", sameas, "Holds for equal values of one type.",
     "{{ 1 is sameas true }}", "false"},
};

}  // namespace

std::span<const FunctionSpec> predicates() { return kSpecs; }

}  // namespace tendril
