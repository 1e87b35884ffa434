#include "destinations/duckdb/history_application.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "connector/marks.h"
#include "destinations/duckdb/sql.h"
#include "destinations/duckdb/staged_values.h"
#include "destinations/duckdb/superseded_rows.h"

namespace tendril {
namespace {

// Rows that are compared, or whose chains are put in order, at a time.
constexpr std::int64_t kSmallPieceRows = 50'000;

// The keys of a piece, with the place (its order in the stage) of the first row of each.
constexpr std::string_view kKeys = "temp.main._tendril_keys";
// The active versions of these keys, with the place of that row.
constexpr std::string_view kActives = "temp.main._tendril_actives";
// Of each of them: whether that row is equal or a delete, and when it was written.
constexpr std::string_view kFound = "temp.main._tendril_found";
// Each row of a piece with the place of the row of its key before it.
constexpr std::string_view kLinks = "temp.main._tendril_links";
// Each upsert of a piece that follows another of its key: whether both are equal.
constexpr std::string_view kPairs = "temp.main._tendril_pairs";
// Heads: active versions that are there (by their row in the table) and rows that start one (by
// their place). `ending` is when the version ends, `renewed` when it was last seen or changed.
constexpr std::string_view kHeads = "temp.main._tendril_heads";
// Updates, with the other columns as the active version has them.
constexpr std::string_view kCompleted = "temp.main._tendril_completed";

constexpr std::string_view kRowColumn = "_tendril_row";

class HistoryApplication {
 public:
  HistoryApplication(DuckdbSession& session, const Stage& stage, const StageTarget& target)
      : session_(session),
        stage_(stage),
        target_(target),
        table_(target.table.name.sql()),
        key_(target.key),
        source_(stage.table().sql()) {
    std::erase_if(key_, [&](const std::string& name) {
      return stage.kind() != Stage::Kind::Truncate && !stages(name);
    });
  }

  Result<RowCounts> run() {
    if (stage_.kind() == Stage::Kind::Truncate) {
      TRY(truncate());
      return counts_;
    }
    for (std::int64_t first = 0; first < stage_.rows(); first += kStagePieceRows) {
      TRY(apply_piece(first, std::min(first + kStagePieceRows, stage_.rows())));
    }
    for (const std::string_view table :
         {kKeys, kActives, kFound, kLinks, kPairs, kHeads, kCompleted}) {
      TRY(session_.run(fmt::format("DROP TABLE IF EXISTS {}", table)));
    }
    TRY(session_.run("DROP TABLE " + stage_.table().sql()));
    return counts_;
  }

 private:
  Status apply_piece(std::int64_t first, std::int64_t end) {
    switch (stage_.kind()) {
      case Stage::Kind::Update: return update(first, end);
      case Stage::Kind::Delete: return end_versions(first, end);
      default: return write_versions(first, end);
    }
  }

  bool stages(const std::string& column) const {
    return std::any_of(stage_.columns().begin(), stage_.columns().end(),
                       [&](const Column& each) { return each.name == column; });
  }

  Status write_versions(std::int64_t first, std::int64_t end) {
    TRY(collect_keys(first, end));
    const bool chained = piece_rows_ > piece_keys_;
    if (chained && end - first > kSmallPieceRows) {
      for (std::int64_t from = first; from < end; from += kSmallPieceRows) {
        TRY(write_versions(from, std::min(from + kSmallPieceRows, end)));
      }
      return {};
    }
    TRY(collect_actives());
    TRY(compare_actives(first, end));
    if (chained) {
      TRY(link(first, end));
      TRY(compare_pairs(first, end));
      TRY(find_heads_of_chains());
    } else {
      TRY(find_heads(first, end));
    }
    TRY(change_versions());
    return insert_versions(first, end);
  }

  Status collect_keys(std::int64_t first, std::int64_t end) {
    TRY(session_.run(fmt::format(
        "CREATE OR REPLACE TEMP TABLE {0} AS SELECT {1}, min({2}) AS {2}, count(*) AS {3} "
        "FROM {4} AS s GROUP BY {1}",
        table_name(kKeys), sql_names(key_), sql_name(kStageOrderColumn), sql_name(kRowColumn),
        staged(first, end))));
    const SqlRows found = TRY(session_.rows(
        fmt::format("SELECT count(*), coalesce(sum({}), 0)::BIGINT, count(*) FILTER (WHERE {}) "
                    "FROM {}",
                    sql_name(kRowColumn), any_null(key_), kKeys)));
    piece_keys_ = std::stoll(found.at(0).at(0).value_or("0"));
    piece_rows_ = std::stoll(found.at(0).at(1).value_or("0"));
    has_null_keys_ = found.at(0).at(2) != "0";
    return {};
  }

