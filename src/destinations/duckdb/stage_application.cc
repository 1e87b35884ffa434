#include "destinations/duckdb/stage_application.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "destinations/duckdb/column_names.h"
#include "destinations/duckdb/history_application.h"
#include "destinations/duckdb/sql.h"
#include "destinations/duckdb/staged_values.h"
#include "destinations/duckdb/superseded_rows.h"

namespace tendril {
namespace {

// The keys of a piece, with the place of the last upsert and the last delete of each.
constexpr std::string_view kKeysTable = "_tendril_keys";
constexpr std::string_view kUpserted = "_tendril_upserted";
constexpr std::string_view kRemoved = "_tendril_removed";

constexpr std::string_view kRowsTable = "_tendril_rows";

class Application {
 public:
  Application(DuckdbSession& session, const Stage& stage, const StageTarget& target)
      : session_(session),
        stage_(stage),
        target_(target),
        key_(target.key),
        keys_(temporary_table(std::string(kKeysTable)).sql()),
        synced_(sql_instant(stage.written_at())) {
    if (stage.kind() == Stage::Kind::Delete) {
      std::erase_if(key_, [&](const std::string& name) {
        return std::none_of(stage.columns().begin(), stage.columns().end(),
                            [&](const Column& column) { return column.name == name; });
      });
    }
  }

  Result<RowCounts> run() {
    if (stage_.kind() == Stage::Kind::Truncate) {
      TRY(truncate());
      return counts_;
    }
    for (first_ = 0; first_ < stage_.rows(); first_ += kStagePieceRows) {
      TRY(apply_piece());
    }
    TRY(session_.run("DROP TABLE " + stage_.table().sql()));
    return counts_;
  }

 private:
  Status apply_piece() {
    switch (stage_.kind()) {
      case Stage::Kind::Insert: return insert_all("false");
      case Stage::Kind::Merge: return merge();
      case Stage::Kind::Update: return update();
      case Stage::Kind::Delete: return remove();
      case Stage::Kind::Truncate: break;
    }
    return {};
  }

  Status merge() {
    TRY(collect_keys());
    if (stage_.has_deletes()) {
      TRY(remove_keys());
    }
    // The quick way: a table without rows has none to replace.
    const bool empty = TRY(is_empty());
    if (!empty) {
      TRY(session_.run(delete_keys(fmt::format("k.{} IS NOT NULL", kUpserted))));
    }
    const std::int64_t rows = std::min(kStagePieceRows, stage_.rows() - first_);
    return distinct_keys_ == rows && !stage_.has_deletes() ? insert_all("false") : insert_last();
  }

  Status remove() {
    TRY(collect_keys());
    return remove_keys();
  }

  // Fills the table of keys.
  Status collect_keys() {
    std::string keys;
    for (const std::string& name : key_) {
      keys += staged_value("s.", name) + " AS " + sql_name(name) + ", ";
    }
    TRY(session_.run(fmt::format(
        "CREATE OR REPLACE TEMP TABLE {0} AS SELECT {1}"
        "max({2}) FILTER (WHERE {3} = 0) AS {4}, max({2}) FILTER (WHERE {3} = 1) AS {5} "
        "FROM {6} AS s WHERE {7} GROUP BY {8}",
        kKeysTable, keys, sql_name(kStageOrderColumn), sql_name(kStageOperationColumn), kUpserted,
        kRemoved, stage_.table().sql(), in_piece(), sql_names(key_, "s."))));
    const SqlRows found = TRY(session_.rows(
        fmt::format("SELECT count(*), count(*) FILTER (WHERE {}) FROM {}", any_null(key_), keys_)));
    distinct_keys_ = std::stoll(found.at(0).at(0).value_or("0"));
    has_null_keys_ = found.at(0).at(1) != "0";
    return {};
  }

  // Deletes or marks the rows whose key was deleted and not upserted afterwards.
  Status remove_keys() {
    const std::string last =
        fmt::format("k.{0} IS NOT NULL AND (k.{1} IS NULL OR k.{0} > k.{1})", kRemoved, kUpserted);
    if (target_.hard_deletes) {
      TRY(count(counts_.deleted, session_.change(delete_keys(last))));
      return {};
    }
    return count(counts_.deleted,
                 session_.change(
                     fmt::format("UPDATE {} AS t SET {} = true, {} = {} FROM {} AS k "
                                 "WHERE {} AND {} AND t.{} IS NOT TRUE",
                                 target_.table.name.sql(), deleted_name(), synced_name(), synced_,
                                 keys_, key_matches(key_, has_null_keys_), last, deleted_name())));
  }

  // Inserts every staged row of the piece.
  Status insert_all(std::string_view deleted) {
    return count(counts_.written,
                 session_.change(fmt::format("{} FROM {} AS s WHERE {}", insert_select(deleted),
                                             stage_.table().sql(), in_piece())));
  }

