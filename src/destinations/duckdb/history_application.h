// Carries out what is staged for a table in mode History: ends versions and starts new ones.
#pragma once

#include "core/result.h"
#include "destinations/duckdb/session.h"
#include "destinations/duckdb/stage.h"
#include "destinations/duckdb/stage_application.h"

namespace tendril {

// Applies a stage that is sealed to a table that has the marks of mode History. Versions that are
// there stay in their place: only their marks change.
//
// The rows of a key form a chain: its active version, then what is staged, in the order of arrival.
// A row that equals the one before it is no head; each head ends the head before it.
//
//   active a | a  b  b  (delete)  b     heads: a, b, (delete), b
//
// Where each key of a piece was staged once, which is usual, the chain is a version and a row.
// Else the chains are put in order by windows, which DuckDB holds in memory: of smaller pieces.
Result<RowCounts> apply_history(DuckdbSession& session, const Stage& stage,
                                const StageTarget& target);

}  // namespace tendril