  Status collect_actives() {
    std::string columns;
    for (const Column& column : target_.table.columns) {
      columns += ", t." + sql_name(column.name);
    }
    return session_.run(fmt::format(
        "CREATE OR REPLACE TEMP TABLE {} AS SELECT k.{}, t.rowid AS {}{} FROM {} AS t JOIN {} AS k "
        "ON {} WHERE t.{}",
        table_name(kActives), sql_name(kStageOrderColumn), sql_name(kRowColumn), columns, table_,
        kKeys, key_matches(key_, has_null_keys_), sql_name(kActiveColumn)));
  }

  // In small pieces, since both sides of the join are whole rows.
  Status compare_actives(std::int64_t first, std::int64_t end) {
    TRY(
        session_.run(fmt::format("CREATE OR REPLACE TEMP TABLE {} (place BIGINT, row_in_table "
                                 "BIGINT, written TIMESTAMP WITH TIME ZONE, removes BOOLEAN, "
                                 "same BOOLEAN)",
                                 table_name(kFound))));
    for (std::int64_t from = first; from < end; from += kSmallPieceRows) {
      const std::int64_t to = std::min(from + kSmallPieceRows, end);
      TRY(session_.run(
          fmt::format("INSERT INTO {0} SELECT a.{1}, a.{2}, s.{3}, s.{4} = 1, s.{4} = 0 AND {5} "
                      "FROM (SELECT * FROM {6} AS s WHERE {7}) AS a JOIN {8} AS s ON a.{1} = s.{1}",
                      kFound, sql_name(kStageOrderColumn), sql_name(kRowColumn),
                      sql_name(kSyncedColumn), sql_name(kStageOperationColumn), equal("a.", "s."),
                      kActives, in_stage_piece(from, to), staged(from, to))));
    }
    return {};
  }

  Status link(std::int64_t first, std::int64_t end) {
    return session_.run(fmt::format(
        "CREATE OR REPLACE TEMP TABLE {0} AS SELECT {1} AS place, {2} AS written, {3} = 1 AS "
        "removes, lag({1}) OVER rows_of_key AS before, min({1}) OVER key AS first_place "
        "FROM {4} AS s WINDOW key AS (PARTITION BY {5}), "
        "rows_of_key AS (PARTITION BY {5} ORDER BY {1})",
        table_name(kLinks), sql_name(kStageOrderColumn), sql_name(kSyncedColumn),
        sql_name(kStageOperationColumn), staged(first, end), sql_names(key_, "s.")));
  }

  // Each key was staged once.
  Status find_heads(std::int64_t first, std::int64_t end) {
    return session_.run(fmt::format(
        "CREATE OR REPLACE TEMP TABLE {0} AS "
        "SELECT NULL::BIGINT AS place, row_in_table, CASE WHEN same THEN NULL ELSE written END AS "
        "ending, written AS renewed, removes AS removed FROM {1} UNION ALL "
        "SELECT s.{2}, NULL, NULL, s.{3}, false FROM {4} AS s ANTI JOIN "
        "(SELECT place FROM {1} WHERE same) AS f ON f.place = s.{2} WHERE s.{5} = 0",
        table_name(kHeads), kFound, sql_name(kStageOrderColumn), sql_name(kSyncedColumn),
        staged(first, end), sql_name(kStageOperationColumn)));
  }

  // A column and no condition, by which DuckDB might join: all rows with all that have their
  // values.
  Status compare_pairs(std::int64_t first, std::int64_t end) {
    const std::string rows = staged(first, end);
    return session_.run(fmt::format(
        "CREATE OR REPLACE TEMP TABLE {0} AS SELECT l.place, {4} AS same FROM {1} AS l "
        "JOIN {1} AS b ON b.place = l.before JOIN {2} AS s ON s.{3} = l.place "
        "JOIN {2} AS p ON p.{3} = l.before WHERE NOT l.removes AND NOT b.removes",
        table_name(kPairs), kLinks, rows, sql_name(kStageOrderColumn), equal("p.", "s.")));
  }

