#include "destinations/postgres/server_error.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

namespace tendril {
namespace {

constexpr std::size_t kMessageBytesMax = 300;

// The longest prefix of a SQLSTATE that is found decides.
// Source: PostgreSQL manual, appendix A.
constexpr std::array<std::pair<std::string_view, ErrorCode>, 40> kCodes{{
    {"", ErrorCode::Internal},
    {"08", ErrorCode::Unavailable},       // The connection.
    {"0A", ErrorCode::Unsupported},       // The server is too old, or not quite PostgreSQL.
    {"0L", ErrorCode::PermissionDenied},  // Grantor.
    {"21", ErrorCode::BadData},
    {"22", ErrorCode::BadData},           // Values.
    {"23", ErrorCode::BadData},           // Constraints.
    {"25006", ErrorCode::InvalidConfig},  // Read only: a standby.
    {"25P03", ErrorCode::Unavailable},    // Idle for too long.
    {"26", ErrorCode::Unavailable},       // A pooler gave the session to somebody else.
    {"28", ErrorCode::Unauthenticated},
    {"2BP01", ErrorCode::InvalidConfig},  // A view depends on a column.
    {"3D", ErrorCode::NotFound},          // The database.
    {"3F", ErrorCode::NotFound},          // The schema.
    {"40", ErrorCode::Unavailable},       // Deadlock, serialization.
    {"42501", ErrorCode::PermissionDenied},
    {"42804", ErrorCode::InvalidConfig},  // A column of a table somebody changed.
    {"42P01", ErrorCode::InvalidConfig},  // A table somebody dropped.
    {"42703", ErrorCode::InvalidConfig},  // A column somebody dropped.
    {"44", ErrorCode::BadData},
    {"53100", ErrorCode::System},  // Disk full.
    {"53200", ErrorCode::System},  // Out of memory.
    {"53300", ErrorCode::Unavailable},
    {"53400", ErrorCode::System},  // Limit of temporary files.
    {"54", ErrorCode::BadData},
    {"54011", ErrorCode::InvalidConfig},  // Too many columns.
    {"55000", ErrorCode::InvalidConfig},
    {"55006", ErrorCode::Unavailable},
    {"55P03", ErrorCode::Unavailable},  // A lock.
    {"57014", ErrorCode::Unavailable},  // Cancelled by an administrator or a timeout.
    {"57P", ErrorCode::Unavailable},    // Shut down, starting up.
    {"58", ErrorCode::System},
    {"P0", ErrorCode::BadData},  // Raised by a trigger.
    {"XX001", ErrorCode::System},
    {"XX002", ErrorCode::System},
    {"57P04", ErrorCode::NotFound},  // The database was dropped.
    {"42622", ErrorCode::InvalidConfig},
    {"42P07", ErrorCode::InvalidConfig},  // A table of that name came meanwhile.
    {"42809", ErrorCode::InvalidConfig},  // Not a table.
    {"72", ErrorCode::Unavailable},
}};

ErrorCode code_of(std::string_view state) {
  std::pair<std::string_view, ErrorCode> best = kCodes.front();
  for (const auto& each : kCodes) {
    if (state.substr(0, each.first.size()) == each.first && each.first.size() > best.first.size()) {
      best = each;
    }
  }
  return best.second;
}

std::string shortened(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  if (text.size() > kMessageBytesMax) {
    std::size_t end = kMessageBytesMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
      --end;  // Never half a character.
    }
    text = text.substr(0, end);
  }
  return std::string(text);
}

}  // namespace

Error postgres_error(const PostgresFault& fault) {
  if (fault.state.empty()) {
    return {ErrorCode::Unavailable, fmt::format("postgres at {}: connection is lost: {}",
                                                fault.place, shortened(fault.message))};
  }
  const ErrorCode code = code_of(fault.state);
  // A detail names the key or the object; that of a constraint is worth its place.
  const bool with_detail = !fault.detail.empty() && code != ErrorCode::Internal;
  return {code, fmt::format("postgres at {}: {}{} ({})", fault.place, shortened(fault.message),
                            with_detail ? ": " + shortened(fault.detail) : "", fault.state)};
}

}  // namespace tendril
