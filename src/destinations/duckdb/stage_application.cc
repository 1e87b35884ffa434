#include "destinations/duckdb/stage_application.h"

#include <algorithm>
#include <map>
#include <span>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "destinations/duckdb/column_names.h"
#include "destinations/duckdb/history_application.h"
#include "destinations/duckdb/sql.h"
#include "destinations/duckdb/staged_values.h"
#include "destinations/duckdb/superseded_rows.h"

namespace tendril {
namespace {

// The keys of a piece, with the places of the last upsert, delete and update of each.
constexpr std::string_view kKeysTable = "_tendril_keys";
constexpr std::string_view kUpserted = "_tendril_upserted";
constexpr std::string_view kRemoved = "_tendril_removed";

constexpr std::string_view kUpdated = "_tendril_updated";

constexpr std::string_view kRowsTable = "_tendril_rows";

// Groups of columns that one statement brings up to date; each costs it a join.
constexpr std::size_t kGroupsPerStatement = 8;

// Columns that the same updates give.
struct ColumnGroup {
  std::vector<std::string> columns;
  std::string operations;  // Of these updates: "2, 5".
  std::string place;       // The column of kKeysTable that has the last of them for each key.
};

// The columns that updates change, those of the key left out.
std::vector<ColumnGroup> groups_of(const Stage& stage, const std::vector<std::string>& key) {
  std::map<std::string, std::string> operations_by_column;
  for (const auto& [columns, operation] : stage.given()) {
    for (const std::string& column : columns) {
      if (std::find(key.begin(), key.end(), column) == key.end()) {
        std::string& operations = operations_by_column[column];
        operations += (operations.empty() ? "" : ", ") + std::to_string(operation);
      }
    }
  }
  std::vector<ColumnGroup> groups;
  std::map<std::string, std::size_t> group_by_operations;
  for (const auto& [column, operations] : operations_by_column) {
    const auto [found, is_new] = group_by_operations.emplace(operations, groups.size());
    if (is_new) {
      groups.push_back({{}, operations, fmt::format("_tendril_given_{}", groups.size())});
    }
    groups[found->second].columns.push_back(column);
  }
  return groups;
}

class Application {
 public:
  Application(DuckdbSession& session, const Stage& stage, const StageTarget& target)
      : session_(session),
        stage_(stage),
        target_(target),
        key_(target.key),
        keys_(temporary_table(std::string(kKeysTable)).sql()),
        synced_(sql_instant(stage.written_at())),
        groups_(groups_of(stage, target.key)) {
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
      case Stage::Kind::Update: return merge();
      case Stage::Kind::Delete: return remove();
      case Stage::Kind::Truncate: break;
    }
    return {};
  }

  // Updates of a key that came before its last upsert are of no consequence, and those behind it
  // are carried out upon it; whether it was deleted in between makes no difference to them.
  Status merge() {
    TRY(collect_keys());
    if (stage_.has_deletes()) {
      TRY(remove_keys());
    }
    if (has_upserts_) {
      TRY(replace_rows());
    }
    return stage_.has_updates() ? update() : Status();
  }

