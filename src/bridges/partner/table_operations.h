// AlterTable and Truncate: what becomes of tables as a whole.
// Source: the partner SDK's destination guide.
#pragma once

#include <string>

#include "connector/sql_warehouse.h"
#include "core/result.h"
#include "data/instant.h"

namespace tendril {

// Makes the table what `wanted` says: columns are added and become of other types, the key becomes
// another one, and with `drop_columns` those go that `wanted` does not have; else they stay.
// Errors: NotFound when there is no such table; else as SqlSession::alter().
Status alter_table(SqlSession& session, const SqlTable& wanted, bool drop_columns);

struct TruncationPlan {
  SqlTableName table;
  std::string synced_column;
  Instant before;              // Rows whose synced_column is earlier.
  std::string deleted_column;  // Is set to true; empty: the rows are deleted.
};

// A table that is not there is truncated already.
// Errors: BadData when it does not have the synced_column.
Status truncate_table(SqlSession& session, const TruncationPlan& plan);

// Errors: NotFound when there is no such table.
Result<SqlTable> existing_table(SqlSession& session, const SqlTableName& name);

}  // namespace tendril