  Status find_heads_of_chains() {
    const std::string same =
        fmt::format("SELECT place FROM {} WHERE same UNION ALL SELECT place FROM {} WHERE same",
                    kFound, kPairs);
    // The place of an active version in its chain is before all others.
    const std::string chain = fmt::format(
        "SELECT first_place, l.place, NULL::BIGINT AS row_in_table, written, removes, "
        "e.place IS NULL AS is_head FROM {} AS l LEFT JOIN same AS e ON e.place = l.place "
        "UNION ALL SELECT place, -1, row_in_table, NULL, false, true FROM {}",
        kLinks, kFound);
    return session_.run(fmt::format(
        "CREATE OR REPLACE TEMP TABLE {} AS WITH same AS ({}), chain AS ({}), "
        "seen AS (SELECT *, max(written) OVER (PARTITION BY first_place) AS last_written FROM "
        "chain), heads AS (SELECT place, row_in_table, removes, last_written, "
        "lead(written) OVER key AS ending, lead(removes) OVER key AS removed FROM seen "
        "WHERE is_head WINDOW key AS (PARTITION BY first_place ORDER BY place)) "
        "SELECT place, row_in_table, ending, coalesce(ending, last_written) AS renewed, "
        "coalesce(removed, false) AS removed FROM heads WHERE NOT removes",
        table_name(kHeads), same, chain));
  }

  // Ends or renews the versions that are in the table.
  Status change_versions() {
    TRY(
        session_.run(fmt::format("UPDATE {} AS t SET {} = h.renewed FROM {} AS h "
                                 "WHERE t.rowid = h.row_in_table AND h.ending IS NULL",
                                 table_, sql_name(kSyncedColumn), kHeads)));
    TRY(
        session_.run(fmt::format("UPDATE {} AS t SET {} FROM {} AS h "
                                 "WHERE t.rowid = h.row_in_table AND h.ending IS NOT NULL",
                                 table_, ended_at("h.ending"), kHeads)));
    const SqlRows removed =
        TRY(session_.rows(fmt::format("SELECT count(*) FROM {} WHERE removed", kHeads)));
    counts_.deleted += std::stoll(removed.at(0).at(0).value_or("0"));
    return {};
  }

  Status insert_versions(std::int64_t first, std::int64_t end) {
    std::string names;
    std::string values;
    for (const Column& column : target_.table.columns) {
      names += sql_name(column.name) + ", ";
      values += "s." + sql_name(column.name) + ", ";
    }
    return count(
        counts_.written,
        session_.change(fmt::format(
            "INSERT INTO {} ({}{}, {}, {}, {}) SELECT {}s.{}, h.ending, h.ending IS NULL, "
            "h.renewed FROM {} AS s JOIN {} AS h ON h.place = s.{}",
            table_, names, sql_name(kStartColumn), sql_name(kEndColumn), sql_name(kActiveColumn),
            sql_name(kSyncedColumn), values, sql_name(kSyncedColumn), staged(first, end), kHeads,
            sql_name(kStageOrderColumn))));
  }

  // All updates of a stage give the same columns, so the others are those of the version that is
  // active before the first of them.
  Status update(std::int64_t first, std::int64_t end) {
    source_ = stage_.table().sql();
    completed_ = false;
    TRY(collect_keys(first, end));
    TRY(collect_actives());
    std::string columns;
    for (const Column& column : target_.table.columns) {
      columns += (stages(column.name) ? "t." : "a.") + sql_name(column.name) + ", ";
    }
    TRY(session_.run(fmt::format(
        "CREATE OR REPLACE TEMP TABLE {0} AS SELECT {1}t.{2}, t.{3}, 0 AS {4} FROM {5} AS t "
        "JOIN {6} AS k ON {7} JOIN {8} AS a ON a.{3} = k.{3}",
        table_name(kCompleted), columns, sql_name(kSyncedColumn), sql_name(kStageOrderColumn),
        sql_name(kStageOperationColumn), staged(first, end), kKeys,
        key_matches(key_, has_null_keys_), kActives)));
    source_ = kCompleted;
    completed_ = true;
    return write_versions(first, end);
  }

