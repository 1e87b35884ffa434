#include "destinations/postgres/postgres_sql_session.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array/array_base.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "destinations/postgres/jsonb_rules.h"
#include "destinations/postgres/names.h"
#include "destinations/postgres/postgres_table.h"
#include "destinations/postgres/row_copier.h"
#include "destinations/postgres/sql.h"

namespace tendril {
namespace {

PostgresTableName stored(const SqlTableName& name) {
  return {postgres_identifier(name.schema), postgres_identifier(name.table)};
}

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) {
    all += (all.empty() ? "" : ", ") + part;
  }
  return all;
}

class PostgresSqlStage final : public SqlStage {
 public:
  PostgresSqlStage(PostgresSession& session, const PostgresTableName& table,
                   std::vector<PostgresColumn> columns)
      : session_(session),
        sql_(table.sql()),
        columns_(std::move(columns)),
        copier_(session, table, names()) {}

  const std::string& sql() const override { return sql_; }

  Status append(const arrow::RecordBatch& rows) override {
    std::vector<std::unique_ptr<CopyColumn>> columns;
    for (std::size_t index = 0; index < columns_.size(); ++index) {
      const PostgresColumn& to = columns_[index];
      const auto& values = rows.column(static_cast<int>(index));
      if (to.type.type.kind == TypeKind::Json && !jsonb_holds_all(*values)) {
        return Error{ErrorCode::BadData, "column " + to.source +
                                             " has JSON that PostgreSQL's jsonb does not take: "
                                             "\\u0000, half a surrogate pair or a huge number"};
      }
      auto column = TRY(copy_column(values, to.type.type, to));
      columns.push_back(std::move(column));
    }
    return copier_.append(columns, rows.num_rows());
  }

  Status close() override {
    TRY(copier_.flush());
    TRY(session_.end_copy());
    return session_.run("ANALYZE " + sql_);
  }

 private:
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const PostgresColumn& column : columns_) {
      names.push_back(column.name);
    }
    return names;
  }

  PostgresSession& session_;
  const std::string sql_;
  const std::vector<PostgresColumn> columns_;
  RowCopier copier_;
};

class PostgresSqlSession final : public SqlSession {
 public:
  explicit PostgresSqlSession(std::unique_ptr<PostgresSession> session)
      : session_(std::move(session)) {}

  Status begin() override { return session_->begin(); }
  Status commit() override { return session_->commit(); }
  void roll_back() override { session_->roll_back(); }

  Result<std::int64_t> change(const std::string& sql) override { return session_->change(sql); }

  Result<SqlCells> rows(const std::string& sql) override { return session_->rows(sql); }

  Result<std::optional<SqlTable>> read(const SqlTableName& name) override;
  Status create(const SqlTable& table) override;

  Status drop(const SqlTableName& name) override {
    return session_->run("DROP TABLE IF EXISTS " + sql(name));
  }

  Status rename(const SqlTableName& name, const std::string& to) override {
    TRY(need_free_name({name.schema, to}));
    return session_->run("ALTER TABLE " + sql(name) + " RENAME TO " + column(to));
  }

  Status replace(const SqlTableName& successor, const SqlTableName& name) override {
    return swap_postgres_table(*session_, stored(successor), stored(name));
  }

