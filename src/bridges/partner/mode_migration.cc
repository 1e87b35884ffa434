#include "bridges/partner/mode_migration.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bridges/partner/batch_file.h"
#include "bridges/partner/column_migration.h"
#include "bridges/partner/history_write.h"
#include "bridges/partner/key_columns.h"
#include "bridges/partner/table_operations.h"

namespace tendril {
namespace {

constexpr std::string_view kSyncedMark = "_fivetran_synced";
constexpr std::string_view kDeletedMark = "_fivetran_deleted";

// What a row that was deleted before history began has as its start and its end:
// 0001-01-01T00:00:00Z.
constexpr std::int64_t kBeforeHistoryMicros = -62'135'596'800'000'000;

bool is_version_column(std::string_view name) {
  return name == kVersionStart || name == kVersionEnd || name == kVersionActive;
}

void drop(SqlTable& table, std::string_view name) {
  std::erase_if(table.columns, [&](const SqlColumn& column) { return column.name == name; });
}

class Migration {
 public:
  Migration(SqlSession& session, const ModeMigration& migration)
      : session_(session),
        migration_(migration),
        deleted_(migration.deleted_column.empty() ? std::string(kDeletedMark)
                                                  : migration.deleted_column),
        name_(session.sql(migration.table)) {}

  Status run() {
    table_ = TRY(existing_table(session_, migration_.table));
    if (migration_.from == migration_.to) {
      return Error{ErrorCode::Unsupported, "a table is in that mode already"};
    }
    if (migration_.from == TableMode::History) {
      return leave_history();
    }
    if (migration_.from == TableMode::SoftDelete) {
      TRY(need_deleted());
    }
    if (migration_.to == TableMode::History) {
      return enter_history();
    }
    return migration_.to == TableMode::Live ? purge() : mark();
  }

 private:
  Status need_deleted() const {
    if (table_.find(deleted_) == nullptr) {
      return Error{ErrorCode::BadData,
                   fmt::format("table {} is not in soft-delete mode: it has no column {}",
                               shown(table_.name), deleted_)};
    }
    return {};
  }

  // Fills a table of the columns of `wanted` and puts it into the place of the present one:
  // a table whose rows were changed can not be altered any more. `values` are for its columns.
  Status rebuild(SqlTable wanted, const std::string& values, const std::string& rows) {
    wanted.name.table = migration_.table.table + "__tendril_new";
    TRY(session_.drop(wanted.name));
    TRY(session_.create(wanted));
    std::vector<std::string> names;
    for (const SqlColumn& column : wanted.columns) {
      names.push_back(column.name);
    }
    TRY(session_.change(fmt::format("INSERT INTO {} ({}) SELECT {} FROM {}",
                                    session_.sql(wanted.name), column_list(session_, names), values,
                                    rows)));
    return session_.replace(wanted.name, migration_.table);
  }

  std::string values_of(const SqlTable& wanted) const {
    std::vector<std::string> names;
    for (const SqlColumn& column : wanted.columns) {
      names.push_back(column.name);
    }
    return column_list(session_, names, "v.");
  }

  // To live: rows that are marked go, and so does the protocol's own mark.
  Status purge() {
    const std::string kept =
        fmt::format("{} AS v WHERE v.{} IS DISTINCT FROM TRUE", name_, session_.column(deleted_));
    if (deleted_ != kDeletedMark) {
      TRY(session_.change(
          fmt::format("DELETE FROM {} WHERE {} = TRUE", name_, session_.column(deleted_))));
      return {};
    }
    SqlTable wanted = table_;
    drop(wanted, deleted_);
    return rebuild(wanted, values_of(wanted), kept);
  }

  // To soft delete.
  Status mark() {
    if (table_.find(deleted_) == nullptr) {
      SqlTable wanted = table_;
      wanted.columns.push_back({deleted_, {TypeKind::Boolean}});
      TRY(session_.alter(table_, wanted));
    }
    TRY(session_.change(fmt::format("UPDATE {0} SET {1} = FALSE WHERE {1} IS NULL", name_,
                                    session_.column(deleted_))));
    return {};
  }

