#include "destinations/postgres/history_application.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "connector/marks.h"
#include "destinations/postgres/sql.h"
#include "destinations/postgres/stage_marks.h"
#include "destinations/postgres/staged_keys.h"

namespace tendril {
namespace {

const PostgresTableName kVersionsTable{"", "_tendril_versions"};

// Columns of the events beside those of the table.
constexpr std::string_view kAt = "_tendril_at";             // When it was written.
constexpr std::string_view kPlace = "_tendril_place";       // The stored row; null: a staged one.
constexpr std::string_view kContent = "_tendril_content";   // What versions differ in.
constexpr std::string_view kBegins = "_tendril_begins";     // Unlike what was before.
constexpr std::string_view kRun = "_tendril_run";           // Numbers what is alike.
constexpr std::string_view kLastAt = "_tendril_last_at";    // When its last like was written.
constexpr std::string_view kEndedAt = "_tendril_ended_at";  // When another took its place.

class HistoryApplication {
 public:
  HistoryApplication(PostgresSession& session, const PostgresStage& stage,
                     const StagedTarget& target)
      : session_(session), stage_(stage), target_(target), table_(target.table.name.sql()) {
    for (const PostgresColumn& column : target.table.columns) {
      names_ += postgres_name(column.name) + ", ";
    }
  }

  Result<StagedCounts> run() {
    if (stage_.kind() == PostgresStage::Kind::Truncate) {
      TRY(truncate());
      return counts_;
    }
    const StagedKeys keys =
        TRY(StagedKeys::collect(session_, stage_, target_.table, staged_key(stage_, target_.key)));
    if (stage_.kind() == PostgresStage::Kind::Delete) {
      TRY(end_keys(keys));
    } else {
      TRY(collect_versions(keys));
      TRY(write_versions());
    }
    TRY(keys.drop(session_));
    TRY(session_.run("DROP TABLE " + stage_.table().sql()));
    return counts_;
  }

 private:
  static std::string end_at(const std::string& instant) {
    return fmt::format("{} = {}, {} = false, {} = {}", postgres_name(kEndColumn), instant,
                       postgres_name(kActiveColumn), postgres_name(kSyncedColumn), instant);
  }

  Status truncate() {
    return count(counts_.deleted,
                 session_.change(fmt::format(
                     "UPDATE {} SET {} WHERE {} AND coalesce({} < {}, true)", table_,
                     end_at(postgres_instant(stage_.written_at())), postgres_name(kActiveColumn),
                     postgres_name(kSyncedColumn), postgres_instant(stage_.truncate_before()))));
  }

  // Ends the active versions of keys, or of all that agree with a part of one.
  Status end_keys(const StagedKeys& keys) {
    for (const std::string& match : keys.matches()) {
      TRY(count(counts_.deleted,
                session_.change(fmt::format("UPDATE {} AS t SET {} FROM {} AS k WHERE {} AND t.{}",
                                            table_, end_at("k." + postgres_name(kFirstSyncedMark)),
                                            keys.table(), match, postgres_name(kActiveColumn)))));
    }
    return {};
  }

  bool is_key(const std::string& name) const {
    return std::find(target_.key.begin(), target_.key.end(), name) != target_.key.end();
  }

  // What two versions of a key differ in. The type json has no equality; its text has.
  std::string content() const {
    std::string values;
    for (const PostgresColumn& column : target_.table.columns) {
      if (!is_key(column.name)) {
        values += postgres_name(column.name) +
                  (column.type.exact_json ? std::string("::text, ") : std::string(", "));
      }
    }
    return "ROW(" + values + "0)";
  }

  bool is_staged(const std::string& name) const {
    const auto& columns = stage_.columns();
    return std::any_of(columns.begin(), columns.end(),
                       [&](const auto& column) { return column.name == name; });
  }

  // "SELECT ..., at, order, operation, place", up to the FROM. Columns that are not staged come
  // from the row "t", or are null.
  std::string staged_event(bool over_stored) const {
    std::string values;
    for (const PostgresColumn& column : target_.table.columns) {
      if (is_staged(column.name)) {
        values += staged_value(stage_, target_.table, "s.", column.name) + ", ";
      } else {
        values += (over_stored ? "t." + postgres_name(column.name)
                               : "NULL::" + postgres_type(column.type)) +
                  ", ";
      }
    }
    return fmt::format("SELECT {}s.{}, s.{}, s.{}, NULL::tid", values, postgres_name(kSyncedColumn),
                       postgres_name(kOrderMark), postgres_name(kOperationMark));
  }

  // What happened to the keys, and the active versions before it.
  std::string events(const StagedKeys& keys) const {
    std::string stored;
    for (const PostgresColumn& column : target_.table.columns) {
      stored += "t." + postgres_name(column.name) + ", ";
    }
    std::string all;
    const auto add = [&](const std::string& select) {
      all += (all.empty() ? "" : " UNION ALL ") + select;
    };
    for (const std::string& match : keys.matches()) {
      add(
          fmt::format("SELECT {}t.{}, -1::bigint, 0::smallint, t.ctid FROM {} AS t JOIN {} AS k "
                      "ON {} WHERE t.{}",
                      stored, postgres_name(kSyncedColumn), table_, keys.table(), match,
                      postgres_name(kActiveColumn)));
    }
    if (stage_.kind() == PostgresStage::Kind::Merge) {
      add(staged_event(false) + " FROM " + stage_.table().sql() + " AS s");
      return all;
    }
    for (const std::string& match : keys.staged_matches(stage_, target_.table)) {
      add(fmt::format("{} FROM {} AS s JOIN {} AS t ON {} WHERE t.{}", staged_event(true),
                      stage_.table().sql(), table_, match, postgres_name(kActiveColumn)));
    }
    return all;
  }

