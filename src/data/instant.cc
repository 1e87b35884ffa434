#include "data/instant.h"

#include <algorithm>

#include "data/civil.h"
#include "data/padded.h"

namespace tendril {
namespace {

void append_date(std::string& out, const Civil& civil) {
  append_padded(out, civil.year, 4);
  out.push_back('-');
  append_padded(out, civil.month, 2);
  out.push_back('-');
  append_padded(out, civil.day, 2);
}

// With milliseconds or microseconds only where they are not zero.
void append_time(std::string& out, const Civil& civil) {
  append_padded(out, civil.hour, 2);
  out.push_back(':');
  append_padded(out, civil.minute, 2);
  out.push_back(':');
  append_padded(out, civil.second, 2);
  if (civil.micros == 0) {
    return;
  }
  out.push_back('.');
  const bool whole = civil.micros % 1000 == 0;
  append_padded(out, whole ? civil.micros / 1000 : civil.micros, whole ? 3 : 6);
}

// Returns `instant` in the month that lies `months` further, on the month's last day where it
// has no such day.
Instant add_months(Instant instant, std::int64_t months) {
  Civil civil = civil_of(instant);
  const std::int64_t total = std::int64_t{civil.year} * 12 + (civil.month - 1) + months;
  const std::int64_t year = floor_divide(total, 12);
  const std::int64_t cycle = floor_divide(year, kCycleYears);
  const int year_of_cycle = static_cast<int>(year - cycle * kCycleYears);
  const auto month = static_cast<unsigned>(total - year * 12) + 1;
  const std::chrono::year_month_day_last last{
      std::chrono::year(year_of_cycle), std::chrono::month_day_last{std::chrono::month(month)}};
  const unsigned day = std::min(civil.day, static_cast<unsigned>(last.day()));
  const std::int64_t days = days_of(year_of_cycle, month, day) + cycle * kCycleDays;
  std::int64_t micros = 0;
  if (__builtin_mul_overflow(days, kMicrosPerDay, &micros)) {
    return months > 0 ? Instant::max() : Instant::min();
  }
  return instant_from_micros(add_clamped(micros, micros_of_day(civil)));
}

}  // namespace

std::string to_iso(Instant instant) {
  const Civil civil = civil_of(instant);
  std::string out;
  out.reserve(sizeof("2024-01-02T03:04:05.678901Z"));
  append_date(out, civil);
  out.push_back('T');
  append_time(out, civil);
  out.push_back('Z');
  return out;
}

std::string iso_date(std::int32_t days) {
  const Civil civil = civil_of(instant_from_micros(days * kMicrosPerDay));
  std::string out;
  append_date(out, civil);
  return out;
}

std::string iso_time(std::int64_t micros_of_day) {
  const Civil civil = civil_of(instant_from_micros(micros_of_day));
  std::string out;
  append_time(out, civil);
  return out;
}

Instant add(Instant instant, const Duration& duration) {
  const Instant moved = duration.months == 0 ? instant : add_months(instant, duration.months);
  return instant_from_micros(add_clamped(micros_of(moved), duration.exact.count()));
}

Instant subtract(Instant instant, const Duration& duration) {
  const Instant moved =
      duration.months == 0 ? instant : add_months(instant, -std::int64_t{duration.months});
  const std::int64_t exact = duration.exact.count();
  const std::int64_t negated = exact == INT64_MIN ? INT64_MAX : -exact;
  return instant_from_micros(add_clamped(micros_of(moved), negated));
}

}  // namespace tendril
