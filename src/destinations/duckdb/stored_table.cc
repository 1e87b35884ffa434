#include "destinations/duckdb/stored_table.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "destinations/duckdb/column_names.h"

namespace tendril {
namespace {

constexpr std::string_view kSyncedType = "TIMESTAMP WITH TIME ZONE";

bool is_history_mark(const std::string& name, const std::string& type) {
  return name == kActiveColumn
             ? type == "BOOLEAN"
             : (name == kStartColumn || name == kEndColumn) && type == kSyncedType;
}

// Sorts one column of a table that is read into where it belongs.
void add_column(StoredTable& table, std::string name, const std::string& type) {
  if (name == kSyncedColumn && type == kSyncedType) {
    table.has_synced = true;
  } else if (name == kDeletedColumn && type == "BOOLEAN") {
    table.has_deleted = true;
  } else if (is_history_mark(name, type)) {
    table.has_history = true;
  } else if (const auto known = parse_sql_type(type)) {
    table.columns.push_back({std::move(name), *known});
  } else {
    table.others.push_back({std::move(name), type});
  }
}

Status alter(DuckdbSession& session, const TableName& name, const std::string& what) {
  return session.run("ALTER TABLE " + name.sql() + " " + what);
}

}  // namespace

TableSchema StoredTable::schema() const { return {name.table, columns}; }

Result<std::optional<StoredTable>> read_table(DuckdbSession& session, const TableName& name) {
  // Not information_schema, which takes a hundred times as long.
  constexpr auto kFind =
      "SELECT table_name, 'table' FROM duckdb_tables() WHERE database_name = $1 "
      "AND lower(schema_name) = lower($2) AND lower(table_name) = lower($3) UNION ALL "
      "SELECT view_name, 'view' FROM duckdb_views() WHERE database_name = $1 "
      "AND lower(schema_name) = lower($2) AND lower(view_name) = lower($3)";
  const std::array<std::string, 3> parameters{name.catalog, name.schema, name.table};
  const SqlRows found = TRY(session.rows(kFind, parameters));
  if (found.empty()) {
    return std::optional<StoredTable>();
  }
  StoredTable table{{name.catalog, name.schema, found[0][0].value_or(name.table)}, {}};
  if (found[0][1] == "view") {
    return Error{ErrorCode::InvalidConfig, "a view has the name of the table: " + name.table};
  }
  constexpr auto kColumns =
      "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = $1 "
      "AND lower(schema_name) = lower($2) AND lower(table_name) = lower($3) ORDER BY column_index";
  const SqlRows columns = TRY(session.rows(kColumns, parameters));
  for (const auto& row : columns) {
    add_column(table, row[0].value_or(""), row[1].value_or(""));
  }
  return std::optional(std::move(table));
}

Status create_table(DuckdbSession& session, const StoredTable& table) {
  std::string columns;
  for (const Column& column : table.columns) {
    columns += sql_name(column.name) + " " + sql_type(column.type) + ", ";
  }
  if (table.has_deleted) {
    columns += fmt::format("{} BOOLEAN DEFAULT false, ", sql_name(kDeletedColumn));
  }
  if (table.has_history) {
    columns += fmt::format("{0} {1}, {2} {1}, {3} BOOLEAN, ", sql_name(kStartColumn), kSyncedType,
                           sql_name(kEndColumn), sql_name(kActiveColumn));
  }
  if (table.has_synced) {
    columns += fmt::format("{} {}, ", sql_name(kSyncedColumn), kSyncedType);
  }
  columns.resize(columns.size() - 2);
  return session.run(fmt::format("CREATE TABLE {} ({})", table.name.sql(), columns));
}

Status drop_table(DuckdbSession& session, const TableName& name) {
  return session.run("DROP TABLE IF EXISTS " + name.sql());
}

Status rename_table(DuckdbSession& session, StoredTable& table, const std::string& new_name) {
  TRY(alter(session, table.name, "RENAME TO " + sql_name(new_name)));
  table.name.table = new_name;
  return {};
}

Status grow_table(DuckdbSession& session, StoredTable& table, const SchemaChange& change) {
  TableSchema schema = table.schema();
  for (const Column& column : change.added) {
    TRY(alter(session, table.name,
              "ADD COLUMN " + sql_name(column.name) + " " + sql_type(column.type)));
  }
  for (const Column& column : change.widened) {
    const Type from = schema.find(column.name)->type;
    if (sql_type(from) == sql_type(column.type)) {
      continue;
    }
    const std::string name = sql_name(column.name);
    const std::string value =
        from.kind == TypeKind::Unknown
            ? "CAST(" + name + " AS " + sql_type(column.type) + ")"  // Nulls only.
            : sql_conversion(name, from, column.type);
    const Status altered =
        alter(session, table.name,
              fmt::format("ALTER COLUMN {} TYPE {} USING {}", name, sql_type(column.type), value));
    if (!altered.ok() && altered.error().message.find("depends on it") != std::string::npos) {
      return Error{
          ErrorCode::InvalidConfig,
          fmt::format("column {} of table {} has to become {}, but an index needs it as it is",
                      column.name, table.name.table, sql_type(column.type))};
    }
    TRY(altered);
  }
  evolve(schema, {schema.name, change.added});
  evolve(schema, {schema.name, change.widened});
  table.columns = std::move(schema.columns);
  return {};
}

Status add_marks(DuckdbSession& session, StoredTable& table, bool synced, bool deleted) {
  if (synced && !table.has_synced) {
    TRY(alter(session, table.name,
              fmt::format("ADD COLUMN {} {}", sql_name(kSyncedColumn), kSyncedType)));
    table.has_synced = true;
  }
  if (deleted && !table.has_deleted) {
    TRY(alter(session, table.name,
              fmt::format("ADD COLUMN {} BOOLEAN DEFAULT false", sql_name(kDeletedColumn))));
    table.has_deleted = true;
  }
  return {};
}

Result<bool> is_all_null(DuckdbSession& session, const TableName& name, const std::string& column) {
  const SqlRows found = TRY(session.rows(
      fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} WHERE {} IS NOT NULL LIMIT 1)",
                  name.sql(), sql_name(column))));
  return found.at(0).at(0) == "0";
}

}  // namespace tendril
