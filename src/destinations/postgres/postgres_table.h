// PostgresTable: a table as the server has it, and the statements that make it and let it grow.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "data/schema.h"
#include "destinations/postgres/names.h"
#include "destinations/postgres/session.h"
#include "destinations/postgres/sql.h"

namespace tendril {

// The columns of ours that a table has.
struct PostgresMarks {
  bool synced = false;    // `_tendril_synced`; without it somebody else made the table.
  bool deleted = false;   // `_tendril_deleted`.
  bool versions = false;  // Those of mode History.

  friend bool operator==(const PostgresMarks&, const PostgresMarks&) = default;
};

struct PostgresTable {
  PostgresTableName name;
  std::vector<PostgresColumn> columns;  // Without our marks.
  // Columns of types that no source column has; `type` is PostgreSQL's. Only tables made by others.
  struct OtherColumn {
    std::string name;
    std::string type;
  };
  std::vector<OtherColumn> others = {};
  PostgresMarks marks = {};

  const PostgresColumn* find(const std::string& stored_name) const;
  // With the columns' stored names.
  TableSchema schema() const;
};

// The source's name of a column, as a comment on it says; empty: that of the table.
std::string noted_source(const std::string& comment);
// The statement that notes the source's name, behind another one, or "". A name with NUL can not be
// noted.
std::string source_note(const PostgresTableName& table, const PostgresColumn& column);

// Returns nullopt when there is no such table.
// Errors: InvalidConfig when there is something else of that name.
Result<std::optional<PostgresTable>> read_postgres_table(PostgresSession& session,
                                                         const PostgresTableName& name);

// Makes the table, and notes the source's names of columns that are stored under another.
Status create_postgres_table(PostgresSession& session, const PostgresTable& table);
Status drop_postgres_table(PostgresSession& session, const PostgresTableName& name);

// Adds and widens columns and adds marks, so that `present` becomes `wanted`. Values keep the
// spellings that ColumnBuilder gives them.
// Errors: InvalidConfig when a view keeps a column from being widened, or there are too many.
Status grow_postgres_table(PostgresSession& session, const PostgresTable& present,
                           const PostgresTable& wanted);

// Puts `successor` into the place of the table `name`, with the rights that were granted on it.
Status swap_postgres_table(PostgresSession& session, const PostgresTableName& successor,
                           const PostgresTableName& name);

// True when the column has no value in any row.
Result<bool> is_column_empty(PostgresSession& session, const PostgresTableName& name,
                             const std::string& column);

// Errors: InvalidConfig when the table would have more columns than PostgreSQL takes.
Status check_width(const PostgresTable& table);

}  // namespace tendril