  Status enter_history() {
    for (const std::string_view name : {kVersionStart, kVersionEnd, kVersionActive}) {
      if (table_.find(name) != nullptr) {
        return Error{ErrorCode::InvalidConfig,
                     fmt::format("table {} has a column {} already", shown(table_.name), name)};
      }
    }
    const bool marked = migration_.from == TableMode::SoftDelete;
    SqlTable wanted = table_;
    if (marked && deleted_ == kDeletedMark) {
      drop(wanted, deleted_);
    }
    std::string values = values_of(wanted);
    wanted.columns.push_back({std::string(kVersionStart), {TypeKind::UtcDatetime}, true});
    wanted.columns.push_back({std::string(kVersionEnd), {TypeKind::UtcDatetime}});
    wanted.columns.push_back({std::string(kVersionActive), {TypeKind::Boolean}});
    const std::string now = session_.instant(migration_.now);
    const std::string open_end = session_.instant(instant_from_micros(kVersionOpenEndMicros));
    if (!marked) {
      return rebuild(wanted, fmt::format("{}, {}, {}, TRUE", values, now, open_end),
                     name_ + " AS v");
    }
    const bool synced = table_.find(kSyncedMark) != nullptr;
    const std::string start = synced ? fmt::format("coalesce((SELECT max({}) FROM {}), {})",
                                                   session_.column(kSyncedMark), name_, now)
                                     : now;
    const std::string before = session_.instant(instant_from_micros(kBeforeHistoryMicros));
    values += fmt::format(
        ", CASE WHEN v.{0} THEN {1} ELSE {2} END, CASE WHEN v.{0} THEN {1} ELSE {3} END, "
        "CASE WHEN v.{0} THEN FALSE ELSE TRUE END",
        session_.column(deleted_), before, start, open_end);
    return rebuild(wanted, values, name_ + " AS v");
  }

  Status leave_history() {
    TRY(check_history_mode(table_));
    SqlTable wanted{table_.name, {}};
    for (const SqlColumn& column : table_.columns) {
      if (!is_version_column(column.name)) {
        wanted.columns.push_back(column);
      }
    }
    const bool marks = migration_.to == TableMode::SoftDelete;
    if (marks) {
      drop(wanted, deleted_);
    }
    std::string values = values_of(wanted);
    const std::string active = "v." + session_.column(kVersionActive);
    if (marks) {
      wanted.columns.push_back({deleted_, {TypeKind::Boolean}});
      values += ", CASE WHEN " + active + " THEN FALSE ELSE TRUE END";
    }
    const bool all = marks || migration_.keeps_deleted;
    return rebuild(wanted, values, last_versions() + (all ? "" : " WHERE " + active));
  }

  // A table without a key has no versions of one row.
  std::string last_versions() const {
    std::vector<std::string> key = table_.key();
    std::erase_if(key, [](const std::string& name) { return is_version_column(name); });
    if (key.empty()) {
      return name_ + " AS v";
    }
    return fmt::format(
        "(SELECT * FROM (SELECT t.*, row_number() OVER (PARTITION BY {} ORDER BY t.{} DESC, t.{} "
        "DESC) AS _tendril_rank FROM {} AS t) AS r WHERE r._tendril_rank = 1) AS v",
        column_list(session_, key, "t."), session_.column(kVersionActive),
        session_.column(kVersionStart), name_);
  }

  SqlSession& session_;
  const ModeMigration& migration_;
  const std::string deleted_;
  const std::string name_;
  SqlTable table_;
};

}  // namespace

Status migrate_mode(SqlSession& session, const ModeMigration& migration) {
  return Migration(session, migration).run();
}

// The copy was not there before, so that it can be put away whatever happened to its rows.
Status copy_to_history(SqlSession& session, const ModeMigration& migration, const std::string& to) {
  TRY(copy_migrated_table(session, migration.table, to));
  ModeMigration of_copy = migration;
  of_copy.table.table = to;
  return migrate_mode(session, of_copy);
}

}  // namespace tendril
