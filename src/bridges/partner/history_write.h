// WriteHistoryBatch: the rows of batch files become versions of the rows of a table in history
// mode. Source: the partner SDK's guide to batch files of history mode.
#pragma once

#include <string>
#include <vector>

#include "bridges/partner/batch_write.h"
#include "bridges/partner/staged_files.h"
#include "connector/sql_warehouse.h"
#include "core/result.h"

namespace tendril {

// `key` are the columns that tell rows apart, without the start of a version. In this order:
// - Earliest starts say from when on the files know better: versions of the key that start then or
//   later leave the table, and the one before ends a millisecond earlier.
// - Replacements are versions as they are.
// - Updates are versions whose values may stay as they were: in the version before, which may be
//   another update. Where earliest starts left none, the version that was active until then counts.
//   An update of a row that never was is passed over.
// - Deletions end the active version.
// Files that are sent again change nothing.
// Errors: as write_batch(); BadData when the table is not in history mode.
Status write_history(SqlSession& session, const SqlTable& table,
                     const std::vector<std::string>& key, const BatchFiles& files,
                     const BatchPaths& paths);

// "t.end" a millisecond before `instant`.
std::string millisecond_before(const std::string& instant);

// Errors: BadData when a column of history mode is missing.
Status check_history_mode(const SqlTable& table);

}  // namespace tendril
