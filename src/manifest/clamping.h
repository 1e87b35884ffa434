// Clamping: moves times to the borders of days, weeks or months, for APIs that answer for whole
// ones only. Source: manifest field "DatetimeBasedCursor.clamping".
#pragma once

#include <cstdint>

#include "core/result.h"
#include "data/instant.h"
#include "manifest/environment.h"
#include "manifest/node.h"

namespace tendril {

struct Clamping {
  enum class Period : std::uint8_t { Day, Week, Month };

  Period period = Period::Day;
  unsigned first_weekday = 0;  // Week only; 0 is Monday.

  // `node` is {target: DAY|WEEK|MONTH, target_details: {weekday: MONDAY}}.
  // Errors: InvalidConfig with file, line and column.
  static Result<Clamping> compile(const Node& node, const Environment& environment);

  // The border at or before the time, in UTC.
  Instant floor(Instant time) const;
  // The border that a window's end moves to: at or after the time. As in the reference, a time on
  // the first day of a month, or on the week's first day, moves back to that day's start.
  Instant ceiling(Instant time) const;
};

}  // namespace tendril
