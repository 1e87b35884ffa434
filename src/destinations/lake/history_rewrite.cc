#include "destinations/lake/history_rewrite.h"

#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "connector/marks.h"
#include "destinations/lake/lake_names.h"

namespace tendril {
namespace {

std::string is_active() { return fmt::format("t.{}", quoted_name(kActiveColumn)); }

std::vector<std::string> value_names(const LakeLayout& layout) {
  std::vector<std::string> names;
  for (const Column& column : layout.columns) {
    if (column.type.kind != TypeKind::Unknown) {
      names.push_back(column.name);
    }
  }
  return names;
}

// The active versions, all of them or those of the keys in relation `keys`; nullopt when no file
// has one.
Result<std::optional<std::string>> active_rows(Workshop& workshop, const RewriteTarget& target,
                                               const std::string& keys) {
  const auto places = TRY(files_with(workshop, target, keys, is_active()));
  if (places.empty()) {
    return std::optional<std::string>();
  }
  const std::string old_rows = TRY(old_relation(workshop, target, places));
  return std::optional(fmt::format("(SELECT t.* FROM {} AS t WHERE {})", old_rows, is_active()));
}

// Makes table _tendril_versions of what is staged and the active versions of its keys: a row for
// each version that is there afterwards, and one for each delete.
Status collect_versions(LakeQueries& queries, const RewriteTarget& target,
                        const std::string& active) {
  const std::string values = name_list(value_names(target.set.layout));
  const std::string key = name_list(target.key);
  const std::string synced = quoted_name(kSyncedColumn);
  const std::string order = quoted_name(kLakeOrderColumn);
  const std::string operation = quoted_name(kLakeOperationColumn);
  const std::string start = quoted_name(kStartColumn);
  const std::string before =
      active.empty()
          ? std::string()
          : fmt::format(
                "SELECT {0}, {1}, {2}, -1 AS {3}, 0 AS {4} FROM {5} AS t SEMI JOIN "
                "_tendril_keys AS k ON {6} UNION ALL ",
                values, synced, start, order, operation, active, same_values(target.key, "t", "k"));
  TRY(queries.run(fmt::format(
      "CREATE OR REPLACE TEMP TABLE _tendril_versions AS WITH "
      "events AS ({before}SELECT {values}, {synced}, {synced} AS {start}, {order}, {operation} "
      "FROM {staged}), "
      "compared AS (SELECT *, CASE WHEN {operation} = 0 AND lag({operation}) OVER w = 0 AND "
      "row({values}) IS NOT DISTINCT FROM lag(row({values})) OVER w THEN 0 ELSE 1 END AS "
      "_tendril_begins FROM events WINDOW w AS (PARTITION BY {key} ORDER BY {order})), "
      "grouped AS (SELECT *, sum(_tendril_begins) OVER (PARTITION BY {key} ORDER BY {order} ROWS "
      "UNBOUNDED PRECEDING) AS _tendril_group FROM compared), "
      "renewed AS (SELECT *, max({synced}) OVER (PARTITION BY {key}, _tendril_group) AS "
      "_tendril_renewed FROM grouped) "
      "SELECT {values}, _tendril_renewed, {start}, {operation}, lead({synced}) OVER w AS "
      "_tendril_ended, lag({operation}) OVER w AS _tendril_before FROM renewed WHERE "
      "_tendril_begins = 1 WINDOW w AS (PARTITION BY {key} ORDER BY {order})",
      fmt::arg("before", before), fmt::arg("values", values), fmt::arg("synced", synced),
      fmt::arg("start", start), fmt::arg("order", order), fmt::arg("operation", operation),
      fmt::arg("staged", kStagedRelation), fmt::arg("key", key))));
  return {};
}

// Applies what kStagedRelation has.
Result<RewriteCounts> apply_staged(Workshop& workshop, const RewriteTarget& target) {
  RewriteCounts counts;
  LakeQueries* const queries = TRY(workshop.queries());
  const std::string operation = quoted_name(kLakeOperationColumn);
  TRY(queries->run(
      fmt::format("CREATE OR REPLACE TEMP TABLE _tendril_keys AS SELECT DISTINCT {} FROM {}",
                  name_list(target.key), kStagedRelation)));
  const auto places = TRY(files_with(workshop, target, "_tendril_keys", is_active()));
  std::string active;
  if (!places.empty()) {
    const std::string old_rows = TRY(old_relation(workshop, target, places));
    active = fmt::format("(SELECT t.* FROM {} AS t WHERE {})", old_rows, is_active());
  }
  TRY(collect_versions(*queries, target, active));
  counts.written = TRY(queries->number(
      fmt::format("SELECT count(*) FROM {} WHERE {} = 0", kStagedRelation, operation)));
  counts.deleted = TRY(queries->number(fmt::format(
      "SELECT count(*) FROM _tendril_versions WHERE {} = 1 AND _tendril_before = 0", operation)));
  if (!places.empty()) {
    TRY(replace_files(workshop, target, places, [&](const std::string& rows) {
      return fmt::format(
          "SELECT t.* FROM {0} AS t WHERE NOT {1} UNION ALL SELECT t.* FROM (SELECT * FROM {0} AS "
          "t "
          "WHERE {1}) AS t ANTI JOIN _tendril_keys AS k ON {2}",
          rows, is_active(), same_values(target.key, "t", "k"));
    }));
  }
  TRY(add_rows(workshop, target,
               fmt::format("SELECT {0}, coalesce(_tendril_ended, _tendril_renewed) AS {1}, {2}, "
                           "_tendril_ended AS {3}, _tendril_ended IS NULL AS {4} FROM "
                           "_tendril_versions WHERE {5} = 0",
                           name_list(value_names(target.set.layout)), quoted_name(kSyncedColumn),
                           quoted_name(kStartColumn), quoted_name(kEndColumn),
                           quoted_name(kActiveColumn), operation)));
  TRY(queries->run("DROP TABLE _tendril_versions"));
  return counts;
}

// Makes kStagedRelation of a query that gives rows as they are to follow; with the columns of the
// table, `_tendril_synced` and kLakeOrderColumn.
Status stage_query(LakeQueries& queries, const std::string& select, int operation) {
  // A view of the staged segment may stand in its place, which the query may read.
  TRY(queries.run(
      fmt::format("CREATE OR REPLACE TEMP TABLE _tendril_selected AS SELECT *, {} AS {} "
                  "FROM ({})",
                  operation, quoted_name(kLakeOperationColumn), select)));
  TRY(queries.run(fmt::format("CREATE OR REPLACE TEMP VIEW {} AS SELECT * FROM _tendril_selected",
                              kStagedRelation)));
  return {};
}

}  // namespace

Result<RewriteCounts> apply_history_rows(Workshop& workshop,
                                         const std::vector<const Segment*>& segments,
                                         const RewriteTarget& target) {
  TRY(stage_segments(workshop, segments, target.set));
  return apply_staged(workshop, target);
}

Result<RewriteCounts> apply_history_deletes(Workshop& workshop, const Segment& segment,
                                            const RewriteTarget& target,
                                            const std::vector<std::string>& part) {
  LakeQueries* const queries = TRY(workshop.queries());
  TRY(stage_segments(workshop, {&segment}, target.set));
  TRY(queries->run(
      fmt::format("CREATE OR REPLACE TEMP TABLE _tendril_parts AS SELECT DISTINCT {} FROM {}",
                  name_list(part), kStagedRelation)));
  const RewriteTarget by_part{target.set, target.folder, part};
  const auto active = TRY(active_rows(workshop, by_part, "_tendril_parts"));
  if (!active) {
    return RewriteCounts();
  }
  TRY(stage_query(
      *queries,
      fmt::format("SELECT {}, {} AS {}, 0 AS {} FROM {} AS t SEMI JOIN _tendril_parts AS "
                  "k ON {}",
                  name_list(value_names(target.set.layout), "t"),
                  timestamp_literal(segment.written_at()), quoted_name(kSyncedColumn),
                  quoted_name(kLakeOrderColumn), *active, same_values(part, "t", "k")),
      1));
  return apply_staged(workshop, target);
}

Result<RewriteCounts> apply_history_update(Workshop& workshop, const Segment& segment,
                                           const RewriteTarget& target) {
  RewriteCounts counts;
  LakeQueries* const queries = TRY(workshop.queries());
  TRY(stage_segments(workshop, {&segment}, target.set));
  // Updates of one key follow each other: the first of each key, then the second, and so on.
  TRY(queries->run(
      fmt::format("CREATE OR REPLACE TEMP TABLE _tendril_updates AS SELECT *, row_number() OVER "
                  "(PARTITION BY {} "
                  "ORDER BY {}) AS _tendril_round FROM {}",
                  name_list(target.key), quoted_name(kLakeOrderColumn), kStagedRelation)));
  const std::int64_t rounds =
      TRY(queries->number("SELECT coalesce(max(_tendril_round), 0)::BIGINT FROM _tendril_updates"));
  for (std::int64_t round = 1; round <= rounds; ++round) {
    const std::string updates =
        fmt::format("(SELECT * FROM _tendril_updates WHERE _tendril_round = {})", round);
    const auto active = TRY(active_rows(workshop, target, updates));
    if (!active) {
      break;
    }
    std::string values;
    for (const std::string& name : value_names(target.set.layout)) {
      const bool given = segment.layout().find(name) != nullptr;
      values += fmt::format("{}.{}, ", given ? "k" : "t", quoted_name(name));
    }
    TRY(stage_query(*queries,
                    fmt::format("SELECT {}k.{}, k.{} FROM {} AS t JOIN {} AS k ON {}", values,
                                quoted_name(kSyncedColumn), quoted_name(kLakeOrderColumn), *active,
                                updates, same_values(target.key, "t", "k")),
                    0));
    const RewriteCounts changed = TRY(apply_staged(workshop, target));
    counts.written += changed.written;
  }
  TRY(queries->run("DROP TABLE _tendril_updates"));
  return counts;
}

Result<RewriteCounts> apply_history_truncation(Workshop& workshop, const Segment& segment,
                                               const RewriteTarget& target) {
  const auto active = TRY(active_rows(workshop, target, ""));
  if (!active) {
    return RewriteCounts();
  }
  LakeQueries* const queries = TRY(workshop.queries());
  TRY(stage_query(*queries,
                  fmt::format("SELECT {}, {} AS {}, 0 AS {} FROM {} AS t WHERE t.{} < {}",
                              name_list(value_names(target.set.layout), "t"),
                              timestamp_literal(segment.written_at()), quoted_name(kSyncedColumn),
                              quoted_name(kLakeOrderColumn), *active, quoted_name(kSyncedColumn),
                              timestamp_literal(segment.truncate_before())),
                  1));
  return apply_staged(workshop, target);
}

}  // namespace tendril