  // Makes the table of versions: those that were active, those that came, and the ends by deletes.
  Status collect_versions(const StagedKeys& keys) {
    const std::string order = postgres_name(kOrderMark);
    const std::string operation = postgres_name(kOperationMark);
    const std::string key = postgres_names(target_.key);
    const std::string by_key = fmt::format("PARTITION BY {} ORDER BY {}", key, order);
    TRY(session_.run(fmt::format(
        "CREATE TEMPORARY TABLE {versions} ON COMMIT DROP AS "
        "WITH _tendril_events ({names}{at}, {order}, {operation}, {place}) AS ({events}), "
        "_tendril_contents AS (SELECT *, {content} AS {content_name} FROM _tendril_events), "
        "_tendril_told AS (SELECT *, CASE WHEN {operation} = 1 "
        "THEN coalesce(lag({operation}) OVER w = 0, false) "
        "ELSE lag({operation}) OVER w IS DISTINCT FROM 0::smallint "
        "OR lag({content_name}) OVER w IS DISTINCT FROM {content_name} END AS {begins} "
        "FROM _tendril_contents WINDOW w AS ({by_key})), "
        "_tendril_runs AS (SELECT *, sum({begins}::int) OVER ({by_key}) AS {run} "
        "FROM _tendril_told), "
        "_tendril_ends AS (SELECT *, max({at}) OVER (PARTITION BY {key}, {run}) AS {last_at} "
        "FROM _tendril_runs) "
        "SELECT {names}{at}, {operation}, {place}, {last_at}, "
        "lead({at}) OVER ({by_key}) AS {ended_at} FROM _tendril_ends WHERE {begins}",
        fmt::arg("versions", kVersionsTable.sql()), fmt::arg("names", names_),
        fmt::arg("at", postgres_name(kAt)), fmt::arg("order", order),
        fmt::arg("operation", operation), fmt::arg("place", postgres_name(kPlace)),
        fmt::arg("events", events(keys)), fmt::arg("content", content()),
        fmt::arg("content_name", postgres_name(kContent)),
        fmt::arg("begins", postgres_name(kBegins)), fmt::arg("by_key", by_key),
        fmt::arg("run", postgres_name(kRun)), fmt::arg("key", key),
        fmt::arg("last_at", postgres_name(kLastAt)),
        fmt::arg("ended_at", postgres_name(kEndedAt)))));
    return {};
  }

  Status write_versions() {
    const std::string versions = kVersionsTable.sql();
    const std::string ended = postgres_name(kEndedAt);
    // What ends a version, or equals it, renews the time at which it was last synced.
    TRY(session_.run(
        fmt::format("UPDATE {table} AS t SET {end} = v.{ended}, {active} = v.{ended} IS NULL, "
                    "{synced} = coalesce(v.{ended}, v.{last}) FROM {versions} AS v "
                    "WHERE t.ctid = v.{place} AND t.{active} "
                    "AND (v.{ended} IS NOT NULL OR v.{last} IS DISTINCT FROM v.{at})",
                    fmt::arg("table", table_), fmt::arg("end", postgres_name(kEndColumn)),
                    fmt::arg("active", postgres_name(kActiveColumn)), fmt::arg("ended", ended),
                    fmt::arg("synced", postgres_name(kSyncedColumn)),
                    fmt::arg("last", postgres_name(kLastAt)), fmt::arg("versions", versions),
                    fmt::arg("place", postgres_name(kPlace)), fmt::arg("at", postgres_name(kAt)))));
    TRY(count(
        counts_.written,
        session_.change(fmt::format(
            "INSERT INTO {table} ({names}{start}, {end}, {active}, {synced}) "
            "SELECT {names}{at}, {ended}, {ended} IS NULL, coalesce({ended}, {last}) "
            "FROM {versions} WHERE {operation} = 0 AND {place} IS NULL",
            fmt::arg("table", table_), fmt::arg("names", names_),
            fmt::arg("start", postgres_name(kStartColumn)),
            fmt::arg("end", postgres_name(kEndColumn)),
            fmt::arg("active", postgres_name(kActiveColumn)),
            fmt::arg("synced", postgres_name(kSyncedColumn)), fmt::arg("at", postgres_name(kAt)),
            fmt::arg("ended", ended), fmt::arg("last", postgres_name(kLastAt)),
            fmt::arg("versions", versions), fmt::arg("operation", postgres_name(kOperationMark)),
            fmt::arg("place", postgres_name(kPlace))))));
    const PostgresRows deletes = TRY(session_.rows(fmt::format(
        "SELECT count(*) FROM {} WHERE {} = 1", versions, postgres_name(kOperationMark))));
    counts_.deleted += std::stoll(deletes.at(0).at(0).value_or("0"));
    return session_.run("DROP TABLE " + versions);
  }

  static Status count(std::int64_t& rows, const Result<std::int64_t>& changed) {
    const std::int64_t more = TRY(changed);
    rows += more;
    return {};
  }

  PostgresSession& session_;
  const PostgresStage& stage_;
  const StagedTarget& target_;
  const std::string table_;
  std::string names_;  // Of all columns of the table, each with a comma behind it.
  StagedCounts counts_;
};

}  // namespace

Result<StagedCounts> apply_history_stage(PostgresSession& session, const PostgresStage& stage,
                                         const StagedTarget& target) {
  return HistoryApplication(session, stage, target).run();
}

}  // namespace tendril
