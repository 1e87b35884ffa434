// The filters of numbers.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "expr/arithmetic.h"
#include "expr/compare.h"
#include "expr/extreme.h"
#include "expr/function.h"
#include "expr/member.h"
#include "expr/number.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

// What the filters "int" and "float" return for what is no number.
Term fallback(const FunctionCall& call, const Term& otherwise) {
  return call.has(1) ? call[1] : otherwise;
}

Term to_int(const FunctionCall& call) {
  const Term& value = call[0];
  if (value.is(Kind::Undefined)) {
    return call.evaluation.fail_undefined();
  }
  if (value.is_integral()) {
    return Term::integer(value.as_int());
  }
  if (value.is(Kind::BigNumber) || value.is(Kind::Text)) {
    const auto base = static_cast<int>(std::clamp<std::int64_t>(call.integer(2, 10), 0, 36));
    const Term whole = parse_integer(value.text(), base, call.heap());
    if (!whole.is(Kind::Undefined)) {
      return whole;
    }
  }
  const auto real = value.is(Kind::Text) ? parse_float(value.text()) : real_number(value);
  const Term whole = real ? truncated(*real, call.heap()) : Term();
  return whole.is(Kind::Undefined) ? fallback(call, Term::integer(0)) : whole;
}

Term to_float(const FunctionCall& call) {
  const Term& value = call[0];
  if (value.is(Kind::Undefined)) {
    return call.evaluation.fail_undefined();
  }
  const auto real = value.is(Kind::Text) ? parse_float(value.text()) : real_number(value);
  return real ? Term::real(*real) : fallback(call, Term::real(0));
}

Term absolute(const FunctionCall& call) {
  const Term& value = call[0];
  const auto real = real_number(value);
  if (!real) {
    return value.is(Kind::Duration) && value.as_duration().exact < Micros(0)
               ? compute(call.evaluation, UnaryOperator::Negate, value)
           : value.is(Kind::Duration) ? value
                                      : call.wrong_type(0, "a number");
  }
  return std::signbit(*real) ? compute(call.evaluation, UnaryOperator::Negate, value)
                             : compute(call.evaluation, UnaryOperator::Plus, value);
}

// Rounds half to even at a decimal place, from the exact value, as Python does.
double rounded(double number, int places) {
  if (!std::isfinite(number)) {
    return number;
  }
  if (places < 0) {
    const double unit = std::pow(10.0, -places);
    return std::nearbyint(number / unit) * unit;
  }
  return std::strtod(fmt::format("{:.{}f}", number, places).c_str(), nullptr);
}

Term round(const FunctionCall& call) {
  const auto places = static_cast<int>(std::clamp<std::int64_t>(call.integer(1, 0), -300, 300));
  const std::string_view method = call.has(2) ? call.text(2) : "common";
  const auto real = real_number(call[0]);
  if (!real) {
    return call.wrong_type(0, "a number");
  }
  if (method == "common") {
    const bool whole = !call[0].is(Kind::Float) && places >= 0;
    return whole ? compute(call.evaluation, UnaryOperator::Plus, call[0])
                 : Term::real(rounded(*real, places));
  }
  if (method != "ceil" && method != "floor") {
    return call.fail("rounding method is none of common, ceil and floor");
  }
  const double scale = std::pow(10.0, places);
  return Term::real((method == "ceil" ? std::ceil(*real * scale) : std::floor(*real * scale)) /
                    scale);
}

std::string_view path_argument(const FunctionCall& call, std::size_t index) {
  return call.has(index) && !call[index].is(Kind::None) ? call.text(index) : std::string_view();
}

Term sum(const FunctionCall& call) {
  const Term items = items_of(call.evaluation, call[0]);
  const std::string_view path = path_argument(call, 1);
  Term total = call.has(2) ? call[2] : Term::integer(0);
  for (std::size_t i = 0; i < items.size() && call.evaluation.ok(); ++i) {
    const Term item =
        path.empty() ? items.item(i) : attribute_path(call.evaluation, items.item(i), path);
    call.evaluation.spend(1);
    total = compute(call.evaluation, BinaryOperator::Add, total, item);
  }
  return total;
}

Term extreme(const FunctionCall& call, Order wanted) {
  return extreme_of(call, items_of(call.evaluation, call[0]), wanted, path_argument(call, 2));
}

Term max_filter(const FunctionCall& call) { return extreme(call, Order::Greater); }

Term min_filter(const FunctionCall& call) { return extreme(call, Order::Less); }

constexpr FunctionSpec kSpecs[] = {
    {"int", "value default= base=", to_int,
     "Makes an integer; what is no number becomes the default, 0.", "{{ '42.9' | int }}", "42"},
    {"float", "value default=", to_float,
     "Makes a float; what is no number becomes the default, 0.0.", "{{ '1.50' | float }}", "1.5"},
    {"abs", "x", absolute, "Takes the sign away.", "{{ -3 | abs }}", "3"},
    {"round", "value precision= method=", round,
     "Rounds to a number of decimal places: common, ceil or floor.",
     "{{ 42.55 | round(1, 'floor') }}", "42.5"},
    {"sum", "iterable attribute= start=", sum, "Adds the items of a list up.",
     "{{ [1, 2, 3] | sum }}", "6"},
    {"max", "value case_sensitive= attribute=", max_filter, "Returns the greatest item.",
     "{{ [1, 3, 2] | max }}", "3"},
    {"min", "value case_sensitive= attribute=", min_filter, "Returns the least item.",
     "{{ [{'n': 2}, {'n': 1}] | min(attribute='n') }}", R"({"n":1})"},
};

}  // namespace

std::span<const FunctionSpec> number_filters() { return kSpecs; }

}  // namespace tendril
