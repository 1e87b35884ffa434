// Instants: points in time with microsecond precision, their spellings, and zones.
// Timestamps are compared as instants, never as text (requirement I16).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"

namespace tendril {

// Microseconds since 1970-01-01T00:00:00Z, without leap seconds.
using Instant = Clock::Wall;
using Micros = std::chrono::microseconds;

constexpr Instant instant_from_micros(std::int64_t micros) { return Instant(Micros(micros)); }
constexpr std::int64_t micros_of(Instant instant) { return instant.time_since_epoch().count(); }

// A date and time as somebody wrote it: local fields by way of an offset from UTC.
struct Datetime {
  Instant instant;  // As if UTC when there is no zone.
  Micros utc_offset = Micros(0);
  bool has_zone = true;  // False: the text named none ("2024-01-02T03:04:05").

  // Same instant; a missing zone counts as UTC.
  friend bool operator==(const Datetime& a, const Datetime& b) { return a.instant == b.instant; }
};

// Reads any usual spelling: ISO 8601 and RFC 3339 ("2024-01-02", "2024-01-02T03:04:05.678+02:00",
// "20240102T030405Z", "2024-01-02 03:04:05 UTC", a comma for the point, +0200, +02, hours and
// minutes only), RFC 2822 / HTTP dates ("Tue, 02 Jan 2024 03:04:05 GMT"), and integer or
// fractional Unix times in seconds, milliseconds, microseconds or nanoseconds (told apart by
// size: below 1e11 seconds, below 1e14 milliseconds, below 1e17 microseconds). Digits beyond
// the microsecond are cut off.
// Errors: BadData, naming the text.
Result<Datetime> parse_datetime(std::string_view text);

// The quick path for columns: ISO 8601 with a date and a time. Returns nullopt for
// every other spelling, without allocating.
std::optional<Datetime> parse_iso_datetime(std::string_view text);

// Days since 1970-01-01 of "YYYY-MM-DD" and nothing else.
std::optional<std::int32_t> parse_iso_date(std::string_view text);

// Microseconds of the day of "HH:MM[:SS[.ffffff]]" and nothing else.
std::optional<std::int64_t> parse_iso_time(std::string_view text);

// "2024-01-02T03:04:05Z", with ".678" or ".678901" only where not zero.
std::string to_iso(Instant instant);

// "2024-01-02" for days since 1970-01-01; "03:04:05[.678901]" for microseconds of the day.
std::string iso_date(std::int32_t days);
std::string iso_time(std::int64_t micros_of_day);

// Parses and formats with strptime/strftime directives as the reference of the manifest
// language understands them: Python's (%Y %m %d %H %M %S %f %z %Z %j %b %B %a %A %p %I %y %e
// %s ...) and the additions %s (Unix seconds), %s_as_float, %ms and %_ms (milliseconds),
// %epoch_microseconds. Without a zone directive the result is UTC.
// Errors: BadData, naming text and format.
Result<Datetime> parse_datetime(std::string_view text, std::string_view format);
std::string format_datetime(const Datetime& datetime, std::string_view format);

// Returns `instant` as seen in the IANA zone ("Europe/Berlin", "UTC").
// Errors: InvalidConfig when the zone is unknown.
Result<Datetime> in_zone(Instant instant, std::string_view zone);

// An ISO 8601 duration: "P1D", "PT1H30M", "P1M2W". Months and years stay calendar units.
struct Duration {
  std::int32_t months = 0;
  Micros exact = Micros(0);  // Weeks, days, hours, minutes, seconds.

  friend bool operator==(const Duration&, const Duration&) = default;
};

// Errors: InvalidConfig, naming the text.
Result<Duration> parse_duration(std::string_view text);

// Adds calendar months (the day clamped to the month's last) and then the exact part.
Instant add(Instant instant, const Duration& duration);
Instant subtract(Instant instant, const Duration& duration);

}  // namespace tendril
