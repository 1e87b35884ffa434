// The DuckDB destination: rows, state and epoch in one database file, "duckdb:FILE[?schema=NAME]".
//
// Json columns have DuckDB's type JSON, and their text is not checked again; Xml columns are
// VARCHAR. Column names that differ only in case get a suffix ("id", "Id__2"), since DuckDB takes
// them for the same. Tables have no index on the primary key: it would not stay flat in memory; a
// merge scans the key columns instead.
#pragma once

#include <memory>

#include "connector/registry.h"
#include "core/clock.h"
#include "destinations/duckdb/dialect.h"
#include "destinations/duckdb/file.h"

namespace tendril {

struct DuckdbOptions {
  DuckdbSettings settings = {};
  // Tells the time for `_tendril_synced`; null: the system's. Shared by the destinations of the
  // spec.
  std::shared_ptr<const Clock> clock = nullptr;
  // Whoever else opens the same files in this process has to share this; null: nobody does.
  std::shared_ptr<DuckdbFiles> files = nullptr;
  TableDialect dialect = {};
};

// Usage: duckdb:FILE[?schema=NAME][&memory_mb=N][&threads=N]
DestinationSpec duckdb_destination(DuckdbOptions options = {});

}  // namespace tendril
