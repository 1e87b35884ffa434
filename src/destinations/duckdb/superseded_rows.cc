#include "destinations/duckdb/superseded_rows.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "connector/marks.h"
#include "destinations/duckdb/sql.h"

namespace tendril {
namespace {

// Keys that are held in memory at a time.
constexpr std::int64_t kPieceRows = 250'000;

constexpr std::string_view kKeysTable = "_tendril_new_keys";
constexpr std::string_view kRepeatedTable = "_tendril_repeated";

// Calls `step` with the table of the keys (and `_tendril_row`, the ids) of the rows after `last`,
// piece by piece; `matches` joins it, as k, with the table, as t.
Status for_each_piece(
    DuckdbSession& session, const StoredTable& table, const std::vector<std::string>& key,
    std::int64_t last,
    const std::function<Status(const std::string& keys, const std::string& matches)>& step) {
  if (last < 0) {
    return {};
  }
  const std::string name = table.name.sql();
  const SqlRows range = TRY(session.rows(
      fmt::format("SELECT min(rowid), max(rowid) FROM {} WHERE rowid > {}", name, last)));
  if (!range.at(0).at(0)) {
    return {};
  }
  const std::int64_t end = std::stoll(*range[0][1]);
  const std::string keys = temporary_table(std::string(kKeysTable)).sql();
  for (std::int64_t first = std::stoll(*range[0][0]); first <= end; first += kPieceRows) {
    TRY(session.run(
        fmt::format("CREATE OR REPLACE TEMPORARY TABLE {} AS SELECT {}, rowid AS "
                    "_tendril_row FROM {} WHERE rowid BETWEEN {} AND {}",
                    keys, sql_names(key), name, first, std::min(first + kPieceRows - 1, end))));
    const SqlRows nulls =
        TRY(session.rows(fmt::format("SELECT count(*) FROM {} WHERE {}", keys, any_null(key))));
    TRY(step(keys, key_matches(key, nulls.at(0).at(0) != "0")));
  }
  return session.run("DROP TABLE " + keys);
}

}  // namespace

std::string key_matches(const std::vector<std::string>& key, bool null_keys) {
  std::string matches;
  for (const std::string& name : key) {
    matches += fmt::format("{}t.{} {} k.{}", matches.empty() ? "" : " AND ", sql_name(name),
                           null_keys ? "IS NOT DISTINCT FROM" : "=", sql_name(name));
  }
  return matches;
}

std::string any_null(const std::vector<std::string>& key) {
  std::string condition;
  for (const std::string& name : key) {
    condition += (condition.empty() ? "" : " OR ") + sql_name(name) + " IS NULL";
  }
  return condition;
}

Result<std::int64_t> last_row(DuckdbSession& session, const TableName& name) {
  const SqlRows rows = TRY(session.rows("SELECT coalesce(max(rowid), -1) FROM " + name.sql()));
  return std::stoll(rows.at(0).at(0).value_or("-1"));
}

Status remove_superseded(DuckdbSession& session, const StoredTable& table,
                         const std::vector<std::string>& key, std::int64_t last) {
  return for_each_piece(
      session, table, key, last, [&](const std::string& keys, const std::string& matches) {
        return session.run(
            fmt::format("DELETE FROM {} AS t USING {} AS k WHERE {} AND t.rowid <= {}",
                        table.name.sql(), keys, matches, last));
      });
}

Result<std::unique_ptr<Stage>> stage_repeated(DuckdbSession& session, const StoredTable& table,
                                              const std::vector<std::string>& key,
                                              std::int64_t last, int number) {
  const std::string name = table.name.sql();
  const std::string repeated = temporary_table(std::string(kRepeatedTable)).sql();
  std::unique_ptr<Stage> stage;
  TRY(session.run(
      fmt::format("CREATE OR REPLACE TEMPORARY TABLE {} (_tendril_row BIGINT)", repeated)));
  TRY(for_each_piece(
      session, table, key, last, [&](const std::string& keys, const std::string& matches) {
        return session.run(
            fmt::format("INSERT INTO {} SELECT k._tendril_row FROM {} AS t JOIN {} AS k ON {} "
                        "WHERE t.rowid <= {} AND t.{}",
                        repeated, name, keys, matches, last, sql_name(kActiveColumn)));
      }));
  const SqlRows count = TRY(session.rows("SELECT count(*) FROM " + repeated));
  if (count.at(0).at(0) != "0") {
    stage = TRY(Stage::open(session, Stage::Kind::Merge, number, table.columns));
    std::string columns;
    for (const Column& column : table.columns) {
      columns += sql_name(column.name) + ", ";
    }
    const std::string rows =
        fmt::format("FROM {} WHERE rowid > {} AND rowid IN (SELECT _tendril_row FROM {})", name,
                    last, repeated);
    TRY(stage->fill(session, "SELECT " + columns + sql_name(kSyncedColumn) + " " + rows));
    TRY(session.run("DELETE " + rows));
  }
  TRY(session.run("DROP TABLE " + repeated));
  return stage;
}

}  // namespace tendril
