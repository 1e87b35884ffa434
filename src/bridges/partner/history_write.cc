#include "bridges/partner/history_write.h"

#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "bridges/partner/key_columns.h"

namespace tendril {
namespace {

// Temporary tables of one call.
constexpr std::string_view kRemovedTable = "_tendril_removed";
constexpr std::string_view kKnownTable = "_tendril_known";
constexpr std::string_view kResolvedTable = "_tendril_resolved";

class HistoryWriting {
 public:
  HistoryWriting(SqlSession& session, const SqlTable& table, const std::vector<std::string>& key,
                 const BatchFiles& files)
      : session_(session),
        table_(table),
        key_(key),
        files_(files),
        columns_(fillable_columns(table)),
        name_(session.sql(table.name)),
        start_(session.column(kVersionStart)),
        end_(session.column(kVersionEnd)),
        active_(session.column(kVersionActive)) {
    version_key_ = key_;
    version_key_.emplace_back(kVersionStart);
  }

  // `keeps`: the versions that go are kept for updates.
  Status apply_earliest_starts(const std::vector<std::string>& paths, bool keeps) {
    const StagedFiles staged =
        TRY(stage_files(session_, table_, files_, paths,
                        {.columns = version_key_, .required = version_key_, .partial = true}));
    const std::string firsts =
        fmt::format("(SELECT {0}, min({1}) AS first FROM {2} GROUP BY {0})",
                    column_list(session_, key_), start_, staged.stage->sql());
    const std::string same = same_keys(session_, key_, "t", "e");
    if (keeps) {
      TRY(session_.change(
          fmt::format("CREATE TEMPORARY TABLE {} AS SELECT {} FROM {} AS t JOIN {} AS e ON {} "
                      "AND t.{} >= e.first WHERE t.{}",
                      session_.temporary(kRemovedTable), column_list(session_, columns_, "t."),
                      name_, firsts, same, start_, active_)));
      has_removed_ = true;
    }
    TRY(session_.change(
        fmt::format("DELETE FROM {} AS t USING {} AS e WHERE {} AND t.{} >= e.first", name_, firsts,
                    same, start_)));
    // What ends later than the new versions start overlaps them, active or not.
    TRY(session_.change(fmt::format(
        "UPDATE {} AS t SET {} = FALSE, {} = {} FROM {} AS e WHERE {} AND (t.{} OR t.{} >= "
        "e.first)",
        name_, active_, end_, millisecond_before("e.first"), firsts, same, active_, end_)));
    return {};
  }

  Status replace(const std::vector<std::string>& paths) {
    const StagedFiles staged = TRY(stage_files(session_, table_, files_, paths,
                                               {.columns = columns_, .required = version_key_}));
    TRY(drop_repeated(session_, *staged.stage, version_key_));
    return put(staged.stage->sql());
  }

  Status update(const std::vector<std::string>& paths) {
    const StagedFiles staged =
        TRY(stage_files(session_, table_, files_, paths,
                        {.columns = columns_, .required = version_key_, .of_updates = true}));
    TRY(drop_repeated(session_, *staged.stage, version_key_));
    TRY(collect_known(staged.stage->sql()));
    const std::int64_t highest = TRY(
        number_rows(session_, *staged.stage, key_, std::string(kVersionStart), "_tendril_ranks"));
    for (std::int64_t rank = 1; rank <= highest; ++rank) {
      TRY(resolve(staged.stage->sql(), rank));
      const std::string resolved = session_.temporary(kResolvedTable);
      TRY(put(resolved));
      TRY(session_.change(fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM {2}",
                                      session_.temporary(kKnownTable),
                                      column_list(session_, columns_), resolved)));
      TRY(session_.change("DROP TABLE " + resolved));
    }
    return {};
  }

  Status remove(const std::vector<std::string>& paths) {
    std::vector<std::string> wanted = key_;
    wanted.emplace_back(kVersionEnd);
    const StagedFiles staged = TRY(stage_files(
        session_, table_, files_, paths, {.columns = wanted, .required = wanted, .partial = true}));
    TRY(session_.change(fmt::format(
        "UPDATE {0} AS t SET {1} = FALSE, {2} = d.last FROM (SELECT {3}, max({2}) AS last FROM {4} "
        "GROUP BY {3}) AS d WHERE {5} AND t.{1}",
        name_, active_, end_, column_list(session_, key_), staged.stage->sql(),
        same_keys(session_, key_, "t", "d"))));
    return {};
  }

 private:
  // The rows of `source` take the places of the versions that start with them.
  Status put(const std::string& source) {
    TRY(session_.change(fmt::format("DELETE FROM {} AS t USING {} AS s WHERE {}", name_, source,
                                    same_keys(session_, version_key_, "t", "s"))));
    TRY(session_.change(fmt::format("INSERT INTO {} ({}) SELECT {} FROM {} AS s", name_,
                                    column_list(session_, columns_),
                                    column_list(session_, columns_, "s."), source)));
    return {};
  }

