// How SQL names what is staged: values with the types that the table's columns have by now, and
// pieces of a stage.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/instant.h"
#include "destinations/duckdb/stage.h"
#include "destinations/duckdb/stored_table.h"

namespace tendril {

// Staged rows are carried out in pieces, so that their keys fit into memory whatever their number.
constexpr std::int64_t kStagePieceRows = 250'000;

// The value of a column of the stage, behind `prefix`, as the column of `table` takes it.
// REQUIRES: both have the column.
std::string staged_value(const Stage& stage, const StoredTable& table, std::string_view prefix,
                         const std::string& column);

// "s._tendril_order >= 0 AND s._tendril_order < 250000".
std::string in_stage_piece(std::int64_t first, std::int64_t end);

// By its number, since the text of some instants is beyond what DuckDB reads.
std::string sql_instant(Instant instant);

}  // namespace tendril
