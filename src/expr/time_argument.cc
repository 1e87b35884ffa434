#include "expr/time_argument.h"

#include <algorithm>
#include <cmath>

#include "data/civil.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

constexpr double kSecondsMax = 9e12;  // What 64 bits of microseconds hold.

std::optional<Datetime> parsed(const FunctionCall& call, std::string_view text) {
  const bool year = text.size() == 4 && std::all_of(text.begin(), text.end(),
                                                    [](char c) { return c >= '0' && c <= '9'; });
  // "2024" is a year to the reference, not a Unix time.
  const auto datetime = year ? parse_datetime(text, "%Y") : parse_datetime(text);
  if (!datetime.ok()) {
    call.fail(datetime.error().message);
    return std::nullopt;
  }
  return *datetime;
}

}  // namespace

std::optional<Datetime> datetime_argument(const FunctionCall& call, std::size_t index) {
  const Term& term = call[index];
  switch (term.kind()) {
    case Kind::Datetime: return term.as_datetime();
    case Kind::Date: return Datetime{instant_from_micros(term.as_int() * kMicrosPerDay)};
    case Kind::Text: return parsed(call, term.text());
    case Kind::Int:
    case Kind::Float: {
      const double seconds =
          term.is(Kind::Int) ? static_cast<double>(term.as_int()) : term.as_float();
      if (!(std::fabs(seconds) < kSecondsMax)) {
        call.fail("number is no Unix time in seconds");
        return std::nullopt;
      }
      return Datetime{instant_from_micros(
          term.is(Kind::Int) ? term.as_int() * kMicrosPerSecond
                             : static_cast<std::int64_t>(std::round(seconds * 1e6)))};
    }
    default: call.wrong_type(index, "a date"); return std::nullopt;
  }
}

}  // namespace tendril
