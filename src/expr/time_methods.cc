// The methods of dates, times and durations.
#include <array>

#include <fmt/format.h>

#include "data/civil.h"
#include "expr/function.h"
#include "expr/time_argument.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

constexpr int kYearMax = 9999;

// The receiver, a date as the start of its day without a zone.
Datetime receiver_of(const FunctionCall& call) {
  if (call[0].is(Kind::Datetime)) {
    return call[0].as_datetime();
  }
  return {instant_from_micros(call[0].as_int() * kMicrosPerDay), Micros(0), false};
}

Term strftime(const FunctionCall& call) {
  if (!call[1].is(Kind::Text)) {
    return call.wrong_type(1, "a format");
  }
  return call.heap().text(format_datetime(receiver_of(call), call[1].text()));
}

Term isoformat(const FunctionCall& call) {
  const Datetime datetime = receiver_of(call);
  const std::string_view separator = call.has(1) ? call.text(1) : "T";
  const std::string_view precision = call.has(2) ? call.text(2) : "auto";
  const Civil civil = civil_of(datetime);
  std::string out = fmt::format("{:04}-{:02}-{:02}{}{:02}", civil.year, civil.month, civil.day,
                                separator, civil.hour);
  if (precision != "hours") {
    fmt::format_to(std::back_inserter(out), ":{:02}", civil.minute);
  }
  const bool micros = precision == "microseconds" || (precision == "auto" && civil.micros != 0);
  if (precision != "hours" && precision != "minutes") {
    fmt::format_to(std::back_inserter(out), ":{:02}", civil.second);
  }
  if (micros) {
    fmt::format_to(std::back_inserter(out), ".{:06}", civil.micros);
  } else if (precision == "milliseconds") {
    fmt::format_to(std::back_inserter(out), ".{:03}", civil.micros / 1000);
  }
  const std::string zone = format_datetime(datetime, "%z");
  if (!zone.empty()) {
    out.append(zone, 0, 3).append(":").append(zone, 3);
  }
  return call.heap().text(out);
}

Term date_isoformat(const FunctionCall& call) {
  return call.heap().text(format_datetime(receiver_of(call), "%Y-%m-%d"));
}

Term timestamp(const FunctionCall& call) {
  return Term::real(static_cast<double>(micros_of(receiver_of(call).instant)) / 1e6);
}

// Days since Monday, from 0.
std::int64_t weekday_of(const FunctionCall& call) {
  const Datetime datetime = receiver_of(call);
  const std::int64_t local = add_clamped(micros_of(datetime.instant), datetime.utc_offset.count());
  return ((floor_divide(local, kMicrosPerDay) + 3) % 7 + 7) % 7;
}

Term weekday(const FunctionCall& call) { return Term::integer(weekday_of(call)); }

Term isoweekday(const FunctionCall& call) { return Term::integer(weekday_of(call) + 1); }

Term date(const FunctionCall& call) {
  const Datetime datetime = receiver_of(call);
  const std::int64_t local = add_clamped(micros_of(datetime.instant), datetime.utc_offset.count());
  return Term::date(floor_divide(local, kMicrosPerDay));
}

// Replaces fields of the receiver by those of the arguments that are given.
Term replace(const FunctionCall& call) {
  Datetime datetime = receiver_of(call);
  Civil civil = civil_of(datetime);
  const std::array<std::int64_t, 7> old{civil.year,   civil.month,  civil.day,   civil.hour,
                                        civil.minute, civil.second, civil.micros};
  std::array<std::int64_t, 7> fields = old;
  constexpr std::array<std::int64_t, 7> kMax{kYearMax, 12, 31, 23, 59, 59, 999'999};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    fields[i] = call.integer(i + 1, old[i]);
    if (fields[i] < 0 || fields[i] > kMax[i]) {
      return call.fail("field of a date is out of range");
    }
  }
  civil = {.year = static_cast<int>(fields[0]),
           .month = static_cast<unsigned>(fields[1]),
           .day = static_cast<unsigned>(fields[2]),
           .hour = static_cast<unsigned>(fields[3]),
           .minute = static_cast<unsigned>(fields[4]),
           .second = static_cast<unsigned>(fields[5]),
           .micros = fields[6]};
  if (!is_valid(civil)) {
    return call.fail("field of a date is out of range");
  }
  datetime.instant = instant_of(civil) - datetime.utc_offset;
  if (call[0].is(Kind::Date)) {
    return Term::date(floor_divide(micros_of(datetime.instant), kMicrosPerDay));
  }
  return call.heap().datetime(datetime);
}

Term total_seconds(const FunctionCall& call) {
  return Term::real(static_cast<double>(call[0].as_duration().exact.count()) / 1e6);
}

constexpr std::string_view kDatetimeFields =
    "dt year= month= day= hour= minute= second= microsecond=";

constexpr FunctionSpec kSpecs[] = {
    {"strftime", "dt format", strftime, "Formats by strftime directives.",
     "{{ now_utc().strftime('%Y-%m-%d') }}", R"("2024-01-02")", Kind::Datetime},
    {"strftime", "dt format", strftime, "Formats by strftime directives.",
     "{{ today_utc().strftime('%d.%m.') }}", R"("02.01.")", Kind::Date},
    {"isoformat", "dt sep= timespec=", isoformat, "Writes a date and time as ISO 8601.",
     "{{ now_utc().isoformat('T', 'milliseconds') }}", R"("2024-01-02T03:04:05.678+00:00")",
     Kind::Datetime},
    {"isoformat", "dt", date_isoformat, "Writes a date as ISO 8601.",
     "{{ today_utc().isoformat() }}", R"("2024-01-02")", Kind::Date},
    {"timestamp", "dt", timestamp, "Returns the Unix time in seconds.",
     "{{ str_to_datetime('2024-01-02').timestamp() }}", "1704153600.0", Kind::Datetime},
    {"weekday", "dt", weekday, "Returns the day of the week; Monday is 0.",
     "{{ now_utc().weekday() }}", "1", Kind::Datetime},
    {"weekday", "dt", weekday, "Returns the day of the week; Monday is 0.",
     "{{ today_utc().weekday() }}", "1", Kind::Date},
    {"isoweekday", "dt", isoweekday, "Returns the day of the week; Monday is 1.",
     "{{ now_utc().isoweekday() }}", "2", Kind::Datetime},
    {"isoweekday", "dt", isoweekday, "Returns the day of the week; Monday is 1.",
     "{{ today_utc().isoweekday() }}", "2", Kind::Date},
    {"date", "dt", date, "Returns the day without the time.", "{{ now_utc().date() }}",
     R"("2024-01-02")", Kind::Datetime},
    {"replace", kDatetimeFields, replace, "Replaces fields.",
     "{{ now_utc().replace(day=1, hour=0).strftime('%Y-%m-%dT%H') }}", R"("2024-01-01T00")",
     Kind::Datetime},
    {"replace", "dt year= month= day=", replace, "Replaces fields.",
     "{{ today_utc().replace(day=1) }}", R"("2024-01-01")", Kind::Date},
    {"total_seconds", "duration", total_seconds, "Returns the length in seconds.",
     "{{ duration('PT1M').total_seconds() }}", "60.0", Kind::Duration},
};

}  // namespace

std::span<const FunctionSpec> time_methods() { return kSpecs; }

}  // namespace tendril