  // The versions that updates may build on: of each key the last one before its first update, and
  // those after that.
  Status collect_known(const std::string& updates) {
    const std::string known = session_.temporary(kKnownTable);
    const std::string firsts = fmt::format("(SELECT {0}, min({1}) AS first FROM {2} GROUP BY {0})",
                                           column_list(session_, key_), start_, updates);
    TRY(session_.change(fmt::format(
        "CREATE TEMPORARY TABLE {0} AS SELECT {1} FROM (SELECT {2}, t.{3} < u.first AS is_before, "
        "row_number() OVER (PARTITION BY {4}, t.{3} < u.first ORDER BY t.{3} DESC) AS rank "
        "FROM {5} AS t JOIN {6} AS u ON {7}) AS v WHERE NOT v.is_before OR v.rank = 1",
        known, column_list(session_, columns_, "v."), column_list(session_, columns_, "t."), start_,
        column_list(session_, key_, "t."), name_, firsts, same_keys(session_, key_, "t", "u"))));
    if (!has_removed_) {
      return {};
    }
    // Before all others, since its own start came after the updates.
    std::string values;
    for (const std::string& column : columns_) {
      values += values.empty() ? "" : ", ";
      values += column == kVersionStart ? session_.instant(kFirstInstant)
                                        : "r." + session_.column(column);
    }
    TRY(session_.change(fmt::format(
        "INSERT INTO {0} ({1}) SELECT {2} FROM {3} AS r WHERE NOT EXISTS (SELECT 1 FROM {0} AS k "
        "WHERE {4} AND k.{5} < r.{5})",
        known, column_list(session_, columns_), values, session_.temporary(kRemovedTable),
        same_keys(session_, key_, "k", "r"), start_)));
    return {};
  }

  // Makes the table of the updates that are the `rank`-th of their keys, with all values.
  Status resolve(const std::string& updates, std::int64_t rank) {
    std::string values;
    for (std::size_t index = 0; index < columns_.size(); ++index) {
      values += updated_value(session_, columns_[index], index, "b") + " AS " +
                session_.column(columns_[index]) + ", ";
    }
    const std::string order = session_.column(kStagedOrder);
    TRY(session_.change(fmt::format(
        "CREATE TEMPORARY TABLE {0} AS SELECT {1} FROM (SELECT {2}row_number() OVER (PARTITION BY "
        "s.{3} ORDER BY b.{4} DESC) AS rank FROM {5} AS s JOIN {6} AS n ON n.{3} = s.{3} "
        "AND n.rank = {7} JOIN {8} AS b ON {9} AND b.{4} <= s.{4}) AS v WHERE v.rank = 1",
        session_.temporary(kResolvedTable), column_list(session_, columns_, "v."), values, order,
        start_, updates, session_.temporary("_tendril_ranks"), rank,
        session_.temporary(kKnownTable), same_keys(session_, key_, "b", "s"))));
    return {};
  }

  // 0001-01-01T00:00:00Z
  static constexpr Instant kFirstInstant = instant_from_micros(-62'135'596'800'000'000);

  SqlSession& session_;
  const SqlTable& table_;
  const std::vector<std::string>& key_;
  std::vector<std::string> version_key_;
  const BatchFiles& files_;
  const std::vector<std::string> columns_;
  const std::string name_;
  const std::string start_;  // As SQL names them.
  const std::string end_;
  const std::string active_;
  bool has_removed_ = false;
};

}  // namespace

std::string millisecond_before(const std::string& instant) {
  return "(" + instant + " - INTERVAL '1 millisecond')";
}

Status check_history_mode(const SqlTable& table) {
  for (const std::string_view name : {kVersionStart, kVersionEnd, kVersionActive}) {
    if (table.find(name) == nullptr) {
      return Error{ErrorCode::BadData,
                   fmt::format("table {} is not in history mode: it has no column {}",
                               shown(table.name), name)};
    }
  }
  return {};
}

Status write_history(SqlSession& session, const SqlTable& table,
                     const std::vector<std::string>& key, const BatchFiles& files,
                     const BatchPaths& paths) {
  TRY(check_history_mode(table));
  if (key.empty()) {
    return Error{ErrorCode::InvalidConfig, "table has no primary key: " + shown(table.name)};
  }
  HistoryWriting writing(session, table, key, files);
  if (!paths.earliest_starts.empty()) {
    TRY(writing.apply_earliest_starts(paths.earliest_starts, !paths.updates.empty()));
  }
  if (!paths.replacements.empty()) {
    TRY(writing.replace(paths.replacements));
  }
  if (!paths.updates.empty()) {
    TRY(writing.update(paths.updates));
  }
  if (!paths.deletions.empty()) {
    TRY(writing.remove(paths.deletions));
  }
  return {};
}

}  // namespace tendril