  // Puts the last upsert of each key in the place of the key's row.
  Status replace_rows() {
    // The quick way: a table without rows has none to replace.
    const bool empty = TRY(is_empty());
    if (!empty) {
      TRY(session_.run(delete_keys(fmt::format("k.{} IS NOT NULL", kUpserted))));
    }
    const std::int64_t rows = std::min(kStagePieceRows, stage_.rows() - first_);
    const bool all = distinct_keys_ == rows && !stage_.has_deletes() && !stage_.has_updates();
    return all ? insert_all("false") : insert_last();
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
    const auto last = [](const std::string& operations, std::string_view name) {
      return fmt::format("max({}) FILTER (WHERE {} {}) AS {}", sql_name(kStageOrderColumn),
                         sql_name(kStageOperationColumn), operations, name);
    };
    keys += last(fmt::format("= {}", kStagedUpsert), kUpserted) + ", " +
            last(fmt::format("= {}", kStagedDelete), kRemoved) + ", " +
            last(fmt::format(">= {}", kStagedUpdate), kUpdated);
    for (const ColumnGroup& group : groups_) {
      keys += ", " + last("IN (" + group.operations + ")", group.place);
    }
    TRY(session_.run(fmt::format(
        "CREATE OR REPLACE TEMP TABLE {} AS SELECT {} FROM {} AS s WHERE {} GROUP BY {}",
        kKeysTable, keys, stage_.table().sql(), in_piece(), sql_names(key_, "s."))));
    const SqlRows found = TRY(
        session_.rows(fmt::format("SELECT count(*), count(*) FILTER (WHERE {}), count({}) FROM {}",
                                  any_null(key_), kUpserted, keys_)));
    distinct_keys_ = std::stoll(found.at(0).at(0).value_or("0"));
    has_null_keys_ = found.at(0).at(1) != "0";
    has_upserts_ = found.at(0).at(2) != "0";
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
    const std::string valid =
        fmt::format("coalesce(k.{} > coalesce(k.{}, -1), false)", kUpdated, kUpserted);
    std::string rows = target_.table.name.sql();
    for (std::size_t done = 0; done == 0 || done < groups_.size(); done += kGroupsPerStatement) {
      const auto groups =
          std::span(groups_).subspan(done, std::min(kGroupsPerStatement, groups_.size() - done));
      const bool is_first = done == 0;
      const std::string into = fmt::format("{}_{}", kRowsTable, done / kGroupsPerStatement);
      TRY(session_.run(updated_rows(into, rows, is_first ? valid : "true", groups, is_first)));
      if (!is_first) {
        TRY(session_.run("DROP TABLE " + rows));
      }
      rows = temporary_table(into).sql();
    }
    TRY(session_.run(delete_keys(valid)));
    TRY(count(counts_.written, session_.change(fmt::format("INSERT INTO {} SELECT * FROM {}",
                                                           target_.table.name.sql(), rows))));
    return session_.run("DROP TABLE " + rows);
  }

  // The statement that makes the temporary table `into` of the rows of `from` whose keys fulfil
  // `condition`, with these columns up to date; `sync`: and with the time of their last update.
  std::string updated_rows(std::string_view into, const std::string& from,
                           const std::string& condition, std::span<const ColumnGroup> groups,
                           bool sync) const {
    std::vector<std::string> changes;
    std::string joins;
    const auto join = [&](const std::string& as, std::string_view place) {
      joins += fmt::format(
          " LEFT JOIN (SELECT * FROM {0} AS s WHERE {1}) AS {2} ON {2}.{3} = k.{4} AND "
          "k.{4} > coalesce(k.{5}, -1)",
          stage_.table().sql(), in_piece(), as, sql_name(kStageOrderColumn), place, kUpserted);
    };
    if (sync) {
      join("u", kUpdated);
      changes.push_back(
          fmt::format("greatest(t.{0}, u.{1}) AS {0}", synced_name(), sql_name(kSyncedColumn)));
    }
    for (std::size_t index = 0; index < groups.size(); ++index) {
      const std::string as = fmt::format("s{}", index);
      join(as, groups[index].place);
      for (const std::string& column : groups[index].columns) {
        changes.push_back(fmt::format("CASE WHEN {0}.{1} IS NULL THEN t.{2} ELSE {3} END AS {2}",
                                      as, sql_name(kStageOrderColumn), sql_name(column),
                                      staged_value(as + ".", column)));
      }
    }
    return fmt::format(
        "CREATE OR REPLACE TEMP TABLE {} AS SELECT t.* REPLACE ({}) FROM {} AS t JOIN {} AS k ON "
        "{}{} WHERE {}",
        into, fmt::join(changes, ", "), from, keys_, key_matches(key_, has_null_keys_), joins,
        condition);
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
  const std::vector<ColumnGroup> groups_;
  std::int64_t first_ = 0;
  std::int64_t distinct_keys_ = 0;
  bool has_null_keys_ = false;
  bool has_upserts_ = false;
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
