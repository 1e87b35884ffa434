#include "destinations/duckdb/stored_table.h"

#include <algorithm>
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
  if (name == table.marks.synced && type == kSyncedType) {
    table.has_synced = true;
  } else if (name == table.marks.deleted && type == "BOOLEAN") {
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

Result<std::optional<StoredTable>> read_table(DuckdbSession& session, const TableName& name,
                                              const TableMarks& marks) {
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
  table.marks = marks;
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
  constexpr auto kKey =
      "SELECT unnest(constraint_column_names) FROM duckdb_constraints() WHERE database_name = $1 "
      "AND lower(schema_name) = lower($2) AND lower(table_name) = lower($3) "
      "AND constraint_type = 'PRIMARY KEY'";
  const SqlRows key = TRY(session.rows(kKey, parameters));
  for (const auto& row : key) {
    table.declared_key.push_back(row[0].value_or(""));
  }
  return std::optional(std::move(table));
}

Status create_table(DuckdbSession& session, const StoredTable& table,
                    const std::vector<std::string>& order) {
  struct Definition {
    std::string name;
    std::string type;
  };
  std::vector<Definition> definitions;
  for (const Column& column : table.columns) {
    definitions.push_back({column.name, sql_type(column.type)});
  }
  if (table.has_deleted) {
    definitions.push_back({table.marks.deleted, "BOOLEAN DEFAULT false"});
  }
  if (table.has_history) {
    for (const std::string_view name : {kStartColumn, kEndColumn}) {
      definitions.push_back({std::string(name), std::string(kSyncedType)});
    }
    definitions.push_back({std::string(kActiveColumn), "BOOLEAN"});
  }
  if (table.has_synced) {
    definitions.push_back({table.marks.synced, std::string(kSyncedType)});
  }
  const auto place = [&](const Definition& definition) {
    return std::find(order.begin(), order.end(), definition.name) - order.begin();
  };
  std::stable_sort(definitions.begin(), definitions.end(),
                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
  std::string text;
  for (const auto& [name, type] : definitions) {
    text += (text.empty() ? "" : ", ") + sql_name(name) + " " + type;
  }
  if (!table.declared_key.empty()) {
    text += ", PRIMARY KEY (" + sql_names(table.declared_key) + ")";
  }
  return session.run(fmt::format("CREATE TABLE {} ({})", table.name.sql(), text));
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
    if (std::find(table.declared_key.begin(), table.declared_key.end(), column.name) !=
        table.declared_key.end()) {
      return Error{
          ErrorCode::InvalidConfig,
          fmt::format("column {} of table {} is part of its primary key and can not become "
                      "{}: it is {}",
                      column.name, table.name.table, to_string(column.type), to_string(from))};
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
              fmt::format("ADD COLUMN {} {}", sql_name(table.marks.synced), kSyncedType)));
    table.has_synced = true;
  }
  if (deleted && !table.has_deleted) {
    TRY(alter(session, table.name,
              fmt::format("ADD COLUMN {} BOOLEAN DEFAULT false", sql_name(table.marks.deleted))));
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
