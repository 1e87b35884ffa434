// Migrations of a table from one mode to another: live (deleted rows are gone), soft delete (they
// are marked) and history (each version of a row is a row).
// Source: the partner SDK's guide to schema migrations, "Table sync mode migrations".
#pragma once

#include <string>

#include "connector/sql_warehouse.h"
#include "core/result.h"
#include "data/instant.h"

namespace tendril {

enum class TableMode { Live, SoftDelete, History };

struct ModeMigration {
  SqlTableName table;
  TableMode from = TableMode::Live;
  TableMode to = TableMode::Live;
  std::string deleted_column = {};  // The mark of soft delete; empty: the protocol's own.
  // From history to live: rows whose last version is not active stay.
  bool keeps_deleted = false;
  Instant now = {};
};

// Out of history the last version of each row becomes the row.
// Errors: NotFound when there is no such table; BadData when it is not in the mode that it is to
//   leave; Unsupported when both modes are the same.
Status migrate_mode(SqlSession& session, const ModeMigration& migration);

// Makes a copy of the table, which is live or, with a deleted_column, in soft delete, in history.
Status copy_to_history(SqlSession& session, const ModeMigration& migration, const std::string& to);

}  // namespace tendril
