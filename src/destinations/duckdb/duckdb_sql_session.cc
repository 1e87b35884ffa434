#include "destinations/duckdb/duckdb_sql_session.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array/array_base.h>
#include <arrow/array/data.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "destinations/duckdb/appender.h"
#include "destinations/duckdb/column_names.h"
#include "destinations/duckdb/sql.h"
#include "destinations/duckdb/staged_values.h"

namespace tendril {
namespace {

// What a comment says of a column that is part of the key.
constexpr std::string_view kKeyComment = "part of the primary key";

std::size_t bytes_of(const arrow::RecordBatch& rows) {
  std::size_t bytes = 0;
  for (const auto& column : rows.columns()) {
    for (const auto& buffer : column->data()->buffers) {
      bytes += buffer == nullptr ? 0 : static_cast<std::size_t>(buffer->size());
    }
  }
  return bytes;
}

class DuckdbSqlStage final : public SqlStage {
 public:
  DuckdbSqlStage(std::string sql, std::unique_ptr<Appender> appender)
      : sql_(std::move(sql)), appender_(std::move(appender)) {}

  const std::string& sql() const override { return sql_; }

  Status append(const arrow::RecordBatch& rows) override {
    return appender_->append(rows, bytes_of(rows));
  }

  Status close() override {
    TRY(appender_->flush());
    appender_.reset();
    return {};
  }

 private:
  const std::string sql_;
  std::unique_ptr<Appender> appender_;
};

class DuckdbSqlSession final : public SqlSession {
 public:
  explicit DuckdbSqlSession(std::unique_ptr<DuckdbSession> session)
      : session_(std::move(session)) {}

  Status begin() override { return session_->begin(); }

  Status commit() override {
    const std::lock_guard lock(session_->file().epoch_mutex());
    const DuckdbFile::CommitRoom room(session_->file());
    return session_->commit();
  }

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
    TRY(drop(name));
    return rename(successor, name.table);
  }

