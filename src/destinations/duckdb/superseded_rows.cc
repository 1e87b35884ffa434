#include "destinations/duckdb/superseded_rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "destinations/duckdb/sql.h"

namespace tendril {
namespace {

// Keys that are held in memory at a time.
constexpr std::int64_t kPieceRows = 250'000;

constexpr std::string_view kKeysTable = "_tendril_new_keys";

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
    TRY(session.run(fmt::format(
        "CREATE OR REPLACE TEMPORARY TABLE {} AS SELECT {} FROM {} WHERE rowid BETWEEN {} AND {}",
        keys, sql_names(key), name, first, std::min(first + kPieceRows - 1, end))));
    const SqlRows nulls =
        TRY(session.rows(fmt::format("SELECT count(*) FROM {} WHERE {}", keys, any_null(key))));
    TRY(session.run(fmt::format("DELETE FROM {} AS t USING {} AS k WHERE {} AND t.rowid <= {}",
                                name, keys, key_matches(key, nulls.at(0).at(0) != "0"), last)));
  }
  return session.run("DROP TABLE " + keys);
}

}  // namespace tendril
