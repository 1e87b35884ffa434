// The functions of dates and times. The examples assume that it is 2024-01-02T03:04:05.678901Z.
#include "data/civil.h"
#include "expr/function.h"
#include "expr/number.h"
#include "expr/time_argument.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

Instant instant_of_now(const FunctionCall& call) { return call.evaluation.clock().now(); }

Term day_of(Instant instant) { return Term::date(floor_divide(micros_of(instant), kMicrosPerDay)); }

Term now_utc(const FunctionCall& call) { return call.heap().datetime({instant_of_now(call)}); }

Term today_utc(const FunctionCall& call) { return day_of(instant_of_now(call)); }

Term today_with_timezone(const FunctionCall& call) {
  const auto now = in_zone(instant_of_now(call), call.text(0));
  if (!now.ok()) {
    return call.fail(now.error().message);
  }
  return day_of(now->instant + now->utc_offset);
}

Term str_to_datetime(const FunctionCall& call) {
  const auto datetime = datetime_argument(call, 0);
  return datetime ? call.heap().datetime({datetime->instant}) : Term();
}

Term timestamp(const FunctionCall& call) {
  if (call[0].is_integral()) {
    return Term::integer(call[0].as_int());
  }
  if (call[0].is(Kind::Float)) {
    return truncated(call[0].as_float(), call.heap());
  }
  const auto datetime = datetime_argument(call, 0);
  return datetime ? Term::real(static_cast<double>(micros_of(datetime->instant)) / 1e6) : Term();
}

Term day_delta(const FunctionCall& call) {
  constexpr std::int64_t kDaysMax = 10'000'000;
  const std::int64_t days = call.integer(0, 0);
  if (days > kDaysMax || days < -kDaysMax) {
    return call.fail("number of days is too large");
  }
  const Datetime then{add(instant_of_now(call), {0, Micros(days * kMicrosPerDay)})};
  const std::string_view format = call.has(1) ? call.text(1) : "%Y-%m-%dT%H:%M:%S.%f%z";
  return call.heap().text(format_datetime(then, format));
}

Term duration(const FunctionCall& call) {
  if (!call[0].is(Kind::Text)) {
    return call.wrong_type(0, "an ISO 8601 duration");
  }
  const auto parsed = parse_duration(call[0].text());
  return parsed.ok() ? call.heap().duration(*parsed) : call.fail(parsed.error().message);
}

// The date that the first argument is, read by the format of the third where there is one. A
// text in one of the usual spellings is taken to UTC; all others keep their offset.
std::optional<Datetime> formatted_argument(const FunctionCall& call) {
  const bool number = call[0].is_integral() || call[0].is(Kind::Float);
  const bool text = call[0].is(Kind::Text);
  if (!call.has(2) || call[2].is(Kind::None) || (!number && !text)) {
    auto datetime = datetime_argument(call, 0);
    if (datetime && text) {
      datetime->utc_offset = Micros(0);
    }
    return datetime;
  }
  const auto parsed = parse_datetime(call.text(0), call.text(2));
  if (!parsed.ok()) {
    call.fail(parsed.error().message);
    return std::nullopt;
  }
  return *parsed;
}

Term format_datetime_function(const FunctionCall& call) {
  auto datetime = formatted_argument(call);
  if (!datetime) {
    return {};
  }
  datetime->has_zone = true;
  return call.heap().text(format_datetime(*datetime, call.text(1)));
}

constexpr FunctionSpec kSpecs[] = {
    {"now_utc", "", now_utc, "Returns the date and time of now, in UTC.", "{{ now_utc() }}",
     R"("2024-01-02 03:04:05.678901+00:00")"},
    {"today_utc", "", today_utc, "Returns the date of today, in UTC.", "{{ today_utc() }}",
     R"("2024-01-02")"},
    {"today_with_timezone", "timezone", today_with_timezone,
     "Returns the date of today in an IANA time zone.",
     "{{ today_with_timezone('America/Los_Angeles') }}", R"("2024-01-01")"},
    {"timestamp", "dt", timestamp,
     "Returns the Unix time of a date in seconds; cuts the fraction off a number.",
     "{{ timestamp('2024-01-02T03:04:05Z') }}", "1704164645.0"},
    {"str_to_datetime", "s", str_to_datetime,
     "Reads a date and time in any usual spelling; without a zone it is UTC.",
     "{{ str_to_datetime('2024-01-02T03:04:05+02:00') }}", R"("2024-01-02 01:04:05+00:00")"},
    {"day_delta", "num_days format=", day_delta,
     "Returns now moved by a number of days, formatted by strftime directives.",
     "{{ day_delta(-1, format='%Y-%m-%d') }}", R"("2024-01-01")"},
    {"duration", "datestring", duration, "Reads an ISO 8601 duration.",
     "{{ (now_utc() - duration('P1DT3H')).strftime('%Y-%m-%dT%H:%M:%SZ') }}",
     R"("2024-01-01T00:04:05Z")"},
    {"format_datetime", "dt format input_format=", format_datetime_function,
     "Writes a date, a text or a Unix time in another format.",
     "{{ format_datetime('2024-01-02T03:04:05Z', '%d/%m/%Y') }}", R"("02/01/2024")"},
};

}  // namespace

std::span<const FunctionSpec> time_functions() { return kSpecs; }

}  // namespace tendril
