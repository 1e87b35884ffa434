// The tables of a DuckDB file, for whoever works on them in SQL.
#pragma once

#include <memory>
#include <string_view>

#include "connector/sql_warehouse.h"
#include "core/result.h"
#include "destinations/duckdb/file.h"

namespace tendril {

struct DuckdbWarehouseOptions {
  // Joins of staged rows with tables are what takes most; DuckDB spills what is beyond.
  DuckdbSettings settings = {.memory_bytes = std::size_t{512} * 1000 * 1000, .threads = 2};
  // Whoever else opens the same file in this process has to share this; null: nobody does.
  std::shared_ptr<DuckdbFiles> files = nullptr;
};

// `target` is what follows "duckdb:": FILE[?schema=NAME&memory_mb=N&threads=N]. The file is open
// while there is a session, so that others can read it in between.
//
// A table's key is noted in comments on its columns and not declared: an index on it would be held
// in memory, and DuckDB neither widens nor drops what an index needs.
// Errors: InvalidConfig, naming what is wrong with the target.
Result<std::unique_ptr<SqlWarehouse>> duckdb_warehouse(std::string_view target,
                                                       DuckdbWarehouseOptions options = {});

}  // namespace tendril