  Status rename_column(const SqlTableName& name, const std::string& from,
                       const std::string& to) override {
    const PostgresColumn renamed{postgres_identifier(to), to, {}};
    return session_->run(fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {}{}", sql(name),
                                     column(from), column(to), source_note(stored(name), renamed)));
  }

  Status alter(const SqlTable& present, const SqlTable& wanted) override;

  Result<std::unique_ptr<SqlStage>> stage(const std::vector<Column>& columns) override;

  std::string temporary(std::string_view name) const override {
    return PostgresTableName{"", std::string(name)}.sql();
  }

  std::string sql(const SqlTableName& name) const override { return stored(name).sql(); }

  std::string column(std::string_view name) const override {
    return postgres_name(postgres_identifier(name));
  }

  std::string text(std::string_view text) const override { return postgres_text(text); }

  std::string instant(Instant instant) const override { return postgres_instant(instant); }

  std::string cast(const std::string& expression, Type to) const override {
    return to.kind == TypeKind::Binary ? "decode(" + expression + ", 'base64')"
                                       : "CAST(" + expression + " AS " + postgres_type({to}) + ")";
  }

  // No part of a PRIMARY KEY is null, and "=" can use its index.
  std::string same_key(const std::string& a, const std::string& b) const override {
    return a + " = " + b;
  }

 private:
  Status need_schema(const std::string& schema);
  Status need_free_name(const SqlTableName& name);
  Status drop_key(const SqlTable& present, std::vector<std::string>& changes);
  Status add_key(const SqlTable& wanted);
  std::string type_change(const SqlColumn& from, const SqlColumn& to) const;

  std::string definition(const SqlColumn& each) const {
    return column(each.name) + " " +
           (each.foreign.empty() ? postgres_type({each.type}) : each.foreign);
  }

  std::string notes(const SqlTable& table, const SqlTable& present) const {
    std::string all;
    for (const SqlColumn& each : table.columns) {
      if (present.find(each.name) == nullptr) {
        all += source_note(stored(table.name), {postgres_identifier(each.name), each.name, {}});
      }
    }
    return all;
  }

  std::unique_ptr<PostgresSession> session_;
  int stages_ = 0;
};

Result<std::optional<SqlTable>> PostgresSqlSession::read(const SqlTableName& name) {
  const PostgresTableName table = stored(name);
  const std::array<std::string, 2> parameters{table.schema, table.table};
  const PostgresRows rows = TRY(session_->rows(
      "SELECT c.relkind, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), "
      "pg_catalog.col_description(c.oid, a.attnum), "
      "CASE WHEN a.attnum = ANY (k.conkey) THEN 'key' ELSE '' END "
      "FROM pg_catalog.pg_class AS c "
      "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
      "LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 "
      "AND NOT a.attisdropped "
      "LEFT JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'p' "
      "WHERE n.nspname = $1 AND c.relname = $2 ORDER BY a.attnum",
      parameters));
  if (rows.empty()) {
    return std::optional<SqlTable>();
  }
  const std::string kind = rows[0][0].value_or("");
  if (kind != "r" && kind != "p") {
    return Error{ErrorCode::InvalidConfig,
                 "a thing that is no table has the name of the table: " + name.table};
  }
  SqlTable found{name, {}};
  for (const auto& row : rows) {
    if (!row[1]) {
      continue;
    }
    const std::string noted = noted_source(row[3].value_or(""));
    SqlColumn column{.name = noted.empty() ? *row[1] : noted, .type = {}};
    const std::string type = row[2].value_or("");
    const auto known = parse_postgres_type(type);
    if (known && !known->exact_json) {
      column.type = known->type;
    } else {
      column.foreign = type;
    }
    column.in_key = row[4] == "key";
    found.columns.push_back(std::move(column));
  }
  return std::optional(std::move(found));
}

// CREATE SCHEMA IF NOT EXISTS asks for the right to make one even where there is one.
Status PostgresSqlSession::need_schema(const std::string& schema) {
  const std::array<std::string, 1> parameters{postgres_identifier(schema)};
  const PostgresRows found =
      TRY(session_->rows("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", parameters));
  return found.empty() ? session_->run("CREATE SCHEMA IF NOT EXISTS " + column(schema)) : Status();
}

Status PostgresSqlSession::need_free_name(const SqlTableName& name) {
  const std::optional<SqlTable> present = TRY(read(name));
  if (present) {
    return Error{ErrorCode::InvalidConfig,
                 "table exists already: " + name.schema + "." + name.table};
  }
  return {};
}

Status PostgresSqlSession::create(const SqlTable& table) {
  TRY(need_schema(table.name.schema));
  TRY(need_free_name(table.name));
  std::vector<std::string> parts;
  std::vector<std::string> key;
  for (const SqlColumn& each : table.columns) {
    parts.push_back(definition(each));
    if (each.in_key) {
      key.push_back(column(each.name));
    }
  }
  if (!key.empty()) {
    parts.push_back("PRIMARY KEY (" + joined(key) + ")");
  }
  return session_->run(fmt::format("CREATE TABLE {} ({}){}", sql(table.name), joined(parts),
                                   notes(table, {table.name, {}})));
}

std::string PostgresSqlSession::type_change(const SqlColumn& from, const SqlColumn& to) const {
  const std::string name = column(to.name);
  const bool spelt = from.foreign.empty() && fits(from.type, to.type);
  return fmt::format(
      "ALTER COLUMN {} TYPE {} USING {}", name, postgres_type({to.type}),
      spelt ? postgres_conversion(name, {from.type}, {to.type}) : cast(name, to.type));
}

