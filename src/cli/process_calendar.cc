#include "cli/process_calendar.h"

#include "core/standing_clock.h"
#include "data/instant.h"

namespace tendril {

Result<std::unique_ptr<Clock>> process_calendar(const EnvironmentLookup& environment) {
  const std::string text = environment("TENDRIL_NOW").value_or("");
  if (text.empty()) {
    return system_clock();
  }
  const auto now = parse_datetime(text);
  if (!now.ok()) {
    return Error{ErrorCode::InvalidConfig,
                 "TENDRIL_NOW is not an instant such as 2024-01-02T03:04:05Z: " + text};
  }
  return standing_clock(now->instant);
}

}  // namespace tendril