  // Ends all active versions that agree with a staged row in the columns it has of the key.
  Status end_versions(std::int64_t first, std::int64_t end) {
    std::string keys;
    for (const std::string& name : key_) {
      keys += staged_value(stage_, target_.table, "s.", name) + " AS " + sql_name(name) + ", ";
    }
    TRY(session_.run(fmt::format(
        "CREATE OR REPLACE TEMP TABLE {} AS SELECT {}min({}) AS {} FROM {} AS s WHERE {} "
        "GROUP BY {}",
        table_name(kKeys), keys, sql_name(kSyncedColumn), sql_name(kSyncedColumn),
        stage_.table().sql(), in_stage_piece(first, end), sql_names(key_, "s."))));
    const SqlRows nulls =
        TRY(session_.rows(fmt::format("SELECT count(*) FROM {} WHERE {}", kKeys, any_null(key_))));
    return count(counts_.deleted,
                 session_.change(fmt::format("UPDATE {} AS t SET {} FROM {} AS k WHERE {} AND t.{}",
                                             table_, ended_at("k." + sql_name(kSyncedColumn)),
                                             kKeys, key_matches(key_, nulls.at(0).at(0) != "0"),
                                             sql_name(kActiveColumn))));
  }

  Status truncate() {
    return count(counts_.deleted,
                 session_.change(fmt::format(
                     "UPDATE {} SET {} WHERE {} AND coalesce({} < {}, true)", table_,
                     ended_at(sql_instant(stage_.written_at())), sql_name(kActiveColumn),
                     sql_name(kSyncedColumn), sql_instant(stage_.truncate_before()))));
  }

  // What an UPDATE sets to end a version.
  static std::string ended_at(const std::string& instant) {
    return fmt::format("{} = {}, {} = false, {} = {}", sql_name(kEndColumn), instant,
                       sql_name(kActiveColumn), sql_name(kSyncedColumn), instant);
  }

  // The staged rows of a piece, with all columns of the table.
  std::string staged(std::int64_t first, std::int64_t end) const {
    std::string columns;
    for (const Column& column : target_.table.columns) {
      const std::string name = sql_name(column.name);
      if (completed_) {
        columns += "s." + name;
      } else if (stages(column.name)) {
        columns += staged_value(stage_, target_.table, "s.", column.name);
      } else {
        columns += "CAST(NULL AS " + sql_type(column.type) + ")";
      }
      columns += " AS " + name + ", ";
    }
    return fmt::format("(SELECT {}s.{}, s.{}, s.{} FROM {} AS s WHERE {})", columns,
                       sql_name(kSyncedColumn), sql_name(kStageOrderColumn),
                       sql_name(kStageOperationColumn), source_, in_stage_piece(first, end));
  }

  // "a.x IS NOT DISTINCT FROM s.x AND ..." for all columns but the key's.
  std::string equal(std::string_view one, std::string_view other) const {
    std::string conditions = "true";
    for (const Column& column : target_.table.columns) {
      if (std::find(key_.begin(), key_.end(), column.name) == key_.end()) {
        const std::string name = sql_name(column.name);
        conditions += fmt::format(" AND {}{} IS NOT DISTINCT FROM {}{}", one, name, other, name);
      }
    }
    return conditions;
  }

  // Without its catalog and schema, as CREATE TEMP TABLE has it.
  static std::string_view table_name(std::string_view table) {
    return table.substr(table.rfind('.') + 1);
  }

  static Status count(std::int64_t& rows, const Result<std::int64_t>& changed) {
    const std::int64_t more = TRY(changed);
    rows += more;
    return {};
  }

  DuckdbSession& session_;
  const Stage& stage_;
  const StageTarget& target_;
  const std::string table_;
  std::vector<std::string> key_;  // The columns of it that are staged.
  std::string source_;            // The table of the staged rows.
  bool completed_ = false;        // It has all columns of the table.
  std::int64_t piece_rows_ = 0;
  std::int64_t piece_keys_ = 0;
  bool has_null_keys_ = false;
  RowCounts counts_;
};

}  // namespace

Result<RowCounts> apply_history(DuckdbSession& session, const Stage& stage,
                                const StageTarget& target) {
  return HistoryApplication(session, stage, target).run();
}

}  // namespace tendril
