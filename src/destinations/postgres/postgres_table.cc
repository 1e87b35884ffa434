#include "destinations/postgres/postgres_table.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "connector/marks.h"
#include "core/check.h"
#include "destinations/postgres/key_index.h"

namespace tendril {
namespace {

constexpr std::string_view kInstantType = "timestamp with time zone";

// Source: PostgreSQL manual, appendix K; columns that were dropped count, too.
constexpr std::size_t kColumnsMax = 1600;

bool is_instant_mark(std::string_view name) {
  return name == kSyncedColumn || name == kStartColumn || name == kEndColumn;
}

// Sorts one column of a table that is read into where it belongs. `source` is what was noted of it.
void add_column(PostgresTable& table, std::string name, const std::string& type,
                const std::string& source) {
  if (is_instant_mark(name) && type == kInstantType) {
    table.marks.synced = table.marks.synced || name == kSyncedColumn;
    table.marks.versions = table.marks.versions || name == kStartColumn;
  } else if (name == kDeletedColumn && type == "boolean") {
    table.marks.deleted = true;
  } else if (name == kActiveColumn && type == "boolean") {
    table.marks.versions = true;
  } else if (const auto known = parse_postgres_type(type)) {
    PostgresColumn column{name, name, *known};
    if (!source.empty()) {
      column.source = source;
    }
    table.columns.push_back(std::move(column));
  } else {
    table.others.push_back({std::move(name), type});
  }
}

// What a comment says of a column that is stored under another name than the source's.
constexpr std::string_view kNotePrefix = "tendril source column: ";

std::string definition(std::string_view name, std::string_view type) {
  return postgres_name(name) + " " + std::string(type);
}

std::vector<std::string> mark_definitions(const PostgresMarks& present,
                                          const PostgresMarks& wanted) {
  std::vector<std::string> definitions;
  if (wanted.deleted && !present.deleted) {
    definitions.push_back(definition(kDeletedColumn, "boolean DEFAULT false"));
  }
  if (wanted.synced && !present.synced) {
    definitions.push_back(definition(kSyncedColumn, kInstantType));
  }
  if (wanted.versions && !present.versions) {
    definitions.push_back(definition(kStartColumn, kInstantType));
    definitions.push_back(definition(kEndColumn, kInstantType));
    definitions.push_back(definition(kActiveColumn, "boolean"));
  }
  return definitions;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) {
    all += (all.empty() ? "" : ", ") + part;
  }
  return all;
}

}  // namespace

std::string noted_source(const std::string& comment) {
  return comment.substr(0, kNotePrefix.size()) == kNotePrefix ? comment.substr(kNotePrefix.size())
                                                              : std::string();
}

std::string source_note(const PostgresTableName& table, const PostgresColumn& column) {
  if (column.name == column.source || column.source.find('\0') != std::string::npos) {
    return "";
  }
  return fmt::format("; COMMENT ON COLUMN {}.{} IS {}", table.sql(), postgres_name(column.name),
                     postgres_text(std::string(kNotePrefix) + column.source));
}

const PostgresColumn* PostgresTable::find(const std::string& stored_name) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const auto& column) { return column.name == stored_name; });
  return found == columns.end() ? nullptr : &*found;
}

TableSchema PostgresTable::schema() const {
  TableSchema schema{name.table, {}};
  for (const PostgresColumn& column : columns) {
    schema.columns.push_back({column.name, column.type.type});
  }
  return schema;
}

Result<std::optional<PostgresTable>> read_postgres_table(PostgresSession& session,
                                                         const PostgresTableName& name) {
  const std::array<std::string, 2> parameters{name.schema, name.table};
  const PostgresRows rows = TRY(session.rows(
      "SELECT c.relkind, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), "
      "pg_catalog.col_description(c.oid, a.attnum) FROM pg_catalog.pg_class AS c "
      "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
      "LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 "
      "AND NOT a.attisdropped WHERE n.nspname = $1 AND c.relname = $2 ORDER BY a.attnum",
      parameters));
  if (rows.empty()) {
    return std::optional<PostgresTable>();
  }
  const std::string kind = rows[0][0].value_or("");
  if (kind != "r" && kind != "p") {
    return Error{
        ErrorCode::InvalidConfig,
        fmt::format("a {} has the name of the table: {}",
                    kind == "v" || kind == "m" ? "view" : "thing that is no table", name.table)};
  }
  PostgresTable table{name, {}};
  for (const auto& row : rows) {
    if (row[1]) {
      add_column(table, *row[1], row[2].value_or(""), noted_source(row[3].value_or("")));
    }
  }
  return std::optional(std::move(table));
}

