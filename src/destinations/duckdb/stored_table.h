// StoredTable: a table as the database file has it, and the statements that make it and let it
// grow.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "data/schema.h"
#include "destinations/duckdb/dialect.h"
#include "destinations/duckdb/session.h"
#include "destinations/duckdb/sql.h"

namespace tendril {

struct StoredTable {
  TableName name;
  std::vector<Column> columns;  // Without our marks.
  // Columns of types that no source column has; `type` is DuckDB's. Only tables made by others.
  struct OtherColumn {
    std::string name;
    std::string type;
  };
  std::vector<OtherColumn> others = {};
  TableMarks marks = {};
  bool has_synced = false;   // Its mark; without it somebody else made the table.
  bool has_deleted = false;  // Its mark.
  bool has_history = false;  // The columns `_tendril_start`, `_tendril_end` and `_tendril_active`.

  std::vector<std::string> declared_key = {};  // The PRIMARY KEY; empty when it has none.

  TableSchema schema() const;
};

// Returns nullopt when there is no such table. Names are found in any spelling.
// Errors: InvalidConfig when there is a view of that name.
Result<std::optional<StoredTable>> read_table(DuckdbSession& session, const TableName& name,
                                              const TableMarks& marks = {});

// `order` names columns and marks that come first, in their order.
Status create_table(DuckdbSession& session, const StoredTable& table,
                    const std::vector<std::string>& order = {});
Status drop_table(DuckdbSession& session, const TableName& name);  // If there is one.
Status rename_table(DuckdbSession& session, StoredTable& table, const std::string& new_name);

// Adds and widens columns, in the file and in `table`. Values keep the spellings that ColumnBuilder
// gives them.
// REQUIRES: no row of the table was changed or deleted in this transaction; DuckDB would refuse to
//   commit. Rows that were added are no hindrance.
// Errors: InvalidConfig when an index or the declared key keeps a column from being widened.
Status grow_table(DuckdbSession& session, StoredTable& table, const SchemaChange& change);

// Adds the marks that are not there yet.
Status add_marks(DuckdbSession& session, StoredTable& table, bool synced, bool deleted);

// True when the column has no value in any row.
Result<bool> is_all_null(DuckdbSession& session, const TableName& name, const std::string& column);

}  // namespace tendril
