// Migrations of tables and columns: what a client asks for beside AlterTable.
// Source: the partner SDK's guide to schema migrations.
#pragma once

#include <optional>
#include <string>

#include "connector/sql_warehouse.h"
#include "core/result.h"
#include "data/instant.h"
#include "data/types.h"

namespace tendril {

// A value as the protocol names it, by its text; nullopt is NULL.
using MigratedValue = std::optional<std::string>;

// "NULL" is NULL, and so is no text for a type that has none: the protocol has no other way.
MigratedValue migrated_value(const std::string& text, Type type);

// Errors of all: NotFound when there is no such table or column; InvalidConfig when there already
// is what is to be made; BadData when a value is none of its column's type.
Status drop_migrated_table(SqlSession& session, const SqlTableName& name);
Status rename_migrated_table(SqlSession& session, const SqlTableName& name, const std::string& to);
Status copy_migrated_table(SqlSession& session, const SqlTableName& name, const std::string& to);

Status rename_migrated_column(SqlSession& session, const SqlTableName& name,
                              const std::string& from, const std::string& to);
Status copy_migrated_column(SqlSession& session, const SqlTableName& name, const std::string& from,
                            const std::string& to);
Status set_migrated_column(SqlSession& session, const SqlTableName& name, const std::string& column,
                           const std::string& value);

struct AddedColumn {
  std::string name;
  Type type;
  std::string value;  // Of all rows.
};
Status add_migrated_column(SqlSession& session, const SqlTableName& name,
                           const AddedColumn& column);

// In history mode the active versions end, and new ones start at an instant, which have the value,
// or none. A column that is dropped stays for the sake of the versions that have it.
// Errors: InvalidConfig when an active version starts then or later.
Status add_column_to_versions(SqlSession& session, const SqlTableName& name,
                              const AddedColumn& column, Instant at);
Status drop_column_from_versions(SqlSession& session, const SqlTableName& name,
                                 const std::string& column, Instant at);

}  // namespace tendril