Status check_width(const PostgresTable& table) {
  const std::size_t width =
      table.columns.size() + table.others.size() + mark_definitions({}, table.marks).size();
  if (width > kColumnsMax) {
    return Error{ErrorCode::InvalidConfig,
                 fmt::format("table {} would have {} columns, and PostgreSQL takes {} at most",
                             table.name.table, width, kColumnsMax)};
  }
  return {};
}

Status create_postgres_table(PostgresSession& session, const PostgresTable& table) {
  TRY(check_width(table));
  std::vector<std::string> definitions;
  std::string notes;
  for (const PostgresColumn& column : table.columns) {
    definitions.push_back(definition(column.name, postgres_type(column.type)));
    notes += source_note(table.name, column);
  }
  for (std::string& mark : mark_definitions({}, table.marks)) {
    definitions.push_back(std::move(mark));
  }
  return session.run(
      fmt::format("CREATE TABLE {} ({}){}", table.name.sql(), joined(definitions), notes));
}

Status drop_postgres_table(PostgresSession& session, const PostgresTableName& name) {
  return session.run("DROP TABLE IF EXISTS " + name.sql());
}

Status grow_postgres_table(PostgresSession& session, const PostgresTable& present,
                           const PostgresTable& wanted) {
  TRY(check_width(wanted));
  std::vector<std::string> changes;
  std::string notes;
  for (const PostgresColumn& column : wanted.columns) {
    const PostgresColumn* const old = present.find(column.name);
    const std::string name = postgres_name(column.name);
    if (old == nullptr) {
      changes.push_back("ADD COLUMN " + name + " " + postgres_type(column.type));
      notes += source_note(wanted.name, column);
    } else if (postgres_type(old->type) != postgres_type(column.type)) {
      changes.push_back(fmt::format("ALTER COLUMN {0} TYPE {1} USING {2}", name,
                                    postgres_type(column.type),
                                    postgres_conversion(name, old->type, column.type)));
    }
  }
  for (const std::string& mark : mark_definitions(present.marks, wanted.marks)) {
    changes.push_back("ADD COLUMN " + mark);
  }
  if (changes.empty()) {
    return {};
  }
  Status grown =
      session.run(fmt::format("ALTER TABLE {} {}{}", wanted.name.sql(), joined(changes), notes));
  if (!grown.ok() && grown.error().code == ErrorCode::Unsupported) {
    return Error{
        ErrorCode::InvalidConfig,
        fmt::format("table {} has to change, but a view or rule needs a column as it is: {}",
                    wanted.name.table, grown.error().message)};
  }
  return grown;
}

Status swap_postgres_table(PostgresSession& session, const PostgresTableName& successor,
                           const PostgresTableName& name) {
  const std::array<std::string, 3> parameters{successor.sql(), name.schema, name.table};
  const PostgresRows grants = TRY(session.rows(
      "SELECT pg_catalog.format('GRANT %s ON %s TO %s%s', g.privilege_type, $1::text, "
      "CASE WHEN g.grantee = 0 THEN 'PUBLIC' "
      "ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) END, "
      "CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) "
      "FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace, "
      "pg_catalog.aclexplode(c.relacl) AS g "
      "WHERE n.nspname = $2 AND c.relname = $3 AND g.grantee <> c.relowner",
      parameters));
  for (const auto& grant : grants) {
    TRY(session.run(grant[0].value_or("")));
  }
  const Status dropped = drop_postgres_table(session, name);
  if (!dropped.ok() && dropped.error().code == ErrorCode::InvalidConfig) {
    return Error{
        ErrorCode::InvalidConfig,
        fmt::format("table {} can not be replaced while something depends on it, as a view "
                    "does: {}",
                    name.table, dropped.error().message)};
  }
  TRY(dropped);
  TRY(session.run(
      fmt::format("ALTER TABLE {} RENAME TO {}", successor.sql(), postgres_name(name.table))));
  return rename_key_index(session, successor, name);
}

Result<bool> is_column_empty(PostgresSession& session, const PostgresTableName& name,
                             const std::string& column) {
  const PostgresRows found = TRY(session.rows(fmt::format(
      "SELECT 1 FROM {} WHERE {} IS NOT NULL LIMIT 1", name.sql(), postgres_name(column))));
  return found.empty();
}

}  // namespace tendril
