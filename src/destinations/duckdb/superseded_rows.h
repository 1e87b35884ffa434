// What becomes of rows that newer ones, appended in the same transaction, take the place of.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "destinations/duckdb/session.h"
#include "destinations/duckdb/stage.h"
#include "destinations/duckdb/stored_table.h"

namespace tendril {

// "t.a = k.a AND t.b = k.b" for the columns of a key; `null_keys`: null equals null.
std::string key_matches(const std::vector<std::string>& key, bool null_keys);

// "a IS NULL OR b IS NULL".
std::string any_null(const std::vector<std::string>& key);

// Returns the id of the last row, -1 when there is none. Rows that a transaction adds get higher
// ones.
Result<std::int64_t> last_row(DuckdbSession& session, const TableName& name);

// Deletes the rows up to `last` that have the key of a later one.
// REQUIRES: the keys of the later rows are distinct.
Status remove_superseded(DuckdbSession& session, const StoredTable& table,
                         const std::vector<std::string>& key, std::int64_t last);

// The same for a table in mode History, where the versions up to `last` stay: the later rows that
// have the key of an active one leave the table for a stage, which is returned; nullptr when there
// are none. `number` is the stage's.
Result<std::unique_ptr<Stage>> stage_repeated(DuckdbSession& session, const StoredTable& table,
                                              const std::vector<std::string>& key,
                                              std::int64_t last, int number);

}  // namespace tendril