  // Inserts the last upsert of each key. One that was deleted afterwards is inserted as deleted,
  // or, with hard deletes, not at all.
  Status insert_last() {
    const std::string removed = fmt::format("coalesce(k.{} > k.{}, false)", kRemoved, kUpserted);
    const std::string kept = target_.hard_deletes ? "NOT " + removed : "true";
    return count(counts_.written, session_.change(fmt::format(
                                      "{} FROM {} AS s JOIN {} AS k ON s.{} = k.{} WHERE {} AND {}",
                                      insert_select(removed), stage_.table().sql(), keys_,
                                      sql_name(kStageOrderColumn), kUpserted, in_piece(), kept)));
  }

  // Rewrites whole rows: changing texts in place is slow in DuckDB, and all of it would have to be
  // in memory at once.
  Status update() {
    TRY(collect_keys());
    std::string changes = fmt::format("{} AS {}", synced_, synced_name());
    for (const Column& column : stage_.columns()) {
      if (std::find(key_.begin(), key_.end(), column.name) == key_.end()) {
        changes += ", " + staged_value("s.", column.name) + " AS " + sql_name(column.name);
      }
    }
    TRY(session_.run(fmt::format(
        "CREATE OR REPLACE TEMP TABLE {} AS SELECT t.* REPLACE ({}) FROM {} AS t JOIN "
        "{} AS k ON {} "
        "JOIN {} AS s ON s.{} = k.{}",
        kRowsTable, changes, target_.table.name.sql(), keys_, key_matches(key_, has_null_keys_),
        stage_.table().sql(), sql_name(kStageOrderColumn), kUpserted)));
    TRY(session_.run(delete_keys("true")));
    const std::string rows = temporary_table(std::string(kRowsTable)).sql();
    TRY(count(counts_.written, session_.change(fmt::format("INSERT INTO {} SELECT * FROM {}",
                                                           target_.table.name.sql(), rows))));
    return session_.run("DROP TABLE " + rows);
  }

  Status truncate() {
    const std::string older = fmt::format("coalesce({} < {}, true)", synced_name(),
                                          sql_instant(stage_.truncate_before()));
    const std::string table = target_.table.name.sql();
    const std::string renewal =
        target_.truncation_keeps_synced ? "" : ", " + synced_name() + " = " + synced_;
    return count(counts_.deleted,
                 session_.change(
                     target_.hard_deletes
                         ? fmt::format("DELETE FROM {} WHERE {}", table, older)
                         : fmt::format("UPDATE {0} SET {1} = true{2} WHERE {3} AND {1} IS NOT TRUE",
                                       table, deleted_name(), renewal, older)));
  }

  static Status count(std::int64_t& rows, const Result<std::int64_t>& changed) {
    const std::int64_t more = TRY(changed);
    rows += more;
    return {};
  }

  Result<bool> is_empty() {
    const SqlRows found = TRY(session_.rows(
        fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1)", target_.table.name.sql())));
    return found.at(0).at(0) == "0";
  }

  std::string in_piece() const { return in_stage_piece(first_, first_ + kStagePieceRows); }

  // "INSERT INTO t (...) SELECT ...", up to the FROM.
  std::string insert_select(std::string_view deleted) const {
    std::string names;
    std::string values;
    for (const Column& column : stage_.columns()) {
      names += sql_name(column.name) + ", ";
      values += staged_value("s.", column.name) + ", ";
    }
    if (target_.table.has_deleted) {
      names += deleted_name() + ", ";
      values += std::string(deleted) + ", ";
    }
    return fmt::format("INSERT INTO {} ({}{}) SELECT {}s.{}", target_.table.name.sql(), names,
                       synced_name(), values, sql_name(kSyncedColumn));
  }

  std::string synced_name() const { return sql_name(target_.table.marks.synced); }
  std::string deleted_name() const { return sql_name(target_.table.marks.deleted); }

  std::string staged_value(std::string_view prefix, const std::string& name) const {
    return tendril::staged_value(stage_, target_.table, prefix, name);
  }

  std::string delete_keys(const std::string& condition) const {
    return fmt::format("DELETE FROM {} AS t USING {} AS k WHERE {} AND {}",
                       target_.table.name.sql(), keys_, key_matches(key_, has_null_keys_),
                       condition);
  }

  DuckdbSession& session_;
  const Stage& stage_;
  const StageTarget& target_;
  std::vector<std::string> key_;  // Of a Delete only the columns that are given.
  const std::string keys_;
  const std::string synced_;
  std::int64_t first_ = 0;
  std::int64_t distinct_keys_ = 0;
  bool has_null_keys_ = false;
  RowCounts counts_;
};

}  // namespace

Result<RowCounts> apply_stage(DuckdbSession& session, const Stage& stage,
                              const StageTarget& target) {
  if (target.table.has_history) {
    return apply_history(session, stage, target);
  }
  return Application(session, stage, target).run();
}

}  // namespace tendril
