// Carries out what is staged for a table: inserts, merges, updates, deletes, truncations.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "destinations/duckdb/session.h"
#include "destinations/duckdb/stage.h"
#include "destinations/duckdb/stored_table.h"

namespace tendril {

struct RowCounts {
  std::int64_t written = 0;
  std::int64_t deleted = 0;
};

struct StageTarget {
  const StoredTable& table;
  const std::vector<std::string>& key;  // Stored names.
  bool hard_deletes = false;
  bool truncation_keeps_synced = false;
};

// Applies a stage that is sealed. Rows of the same key are told apart by their order of arrival; a
// key may be null, which then is a value like others.
//
// No index on the key: DuckDB would hold all of it in memory. A merge scans the key columns of the
// table instead, once for some hundred thousand staged rows.
Result<RowCounts> apply_stage(DuckdbSession& session, const Stage& stage,
                              const StageTarget& target);

}  // namespace tendril
