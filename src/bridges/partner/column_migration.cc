#include "bridges/partner/column_migration.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bridges/partner/batch_file.h"
#include "bridges/partner/history_write.h"
#include "bridges/partner/key_columns.h"
#include "bridges/partner/table_operations.h"

namespace tendril {
namespace {

Result<const SqlColumn*> existing_column(const SqlTable& table, const std::string& name) {
  const SqlColumn* const column = table.find(name);
  if (column == nullptr) {
    return Error{ErrorCode::NotFound,
                 fmt::format("table {} has no column {}", shown(table.name), name)};
  }
  return column;
}

Status need_new_column(const SqlTable& table, const std::string& name) {
  if (table.find(name) != nullptr) {
    return Error{ErrorCode::InvalidConfig,
                 fmt::format("table {} has a column {} already", shown(table.name), name)};
  }
  return {};
}

Status add_to_table(SqlSession& session, const SqlTable& table, SqlColumn column) {
  SqlTable wanted = table;
  column.in_key = false;
  wanted.columns.push_back(std::move(column));
  return session.alter(table, wanted);
}

std::string value_sql(const SqlSession& session, const std::string& text, Type type) {
  const MigratedValue value = migrated_value(text, type);
  return value ? session.cast(session.text(*value), type) : "NULL";
}

Status check_text(const std::string& text) {
  return text.find('\0') == std::string::npos
             ? Status()
             : Status(Error{ErrorCode::BadData, "a value of a migration has NUL in it"});
}

// Starts new versions of the active ones for which `condition` holds, in which `column` is `value`.
Status start_versions(SqlSession& session, const SqlTable& table, const std::string& column,
                      const std::string& value, const std::string& condition, Instant at) {
  const std::string now = session.instant(at);
  const std::string start = session.column(kVersionStart);
  const std::string active = session.column(kVersionActive);
  const std::string chosen = fmt::format("{} AND {} < {}{}", active, start, now, condition);
  std::vector<std::string> names;
  std::string values;
  for (const SqlColumn& each : table.columns) {
    names.push_back(each.name);
    values += values.empty() ? "" : ", ";
    if (each.name == kVersionStart) {
      values += now;
    } else if (each.name == kVersionEnd) {
      values += session.instant(instant_from_micros(kVersionOpenEndMicros));
    } else {
      values += each.name == column ? value : session.column(each.name);
    }
  }
  const std::string name = session.sql(table.name);
  TRY(session.change(fmt::format("INSERT INTO {} ({}) SELECT {} FROM {} WHERE {}", name,
                                 column_list(session, names), values, name, chosen)));
  TRY(session.change(fmt::format("UPDATE {} SET {} = {}, {} = FALSE WHERE {}", name,
                                 session.column(kVersionEnd), millisecond_before(now), active,
                                 chosen)));
  return {};
}

Status check_versions(SqlSession& session, const SqlTable& table, Instant at) {
  TRY(check_history_mode(table));
  const SqlCells later = TRY(session.rows(fmt::format(
      "SELECT count(*) FROM {} WHERE {} AND {} > {}", session.sql(table.name),
      session.column(kVersionActive), session.column(kVersionStart), session.instant(at))));
  if (later.at(0).at(0) != "0") {
    return Error{ErrorCode::InvalidConfig,
                 fmt::format("{} active versions of table {} start after the migration's time, {}",
                             later[0][0].value_or(""), shown(table.name), to_iso(at))};
  }
  return {};
}

}  // namespace

MigratedValue migrated_value(const std::string& text, Type type) {
  const bool is_text = type.kind == TypeKind::String || type.kind == TypeKind::Xml;
  return text == "NULL" || (text.empty() && !is_text) ? std::nullopt : MigratedValue(text);
}

Status drop_migrated_table(SqlSession& session, const SqlTableName& name) {
  return session.drop(name);
}

Status rename_migrated_table(SqlSession& session, const SqlTableName& name, const std::string& to) {
  TRY(existing_table(session, name));
  return session.rename(name, to);
}

Status copy_migrated_table(SqlSession& session, const SqlTableName& name, const std::string& to) {
  SqlTable table = TRY(existing_table(session, name));
  std::vector<std::string> names;
  for (const SqlColumn& column : table.columns) {
    names.push_back(column.name);
  }
  table.name.table = to;
  TRY(session.create(table));
  TRY(session.change(fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM {2}",
                                 session.sql(table.name), column_list(session, names),
                                 session.sql(name))));
  return {};
}

Status rename_migrated_column(SqlSession& session, const SqlTableName& name,
                              const std::string& from, const std::string& to) {
  const SqlTable table = TRY(existing_table(session, name));
  TRY(existing_column(table, from));
  TRY(need_new_column(table, to));
  return session.rename_column(name, from, to);
}

Status copy_migrated_column(SqlSession& session, const SqlTableName& name, const std::string& from,
                            const std::string& to) {
  const SqlTable table = TRY(existing_table(session, name));
  const SqlColumn* const source = TRY(existing_column(table, from));
  SqlColumn column = *source;
  TRY(need_new_column(table, to));
  column.name = to;
  TRY(add_to_table(session, table, std::move(column)));
  TRY(session.change(fmt::format("UPDATE {} SET {} = {}", session.sql(name), session.column(to),
                                 session.column(from))));
  return {};
}

Status set_migrated_column(SqlSession& session, const SqlTableName& name, const std::string& column,
                           const std::string& value) {
  TRY(check_text(value));
  const SqlTable table = TRY(existing_table(session, name));
  const SqlColumn* const found = TRY(existing_column(table, column));
  TRY(session.change(fmt::format("UPDATE {} SET {} = {}", session.sql(name), session.column(column),
                                 value_sql(session, value, found->type))));
  return {};
}

Status add_migrated_column(SqlSession& session, const SqlTableName& name,
                           const AddedColumn& column) {
  TRY(check_text(column.value));
  const SqlTable table = TRY(existing_table(session, name));
  TRY(need_new_column(table, column.name));
  TRY(add_to_table(session, table, {column.name, column.type}));
  if (migrated_value(column.value, column.type)) {
    TRY(session.change(fmt::format("UPDATE {} SET {} = {}", session.sql(name),
                                   session.column(column.name),
                                   value_sql(session, column.value, column.type))));
  }
  return {};
}

Status add_column_to_versions(SqlSession& session, const SqlTableName& name,
                              const AddedColumn& column, Instant at) {
  TRY(check_text(column.value));
  SqlTable table = TRY(existing_table(session, name));
  TRY(check_versions(session, table, at));
  // Of a column that is there the call was repeated, or AlterTable was quicker.
  if (table.find(column.name) == nullptr) {
    TRY(add_to_table(session, table, {column.name, column.type}));
    table.columns.push_back({column.name, column.type});
  }
  return start_versions(session, table, column.name, value_sql(session, column.value, column.type),
                        "", at);
}

Status drop_column_from_versions(SqlSession& session, const SqlTableName& name,
                                 const std::string& column, Instant at) {
  const SqlTable table = TRY(existing_table(session, name));
  TRY(existing_column(table, column));
  TRY(check_versions(session, table, at));
  return start_versions(session, table, column, "NULL",
                        " AND " + session.column(column) + " IS NOT NULL", at);
}

}  // namespace tendril