  Status rename_column(const SqlTableName& name, const std::string& from,
                       const std::string& to) override {
    return session_->run(
        fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {}", sql(name), column(from), column(to)));
  }

  Status alter(const SqlTable& present, const SqlTable& wanted) override;

  Result<std::unique_ptr<SqlStage>> stage(const std::vector<Column>& columns) override;

  std::string temporary(std::string_view name) const override {
    return temporary_table(std::string(name)).sql();
  }

  std::string sql(const SqlTableName& name) const override {
    return TableName{std::string(kFileCatalog), stored_name(name.schema), stored_name(name.table)}
        .sql();
  }

  std::string column(std::string_view name) const override { return sql_name(stored_name(name)); }

  std::string text(std::string_view text) const override { return sql_text(text); }

  std::string instant(Instant instant) const override { return sql_instant(instant); }

  std::string cast(const std::string& expression, Type to) const override {
    return to.kind == TypeKind::Binary ? "from_base64(" + expression + ")"
                                       : "CAST(" + expression + " AS " + sql_type(to) + ")";
  }

  std::string same_key(const std::string& a, const std::string& b) const override {
    return a + " IS NOT DISTINCT FROM " + b;
  }

 private:
  Status need_free_name(const SqlTableName& name);
  Status change_columns(const SqlTable& present, const SqlTable& wanted);
  Status change_type(const SqlTableName& table, const SqlColumn& from, const SqlColumn& to);
  Status note_key(const SqlTableName& table, const SqlColumn& column);
  Result<bool> declares_key(const SqlTableName& name);

  std::unique_ptr<DuckdbSession> session_;
  int stages_ = 0;
};

Result<std::optional<SqlTable>> DuckdbSqlSession::read(const SqlTableName& name) {
  const std::array<std::string, 3> parameters{std::string(kFileCatalog), stored_name(name.schema),
                                              stored_name(name.table)};
  constexpr auto kColumns =
      "SELECT c.column_name, c.data_type, c.comment, (SELECT count(*) FROM duckdb_constraints() k "
      "WHERE k.table_oid = c.table_oid AND k.database_oid = c.database_oid "
      "AND k.constraint_type = 'PRIMARY KEY' "
      "AND list_contains(k.constraint_column_names, c.column_name)) "
      "FROM duckdb_columns() c WHERE c.database_name = $1 AND lower(c.schema_name) = lower($2) "
      "AND lower(c.table_name) = lower($3) ORDER BY c.column_index";
  const SqlRows found = TRY(session_->rows(kColumns, parameters));
  if (found.empty()) {
    return std::optional<SqlTable>();
  }
  constexpr auto kViews =
      "SELECT view_name FROM duckdb_views() WHERE database_name = $1 "
      "AND lower(schema_name) = lower($2) AND lower(view_name) = lower($3)";
  const SqlRows views = TRY(session_->rows(kViews, parameters));
  if (!views.empty()) {
    return Error{ErrorCode::InvalidConfig, "a view has the name of the table: " + name.table};
  }
  SqlTable table{name, {}};
  for (const auto& row : found) {
    SqlColumn column{.name = row[0].value_or(""), .type = {}};
    const std::string type = row[1].value_or("");
    if (const auto known = parse_sql_type(type)) {
      column.type = *known;
    } else {
      column.foreign = type;
    }
    column.in_key = row[2].value_or("") == kKeyComment || row[3].value_or("0") != "0";
    table.columns.push_back(std::move(column));
  }
  return std::optional(std::move(table));
}

Status DuckdbSqlSession::need_free_name(const SqlTableName& name) {
  const std::optional<SqlTable> present = TRY(read(name));
  if (present) {
    return Error{ErrorCode::InvalidConfig,
                 "table exists already: " + name.schema + "." + name.table};
  }
  return {};
}

Status DuckdbSqlSession::create(const SqlTable& table) {
  TRY(session_->run("CREATE SCHEMA IF NOT EXISTS " + sql_name(kFileCatalog) + "." +
                    column(table.name.schema)));
  TRY(need_free_name(table.name));
  std::string definitions;
  for (const SqlColumn& each : table.columns) {
    definitions += (definitions.empty() ? "" : ", ") + column(each.name) + " " +
                   (each.foreign.empty() ? sql_type(each.type) : each.foreign);
  }
  TRY(session_->run(fmt::format("CREATE TABLE {} ({})", sql(table.name), definitions)));
  for (const SqlColumn& each : table.columns) {
    if (each.in_key) {
      TRY(note_key(table.name, each));
    }
  }
  return {};
}

Status DuckdbSqlSession::note_key(const SqlTableName& table, const SqlColumn& each) {
  return session_->run(fmt::format("COMMENT ON COLUMN {}.{} IS {}", sql(table), column(each.name),
                                   each.in_key ? sql_text(kKeyComment) : "NULL"));
}

Result<bool> DuckdbSqlSession::declares_key(const SqlTableName& name) {
  const std::array<std::string, 3> parameters{std::string(kFileCatalog), stored_name(name.schema),
                                              stored_name(name.table)};
  const SqlRows found =
      TRY(session_->rows("SELECT count(*) FROM duckdb_constraints() WHERE database_name = $1 AND "
                         "lower(schema_name) = lower($2) AND lower(table_name) = lower($3) "
                         "AND constraint_type = 'PRIMARY KEY'",
                         parameters));
  return found.at(0).at(0) != "0";
}

Status DuckdbSqlSession::change_type(const SqlTableName& table, const SqlColumn& from,
                                     const SqlColumn& to) {
  const std::string name = column(to.name);
  const bool spelt = from.foreign.empty() && fits(from.type, to.type);
  const std::string value = spelt ? sql_conversion(name, from.type, to.type) : cast(name, to.type);
  return session_->run(fmt::format("ALTER TABLE {} ALTER COLUMN {} TYPE {} USING {}", sql(table),
                                   name, sql_type(to.type), value));
}

// Added first, so that a table is never without columns.
Status DuckdbSqlSession::change_columns(const SqlTable& present, const SqlTable& wanted) {
  const std::string table = "ALTER TABLE " + sql(wanted.name);
  for (const SqlColumn& each : wanted.columns) {
    if (present.find(each.name) == nullptr) {
      TRY(session_->run(table + " ADD COLUMN " + column(each.name) + " " + sql_type(each.type)));
    }
  }
  for (const SqlColumn& each : present.columns) {
    if (wanted.find(each.name) == nullptr) {
      TRY(session_->run(table + " DROP COLUMN " + column(each.name)));
    }
  }
  for (const SqlColumn& each : wanted.columns) {
    const SqlColumn* const old = present.find(each.name);
    if (old != nullptr && each.foreign.empty() &&
        (!old->foreign.empty() || sql_type(old->type) != sql_type(each.type))) {
      const Status changed = change_type(wanted.name, *old, each);
      if (!changed.ok()) {
        return Error(changed.error())
            .while_doing(fmt::format("making column {} a {}", each.name, to_string(each.type)));
      }
    }
  }
  return {};
}

Status DuckdbSqlSession::alter(const SqlTable& present, const SqlTable& wanted) {
  if (present.key() != wanted.key()) {
    const bool declared = TRY(declares_key(present.name));
    if (declared) {
      return Error{ErrorCode::InvalidConfig,
                   fmt::format("table {}.{} was made with a PRIMARY KEY, which DuckDB can not "
                               "change: drop the table, or make it anew",
                               present.name.schema, present.name.table)};
    }
  }
  TRY(change_columns(present, wanted));
  for (const SqlColumn& each : wanted.columns) {
    const SqlColumn* const old = present.find(each.name);
    if ((old != nullptr && old->in_key) != each.in_key) {
      TRY(note_key(wanted.name, each));
    }
  }
  return {};
}

Result<std::unique_ptr<SqlStage>> DuckdbSqlSession::stage(const std::vector<Column>& columns) {
  const TableName name = temporary_table(fmt::format("_tendril_stage_{}", stages_++));
  std::string definitions;
  std::vector<std::string> names;
  for (const Column& each : columns) {
    names.push_back(stored_name(each.name));
    definitions +=
        (definitions.empty() ? "" : ", ") + sql_name(names.back()) + " " + sql_type(each.type);
  }
  TRY(session_->file().make_room_for(name.table, columns.size()));
  TRY(session_->run(fmt::format("CREATE TEMPORARY TABLE {} ({})", name.sql(), definitions)));
  auto appender = TRY(Appender::open(*session_, name, names));
  return std::make_unique<DuckdbSqlStage>(name.sql(), std::move(appender));
}

}  // namespace

std::unique_ptr<SqlSession> duckdb_sql_session(std::unique_ptr<DuckdbSession> session) {
  return std::make_unique<DuckdbSqlSession>(std::move(session));
}

}  // namespace tendril
