#include "data/civil.h"

#include <limits>

namespace tendril {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool starts_with_any_case(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) {
    return false;
  }
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (lower(text[i]) != lower(prefix[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace

Civil civil_of(Instant instant) {
  const std::int64_t days = floor_divide(micros_of(instant), kMicrosPerDay);
  const std::int64_t remainder = micros_of(instant) % kMicrosPerDay;
  const std::int64_t rest = remainder + (remainder < 0 ? kMicrosPerDay : 0);
  const std::int64_t cycle = floor_divide(days, kCycleDays);
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(days - cycle * kCycleDays))};
  const auto seconds = static_cast<unsigned>(rest / kMicrosPerSecond);
  return {.year = static_cast<int>(date.year()) + static_cast<int>(cycle * kCycleYears),
          .month = static_cast<unsigned>(date.month()),
          .day = static_cast<unsigned>(date.day()),
          .hour = seconds / 3600,
          .minute = seconds / 60 % 60,
          .second = seconds % 60,
          .micros = rest % kMicrosPerSecond};
}

Civil civil_of(const Datetime& datetime) {
  return civil_of(
      instant_from_micros(add_clamped(micros_of(datetime.instant), datetime.utc_offset.count())));
}

std::int64_t add_clamped(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) {
    return b > 0 ? std::numeric_limits<std::int64_t>::max()
                 : std::numeric_limits<std::int64_t>::min();
  }
  return sum;
}

int take_name(std::string_view& text, const std::string_view* names, std::size_t count,
              std::size_t length) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view name = length == 0 ? names[i] : names[i].substr(0, length);
    if (starts_with_any_case(text, name)) {
      text.remove_prefix(name.size());
      return static_cast<int>(i);
    }
  }
  return -1;
}

}  // namespace tendril