Status PostgresSqlSession::drop_key(const SqlTable& present, std::vector<std::string>& changes) {
  const PostgresTableName table = stored(present.name);
  const std::array<std::string, 2> parameters{table.schema, table.table};
  const PostgresRows found =
      TRY(session_->rows("SELECT k.conname FROM pg_catalog.pg_constraint AS k "
                         "JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid "
                         "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
                         "WHERE n.nspname = $1 AND c.relname = $2 AND k.contype = 'p'",
                         parameters));
  if (found.empty()) {
    return {};
  }
  changes.push_back("DROP CONSTRAINT " + postgres_name(found[0][0].value_or("")));
  for (const std::string& name : present.key()) {
    changes.push_back("ALTER COLUMN " + column(name) + " DROP NOT NULL");
  }
  return {};
}

Status PostgresSqlSession::add_key(const SqlTable& wanted) {
  std::vector<std::string> key;
  for (const std::string& name : wanted.key()) {
    const PostgresRows nulls = TRY(session_->rows(
        fmt::format("SELECT 1 FROM {} WHERE {} IS NULL LIMIT 1", sql(wanted.name), column(name))));
    if (!nulls.empty()) {
      return Error{ErrorCode::InvalidConfig,
                   fmt::format("column {} of table {}.{} has nulls, and can not become part of "
                               "the primary key: fill them, or empty the table",
                               name, wanted.name.schema, wanted.name.table)};
    }
    key.push_back(column(name));
  }
  if (key.empty()) {
    return {};
  }
  const Status added = session_->run(
      fmt::format("ALTER TABLE {} ADD PRIMARY KEY ({})", sql(wanted.name), joined(key)));
  if (!added.ok() && session_->last_state() == "23505") {
    return Error{ErrorCode::InvalidConfig,
                 fmt::format("rows of table {}.{} have the same values in what is to become its "
                             "primary key",
                             wanted.name.schema, wanted.name.table)};
  }
  return added;
}

Status PostgresSqlSession::alter(const SqlTable& present, const SqlTable& wanted) {
  std::vector<std::string> changes;
  const bool other_key = present.key() != wanted.key();
  if (other_key) {
    TRY(drop_key(present, changes));
    if (!changes.empty()) {
      TRY(session_->run("ALTER TABLE " + sql(wanted.name) + " " + joined(changes)));
      changes.clear();
    }
  }
  for (const SqlColumn& each : present.columns) {
    if (wanted.find(each.name) == nullptr) {
      changes.push_back("DROP COLUMN " + column(each.name));
    }
  }
  for (const SqlColumn& each : wanted.columns) {
    const SqlColumn* const old = present.find(each.name);
    if (old == nullptr) {
      changes.push_back("ADD COLUMN " + definition(each));
    } else if (each.foreign.empty() && (!old->foreign.empty() ||
                                        postgres_type({old->type}) != postgres_type({each.type}))) {
      changes.push_back(type_change(*old, each));
    }
  }
  if (!changes.empty()) {
    TRY(session_->run("ALTER TABLE " + sql(wanted.name) + " " + joined(changes) +
                      notes(wanted, present)));
  }
  return other_key ? add_key(wanted) : Status();
}

Result<std::unique_ptr<SqlStage>> PostgresSqlSession::stage(const std::vector<Column>& columns) {
  const PostgresTableName table{"", fmt::format("_tendril_stage_{}", stages_++)};
  std::vector<PostgresColumn> stored_columns;
  std::vector<std::string> definitions;
  for (const Column& each : columns) {
    stored_columns.push_back({postgres_identifier(each.name), each.name, {each.type}});
    definitions.push_back(column(each.name) + " " + postgres_type({each.type}));
  }
  TRY(session_->run(fmt::format("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP", table.sql(),
                                joined(definitions))));
  return std::make_unique<PostgresSqlStage>(*session_, table, std::move(stored_columns));
}

}  // namespace

std::unique_ptr<SqlSession> postgres_sql_session(std::unique_ptr<PostgresSession> session) {
  return std::make_unique<PostgresSqlSession>(std::move(session));
}

}  // namespace tendril
