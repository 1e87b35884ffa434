// Time zones by their IANA names, from the system's zone files.
#include <stdexcept>

#include <date/tz.h>

#include "data/instant.h"

namespace tendril {

Result<Datetime> in_zone(Instant instant, std::string_view zone) {
  if (zone == "UTC" || zone == "Z" || zone == "Etc/UTC") {
    return Datetime{instant};
  }
  try {
    const date::time_zone* const found = date::locate_zone(zone);
    const auto info = found->get_info(std::chrono::floor<std::chrono::seconds>(instant));
    return Datetime{instant, info.offset};
  } catch (const std::runtime_error&) {
    return Error{ErrorCode::InvalidConfig,
                 "time zone is unknown: \"" + std::string(zone.substr(0, 80)) + "\""};
  }
}

}  // namespace tendril
