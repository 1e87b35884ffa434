// The PostgreSQL destination: rows, state and epoch in one schema of a database,
// "postgres://USER@HOST:PORT/DATABASE?schema=NAME". Its promises and types:
// docs/how-to/postgresql.md.
#pragma once

#include <memory>
#include <string>

#include "connector/registry.h"
#include "core/clock.h"

namespace tendril {

struct PostgresOptions {
  std::string scheme = "postgres";  // Or "postgresql".
  // Tells the time for `_tendril_synced`; null: the system's. Shared by the destinations of the
  // spec.
  std::shared_ptr<const Clock> clock = nullptr;
};

DestinationSpec postgres_destination(PostgresOptions options = {});

}  // namespace tendril
