#include "cli/builtin_destinations.h"

#include "destinations/duckdb/duckdb_destination.h"
#include "destinations/null/null_destination.h"
#include "destinations/postgres/postgres_destination.h"

namespace tendril {

void add_builtin_destinations(Registry& registry) {
  registry.add(duckdb_destination());
  registry.add(null_destination());
  registry.add(postgres_destination());
  registry.add(postgres_destination({.scheme = "postgresql"}));
}

}  // namespace tendril
