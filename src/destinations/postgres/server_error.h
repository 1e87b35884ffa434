// Turns what PostgreSQL says went wrong into an Error.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace tendril {

// What libpq knows of a failure.
struct PostgresFault {
  std::string state;    // SQLSTATE; "" when the server did not say a word.
  std::string message;  // Its first line.
  std::string detail = {};
  std::string place = {};  // "host:port/database"
};

Error postgres_error(const PostgresFault& fault);

// SQLSTATEs that this program itself reacts to.
constexpr std::string_view kLockNotAvailable = "55P03";
constexpr std::string_view kUniqueViolation = "23505";
constexpr std::string_view kCardinalityViolation = "21000";

}  // namespace tendril
