#include "manifest/clamping.h"

#include <array>
#include <string>
#include <string_view>

#include "data/civil.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr Micros kDay = Micros(kMicrosPerDay);
constexpr std::array<std::string_view, 7> kWeekdays{"MONDAY", "TUESDAY",  "WEDNESDAY", "THURSDAY",
                                                    "FRIDAY", "SATURDAY", "SUNDAY"};

Instant start_of_day(Instant time) {
  return instant_from_micros(floor_divide(micros_of(time), kMicrosPerDay) * kMicrosPerDay);
}

// 0 is Monday; 1970-01-01 was a Thursday.
unsigned weekday_of(Instant time) {
  const std::int64_t days = floor_divide(micros_of(time), kMicrosPerDay);
  return static_cast<unsigned>((days % 7 + 7 + 3) % 7);
}

Instant start_of_month(Instant time, int months_later) {
  Civil civil = civil_of(time);
  const int month = static_cast<int>(civil.month) - 1 + months_later;
  return instant_of(
      {.year = civil.year + month / 12, .month = static_cast<unsigned>(month % 12) + 1});
}

// Days from the time's day to the next first day of a week; 0 on such a day.
int days_to_next_week(Instant time, unsigned first_weekday) {
  return static_cast<int>((first_weekday + 7 - weekday_of(time)) % 7);
}

Result<unsigned> weekday_in(const Node& node, const Environment& environment) {
  const Node* details = node.find("target_details");
  if (details == nullptr || details->find("weekday") == nullptr) {
    return node.error("clamping to WEEK needs target_details with a weekday");
  }
  const std::string name =
      TRY(evaluate_text(*details, "weekday", environment.config, environment.clock));
  for (unsigned day = 0; day < kWeekdays.size(); ++day) {
    if (kWeekdays[day] == name) {
      return day;
    }
  }
  return details->error("weekday is unknown: " + name);
}

}  // namespace

Result<Clamping> Clamping::compile(const Node& node, const Environment& environment) {
  const std::string target =
      TRY(evaluate_text(node, "target", environment.config, environment.clock));
  if (target == "DAY") {
    return Clamping{Period::Day};
  }
  if (target == "MONTH") {
    return Clamping{Period::Month};
  }
  if (target != "WEEK") {
    return node.error("clamping target must be DAY, WEEK or MONTH, not: " + target);
  }
  const unsigned weekday = TRY(weekday_in(node, environment));
  return Clamping{Period::Week, weekday};
}

Instant Clamping::floor(Instant time) const {
  switch (period) {
    case Period::Day: return start_of_day(time);
    case Period::Week: {
      const int ahead = days_to_next_week(time, first_weekday);
      return start_of_day(time) + (ahead == 0 ? 0 : ahead - 7) * kDay;
    }
    case Period::Month: return start_of_month(time, 0);
  }
  return time;
}

Instant Clamping::ceiling(Instant time) const {
  switch (period) {
    case Period::Day: {
      const Instant day = start_of_day(time);
      return day == time ? day : day + kDay;
    }
    case Period::Week: return start_of_day(time) + days_to_next_week(time, first_weekday) * kDay;
    case Period::Month:
      return civil_of(time).day == 1 ? start_of_day(time) : start_of_month(time, 1);
  }
  return time;
}

}  // namespace tendril
