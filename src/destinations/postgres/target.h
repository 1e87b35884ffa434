// What stands behind "postgres:" in a destination's URI:
// "//[user@]HOST[:PORT]/DB[?schema=NAME&...]".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/secret.h"

namespace tendril {

struct PostgresTarget {
  Secret uri;                     // For libpq, without settings of ours.
  std::string schema = "public";  // Where tables go.
  std::string place;              // "host:port/database", for messages.
  bool names_sslmode = false;     // The URI or the environment chose how to encrypt.
  bool is_local = false;          // A socket or the loopback interface.
  int connect_timeout_s = 15;
};

// `environment` stands for getenv(): what libpq takes where the URI is silent.
// Errors: InvalidConfig, naming what is wrong, and never the password.
using EnvironmentReader = std::optional<std::string> (*)(const char* name);
Result<PostgresTarget> parse_postgres_target(std::string_view text, EnvironmentReader environment);

// Reads the process's own environment.
std::optional<std::string> process_environment(const char* name);

}  // namespace tendril
