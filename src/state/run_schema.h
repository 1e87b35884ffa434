// The tables of a store of runs in SQLite, and their versions.
#pragma once

#include "core/result.h"
#include "state/sqlite_database.h"

namespace tendril {

// Makes the tables, or brings them to the version of this program.
// Errors: Unsupported when a newer program made them; BadData when the file holds other tables.
Status prepare_run_schema(SqliteDatabase& database);

}  // namespace tendril
