// Rows of the run tables in SQLite, to records and back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "state/run_record.h"
#include "state/sqlite_database.h"

namespace tendril {

// In the order of run_values() and parse_run().
extern const std::string_view kRunColumns;

std::vector<SqliteValue> run_values(const RunRecord& run);

// Errors: BadData for what no version of this program writes. REQUIRES: as many columns as the
// tables have.
Result<RunRecord> parse_run(const SqliteRow& row);
StreamRecord parse_stream(const SqliteRow& row);
Result<SliceRecord> parse_slice(const SqliteRow& row);

}  // namespace tendril
