// Error: what went wrong, as data. It is logged, stored with the sync attempt,
// shown to the user and read by the retry policy, so it is a value that can
// cross threads and a database, not an exception.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tendril {

// Says who can act on the error, and so decides whether a retry makes sense.
enum class ErrorCode {
  InvalidConfig,     // The user's settings or manifest are wrong.
  Unauthenticated,   // The credentials were refused: authorise again.
  PermissionDenied,  // The credentials are good but do not reach this.
  NotFound,          // The thing asked for does not exist.
  RateLimited,       // Try again after Error::retry_after.
  Unavailable,       // Network or server fault; try again with back-off.
  BadData,           // A record or page cannot be read or stored.
  System,            // This machine cannot go on: disk full, file locked.
  Cancelled,         // Somebody asked us to stop.
  Unsupported,       // Named in a manifest or on the command line, not built yet.
  Internal,          // A bug in this program.
};

struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::Internal;
  // Lower case, no full stop, run-time facts last: "column is missing: email".
  // Never a secret, never more than 200 bytes of a body.
  std::string message;
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
  // The vendor's id of the failed request, where the answer named one.
  std::string request_id = {};

  // Returns this error prefixed with what was being done, in the gerund:
  // "reading page 3: connection refused".
  Error while_doing(std::string_view action) &&;
};

// True when the same call may succeed later without anybody changing anything.
bool is_retryable(ErrorCode code);

std::string_view to_string(ErrorCode code);

}  // namespace tendril
