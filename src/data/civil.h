// Calendar dates and times of day in the proleptic Gregorian calendar, and their way to and
// from a count of days or microseconds.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "data/instant.h"

namespace tendril {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

// A date and a time of day, as the fields that people write.
struct Civil {
  int year = 1970;
  unsigned month = 1;
  unsigned day = 1;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;  // 60 for a leap second, which counts as the next second.
  std::int64_t micros = 0;
};

constexpr bool is_date(int year, unsigned month, unsigned day) {
  return std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month),
                                     std::chrono::day(day))
      .ok();
}

// Days since 1970-01-01. REQUIRES: is_date(year, month, day).
constexpr std::int32_t days_of(int year, unsigned month, unsigned day) {
  const std::chrono::sys_days days = std::chrono::year_month_day(
      std::chrono::year(year), std::chrono::month(month), std::chrono::day(day));
  return static_cast<std::int32_t>(days.time_since_epoch().count());
}

// The calendar repeats itself after this many years and days. std::chrono's years hold 16 bits;
// what lies beyond is computed in the cycle around 1970.
constexpr std::int64_t kCycleYears = 400;
constexpr std::int64_t kCycleDays = 146'097;

// Rounds down, as calendars do. REQUIRES: divisor > 0.
constexpr std::int64_t floor_divide(std::int64_t value, std::int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

constexpr bool is_valid(const Civil& civil) {
  return is_date(civil.year, civil.month, civil.day) && civil.hour <= 23 && civil.minute <= 59 &&
         civil.second <= 60;
}

constexpr std::int64_t micros_of_day(const Civil& civil) {
  return static_cast<std::int64_t>((civil.hour * 60 + civil.minute) * 60 + civil.second) *
             kMicrosPerSecond +
         civil.micros;
}

// REQUIRES: is_valid(civil).
constexpr Instant instant_of(const Civil& civil) {
  return instant_from_micros(days_of(civil.year, civil.month, civil.day) * kMicrosPerDay +
                             micros_of_day(civil));
}

Civil civil_of(Instant instant);

// The fields as the writer saw them: those of the instant moved by the offset.
Civil civil_of(const Datetime& datetime);

// Returns `a + b`, at most or at least what 64 bits hold.
std::int64_t add_clamped(std::int64_t a, std::int64_t b);

constexpr std::array<std::string_view, 12> kMonthNames{
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdayNames{
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

// Returns the index of the name whose first `length` letters (all for 0) `text` starts with in
// any case, and removes them; -1 when there is none.
int take_name(std::string_view& text, const std::string_view* names, std::size_t count,
              std::size_t length);

}  // namespace tendril
