#include "expr/arithmetic.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "data/civil.h"
#include "expr/compare.h"
#include "expr/number.h"
#include "expr/percent_format.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

std::string_view symbol_of(BinaryOperator binary) {
  switch (binary) {
    case BinaryOperator::Add: return "+";
    case BinaryOperator::Subtract: return "-";
    case BinaryOperator::Multiply: return "*";
    case BinaryOperator::Divide: return "/";
    case BinaryOperator::FloorDivide: return "//";
    case BinaryOperator::Modulo: return "%";
    case BinaryOperator::Power: return "**";
  }
  return "?";
}

Term too_large(Evaluation& evaluation) { return evaluation.fail("number is too large"); }

Term whole_power(Evaluation& evaluation, Int128 base, Int128 exponent) {
  if (exponent < 0) {
    if (base == 0) {
      return evaluation.fail("division by zero");
    }
    return Term::real(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  }
  Int128 result = 1;
  // Each step squares, so that an exponent of any size ends within its number of bits.
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1 && __builtin_mul_overflow(result, base, &result)) {
      return too_large(evaluation);
    }
    if (exponent > 1 && __builtin_mul_overflow(base, base, &base)) {
      return too_large(evaluation);
    }
  }
  return term_of(result, evaluation.heap());
}

// The quotient is rounded down and the remainder has the divisor's sign, as in Python.
Int128 floor_quotient(Int128 a, Int128 b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

Int128 floor_remainder(Int128 a, Int128 b) {
  const Int128 remainder = a % b;
  return remainder + (remainder != 0 && (remainder < 0) != (b < 0) ? b : 0);
}

double floor_quotient(double a, double b) {
  const double remainder = std::fmod(a, b);
  const bool other_side = remainder != 0 && (remainder < 0) != (b < 0);
  const double quotient = (a - remainder) / b - (other_side ? 1 : 0);
  const double floor = std::floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

double floor_remainder(double a, double b) {
  const double remainder = std::fmod(a, b);
  if (remainder == 0) {
    return std::copysign(0.0, b);
  }
  return remainder + ((remainder < 0) != (b < 0) ? b : 0);
}

Term compute_whole(Evaluation& evaluation, BinaryOperator binary, Int128 a, Int128 b) {
  Int128 result = 0;
  const bool divides = binary == BinaryOperator::Divide || binary == BinaryOperator::FloorDivide ||
                       binary == BinaryOperator::Modulo;
  if (divides && b == 0) {
    return evaluation.fail("division by zero");
  }
  if (divides && b == -1 && binary != BinaryOperator::Divide) {
    // The one quotient that may not fit.
    return binary == BinaryOperator::Modulo
               ? Term::integer(0)
               : compute_whole(evaluation, BinaryOperator::Multiply, a, b);
  }
  bool overflow = false;
  switch (binary) {
    case BinaryOperator::Add: overflow = __builtin_add_overflow(a, b, &result); break;
    case BinaryOperator::Subtract: overflow = __builtin_sub_overflow(a, b, &result); break;
    case BinaryOperator::Multiply: overflow = __builtin_mul_overflow(a, b, &result); break;
    case BinaryOperator::Divide: return Term::real(static_cast<double>(a) / static_cast<double>(b));
    case BinaryOperator::FloorDivide: result = floor_quotient(a, b); break;
    case BinaryOperator::Modulo: result = floor_remainder(a, b); break;
    case BinaryOperator::Power: return whole_power(evaluation, a, b);
  }
  return overflow ? too_large(evaluation) : term_of(result, evaluation.heap());
}

Term compute_real(Evaluation& evaluation, BinaryOperator binary, double a, double b) {
  const bool divides = binary == BinaryOperator::Divide || binary == BinaryOperator::FloorDivide ||
                       binary == BinaryOperator::Modulo;
  if (divides && b == 0) {
    return evaluation.fail("division by zero");
  }
  switch (binary) {
    case BinaryOperator::Add: return Term::real(a + b);
    case BinaryOperator::Subtract: return Term::real(a - b);
    case BinaryOperator::Multiply: return Term::real(a * b);
    case BinaryOperator::Divide: return Term::real(a / b);
    case BinaryOperator::Modulo: return Term::real(floor_remainder(a, b));
    case BinaryOperator::FloorDivide: return Term::real(floor_quotient(a, b));
    case BinaryOperator::Power: break;
  }
  if (a == 0 && b < 0) {
    return evaluation.fail("division by zero");
  }
  const double power = std::pow(a, b);
  if (std::isnan(power) && !std::isnan(a) && !std::isnan(b)) {
    return evaluation.fail("power is not a real number");
  }
  if (std::isinf(power) && std::isfinite(a) && std::isfinite(b)) {
    return too_large(evaluation);
  }
  return Term::real(power);
}

Datetime moved(const Datetime& datetime, const Duration& duration, bool forward) {
  // Months are counted on the writer's calendar, so the local time moves.
  const Instant local =
      instant_from_micros(add_clamped(micros_of(datetime.instant), datetime.utc_offset.count()));
  const Instant there = forward ? add(local, duration) : subtract(local, duration);
  Datetime result = datetime;
  result.instant = instant_from_micros(add_clamped(micros_of(there), -datetime.utc_offset.count()));
  return result;
}

// A date moves by whole days only; what is left of a day is dropped as in Python, towards the
// past on both ways.
Term moved_date(const Term& date, const Duration& duration, bool forward) {
  const std::int64_t days = floor_divide(duration.exact.count(), kMicrosPerDay);
  const Duration whole{duration.months, Micros(days * kMicrosPerDay)};
  const Instant start = instant_from_micros(date.as_int() * kMicrosPerDay);
  const Instant there = forward ? add(start, whole) : subtract(start, whole);
  return Term::date(floor_divide(micros_of(there), kMicrosPerDay));
}

Duration opposite(const Duration& duration) {
  const std::int64_t exact = duration.exact.count();
  return {-duration.months, Micros(exact == std::numeric_limits<std::int64_t>::min()
                                       ? std::numeric_limits<std::int64_t>::max()
                                       : -exact)};
}

Duration sum_of(const Duration& a, const Duration& b) {
  return {static_cast<std::int32_t>(std::clamp<std::int64_t>(
              std::int64_t{a.months} + b.months, -std::numeric_limits<std::int32_t>::max(),
              std::numeric_limits<std::int32_t>::max())),
          Micros(add_clamped(a.exact.count(), b.exact.count()))};
}

Duration between(std::int64_t later_micros, std::int64_t earlier_micros) {
  std::int64_t micros = 0;
  if (__builtin_sub_overflow(later_micros, earlier_micros, &micros)) {
    micros = later_micros > earlier_micros ? std::numeric_limits<std::int64_t>::max()
                                           : std::numeric_limits<std::int64_t>::min() + 1;
  }
  return {0, Micros(micros)};
}

// Dates, times and durations. Returns Absent when the operands have no such operation.
Term compute_times(Evaluation& evaluation, BinaryOperator binary, const Term& a, const Term& b) {
  TermHeap& heap = evaluation.heap();
  const bool forward = binary == BinaryOperator::Add;
  if (!forward && binary != BinaryOperator::Subtract) {
    if (binary == BinaryOperator::Multiply && a.is(Kind::Duration) && b.is_integral() &&
        a.as_duration().months == 0) {
      std::int64_t micros = 0;
      return __builtin_mul_overflow(a.as_duration().exact.count(), b.as_int(), &micros)
                 ? evaluation.fail("duration is too long")
                 : heap.duration({0, Micros(micros)});
    }
    return Term::absent();
  }
  if (b.is(Kind::Duration)) {
    switch (a.kind()) {
      case Kind::Datetime: return heap.datetime(moved(a.as_datetime(), b.as_duration(), forward));
      case Kind::Date: return moved_date(a, b.as_duration(), forward);
      case Kind::Duration:
        return heap.duration(
            sum_of(a.as_duration(), forward ? b.as_duration() : opposite(b.as_duration())));
      default: return Term::absent();
    }
  }
  if (forward && a.is(Kind::Duration) && (b.is(Kind::Datetime) || b.is(Kind::Date))) {
    return compute_times(evaluation, binary, b, a);
  }
  if (!forward && a.is(Kind::Datetime) && b.is(Kind::Datetime)) {
    return heap.duration(
        between(micros_of(a.as_datetime().instant), micros_of(b.as_datetime().instant)));
  }
  if (!forward && a.is(Kind::Date) && b.is(Kind::Date)) {
    return heap.duration({0, Micros((a.as_int() - b.as_int()) * kMicrosPerDay)});
  }
  return Term::absent();
}

Term joined_texts(Evaluation& evaluation, std::string_view a, std::string_view b) {
  if (a.size() + b.size() > kTextBytesMax || !evaluation.spend(b.size() / 64)) {
    return evaluation.fail("text is too long");
  }
  char* const place = evaluation.heap().room(a.size() + b.size());
  a.copy(place, a.size());
  b.copy(place + a.size(), b.size());
  return Term::text({place, a.size() + b.size()});
}

Term joined_lists(Evaluation& evaluation, const Term& a, const Term& b) {
  const std::size_t size = a.size() + b.size();
  if (size > kItemsMax || !evaluation.spend(size)) {
    return evaluation.fail("list is too long");
  }
  TermList* const items = evaluation.heap().make_list();
  items->reserve(size);
  for (const Term* part : {&a, &b}) {
    for (std::size_t i = 0; i < part->size(); ++i) {
      items->push_back(part->item(i));
    }
  }
  return a.is(Kind::Tuple) ? Term::tuple(items) : Term::list(items);
}

Term repeated(Evaluation& evaluation, const Term& term, std::int64_t times) {
  const auto count = static_cast<std::size_t>(std::max<std::int64_t>(times, 0));
  if (term.is(Kind::Text)) {
    const std::string_view text = term.text();
    if (!text.empty() && count > kTextBytesMax / text.size()) {
      return evaluation.fail("text is too long");
    }
    std::string& out = evaluation.scratch();
    for (std::size_t i = 0; i < count && !text.empty(); ++i) {
      out.append(text);
    }
    return evaluation.heap().text(out);
  }
  const std::size_t size = term.size();
  if (size > 0 && (count > kItemsMax / size || !evaluation.spend(count * size))) {
    return evaluation.fail("list is too long");
  }
  TermList* const items = evaluation.heap().make_list();
  items->reserve(count * size);
  for (std::size_t i = 0; i < count * size; ++i) {
    items->push_back(term.item(i % size));
  }
  return term.is(Kind::Tuple) ? Term::tuple(items) : Term::list(items);
}

// Texts and lists. Returns Absent when the operands have no such operation.
Term compute_sequences(Evaluation& evaluation, BinaryOperator binary, const Term& a,
                       const Term& b) {
  const auto repeatable = [](const Term& term) {
    return term.is(Kind::Text) || term.is_sequence();
  };
  if (binary == BinaryOperator::Add && a.kind() == b.kind()) {
    if (a.is(Kind::Text)) {
      return joined_texts(evaluation, a.text(), b.text());
    }
    if (a.is_sequence()) {
      return joined_lists(evaluation, a, b);
    }
  }
  if (binary == BinaryOperator::Multiply && repeatable(a) && b.is_integral()) {
    return repeated(evaluation, a, b.as_int());
  }
  if (binary == BinaryOperator::Multiply && repeatable(b) && a.is_integral()) {
    return repeated(evaluation, b, a.as_int());
  }
  if (binary == BinaryOperator::Modulo && a.is(Kind::Text)) {
    return percent_format(evaluation, a.text(), b);
  }
  return Term::absent();
}

}  // namespace

Term compute(Evaluation& evaluation, BinaryOperator binary, const Term& a, const Term& b) {
  if (const auto whole_a = whole_number(a)) {
    if (const auto whole_b = whole_number(b)) {
      return compute_whole(evaluation, binary, *whole_a, *whole_b);
    }
  }
  const auto real_a = real_number(a);
  const auto real_b = real_number(b);
  if (real_a && real_b) {
    return compute_real(evaluation, binary, *real_a, *real_b);
  }
  if (a.is(Kind::Undefined) || b.is(Kind::Undefined)) {
    return evaluation.fail_undefined();
  }
  Term result = compute_times(evaluation, binary, a, b);
  if (result.is(Kind::Absent)) {
    result = compute_sequences(evaluation, binary, a, b);
  }
  if (result.is(Kind::Absent)) {
    return evaluation.fail_type(fmt::format("operator {} does not work on {} and {}",
                                            symbol_of(binary), name_of(a.kind()),
                                            name_of(b.kind())));
  }
  return result;
}

Term compute(Evaluation& evaluation, UnaryOperator unary, const Term& operand) {
  if (unary == UnaryOperator::Not) {
    return Term::boolean(!is_true(operand));
  }
  const bool negate = unary == UnaryOperator::Negate;
  if (const auto whole = whole_number(operand)) {
    return term_of(negate ? -*whole : *whole, evaluation.heap());
  }
  if (const auto real = real_number(operand)) {
    return Term::real(negate ? -*real : *real);
  }
  if (operand.is(Kind::Duration)) {
    return negate ? evaluation.heap().duration(opposite(operand.as_duration())) : operand;
  }
  if (operand.is(Kind::Undefined)) {
    return evaluation.fail_undefined();
  }
  return evaluation.fail_type(fmt::format("sign does not work on {}", name_of(operand.kind())));
}

}  // namespace tendril
