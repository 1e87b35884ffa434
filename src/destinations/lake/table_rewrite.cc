#include "destinations/lake/table_rewrite.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "connector/marks.h"
#include "core/check.h"
#include "destinations/lake/lake_names.h"
#include "destinations/lake/output_file.h"

namespace tendril {
namespace {

constexpr std::int64_t kRowsPerGroupMin = 2'048;
constexpr std::int64_t kRowsPerGroupMax = 122'880;
constexpr std::int64_t kGroupBytes = 8'000'000;

// What a row weighs in memory, for one byte in its file. A guess on the safe side.
constexpr std::int64_t kUnpacked = 4;

// Order marks of files that follow each other do not meet.
constexpr std::int64_t kRowsPerFileMax = std::int64_t{1} << 40U;

std::string_view codec_name(LakeCompression compression) {
  switch (compression) {
    case LakeCompression::None: return "uncompressed";
    case LakeCompression::Snappy: return "snappy";
    case LakeCompression::Zstd: return "zstd";
  }
  return "snappy";
}

// So many rows that a row group fits in memory, whatever the width of the table.
std::int64_t rows_per_group(const FileSet& set) {
  const std::int64_t bytes =
      std::accumulate(set.files.begin(), set.files.end(), std::int64_t{0},
                      [](std::int64_t sum, const LakeFile& file) { return sum + file.bytes; });
  const std::int64_t row = bytes * kUnpacked / std::max<std::int64_t>(set.row_count(), 1) + 1;
  const auto columns = static_cast<std::int64_t>(set.layout.columns.size());
  return std::clamp(kGroupBytes / std::max(row, columns * 8), kRowsPerGroupMin, kRowsPerGroupMax);
}

LakeLayout key_layout(const RewriteTarget& target) {
  LakeLayout layout{.columns = {},
                    .has_deleted = target.set.layout.has_deleted,
                    .has_versions = target.set.layout.has_versions};
  for (const std::string& name : target.key) {
    const Column* const column = target.set.layout.find(name);
    CHECK(column != nullptr);
    layout.columns.push_back(*column);
  }
  return layout;
}

std::vector<std::string> column_names(const LakeLayout& layout) {
  std::vector<std::string> names;
  for (const Column& column : layout.columns) {
    if (column.type.kind != TypeKind::Unknown) {
      names.push_back(column.name);
    }
  }
  return names;
}

// The rows of a staged file, with all columns of the table.
std::string staged_rows(const ReadableFile& file, const FileSet& set, std::int64_t first,
                        bool deletes) {
  std::string columns;
  for (const Column& column : set.layout.columns) {
    if (column.type.kind != TypeKind::Unknown) {
      columns += wanted_column(column, *file.layout, set.steps) + ", ";
    }
  }
  return fmt::format(
      "SELECT {}{}, {} + file_row_number AS {}, {} AS {} FROM read_parquet({}, file_row_number = "
      "true, hive_partitioning = false)",
      columns, quoted_name(kSyncedColumn), first, quoted_name(kLakeOrderColumn), deletes ? 1 : 0,
      quoted_name(kLakeOperationColumn), quoted_text(file.path.string()));
}

Error no_file(const std::filesystem::path& path, const std::error_code& error) {
  return {.code = ErrorCode::System,
          .message = "can not read " + path.string() + ": " + error.message()};
}

// Keys of the staged rows, with the last upsert and the last delete of each.
Status collect_keys(LakeQueries& queries, const std::vector<std::string>& key) {
  TRY(queries.run(fmt::format(
      "CREATE OR REPLACE TEMP TABLE _tendril_keys AS SELECT {0}, max({1}) FILTER ({2} = 0) AS "
      "_tendril_upserted, max({1}) FILTER ({2} = 1) AS _tendril_removed, count(*) AS "
      "_tendril_count FROM {3} GROUP BY {0}",
      name_list(key), quoted_name(kLakeOrderColumn), quoted_name(kLakeOperationColumn),
      kStagedRelation)));
  return {};
}

constexpr std::string_view kLastRemoved =
    "k._tendril_removed IS NOT NULL AND (k._tendril_upserted IS NULL OR k._tendril_removed > "
    "k._tendril_upserted)";

// Rows of old files whose key was deleted stay, and are marked; those that were upserted go.
std::string marked_rows(const RewriteTarget& target, const std::string& old_rows, Instant now) {
  return fmt::format(
      "SELECT t.* REPLACE (CASE WHEN k._tendril_removed IS NOT NULL AND t.{0} IS NOT TRUE THEN {1} "
      "ELSE t.{2} END AS {2}, (k._tendril_removed IS NOT NULL OR t.{0} IS TRUE) AS {0}) FROM {3} "
      "AS t LEFT JOIN _tendril_keys AS k ON {4} WHERE k._tendril_upserted IS NULL",
      quoted_name(kDeletedColumn), timestamp_literal(now), quoted_name(kSyncedColumn), old_rows,
      same_values(target.key, "t", "k"));
}

// Adds the last upsert of each key. Staged files become files of the table as they are where they
// have nothing else.
Result<std::int64_t> add_upserts(Workshop& workshop, const std::vector<const Segment*>& segments,
                                 const RewriteTarget& target) {
  LakeQueries* const queries = TRY(workshop.queries());
  const std::int64_t others =
      TRY(queries->number("SELECT count(*) FROM _tendril_keys WHERE _tendril_count > 1 OR "
                          "_tendril_removed IS NOT NULL"));
  if (others == 0) {
    std::int64_t rows = 0;
    for (const Segment* segment : segments) {
      rows += segment->row_count();
      for (const LakeFile& file : segment->files()) {
        target.set.files.push_back(file);
      }
    }
    return rows;
  }
  const std::string deleted =
      target.set.layout.has_deleted
          ? fmt::format(", ({}) AS {}", kLastRemoved, quoted_name(kDeletedColumn))
          : std::string();
  std::vector<std::string> names = column_names(target.set.layout);
  names.emplace_back(kSyncedColumn);
  const std::string kept = target.hard_deletes ? fmt::format("NOT ({})", kLastRemoved) : "true";
  return add_rows(workshop, target,
                  fmt::format("SELECT {}{} FROM {} AS s JOIN _tendril_keys AS k ON s.{} = "
                              "k._tendril_upserted WHERE {}",
                              name_list(names, "s"), deleted, kStagedRelation,
                              quoted_name(kLakeOrderColumn), kept));
}

}  // namespace

Status stage_segments(Workshop& workshop, const std::vector<const Segment*>& segments,
                      const FileSet& set) {
  LakeQueries* const queries = TRY(workshop.queries());
  std::string rows;
  std::int64_t first = 0;
  for (const Segment* segment : segments) {
    for (const LakeFile& file : segment->files()) {
      const ReadableFile readable = TRY(workshop.readable(file));
      rows += rows.empty() ? "" : " UNION ALL ";
      rows += staged_rows(readable, set, first, segment->operation() == Operation::Delete);
      first += kRowsPerFileMax;
    }
  }
  CHECK(!rows.empty());
  TRY(queries->run(fmt::format("CREATE OR REPLACE TEMP VIEW {} AS {}", kStagedRelation, rows)));
  return {};
}

Result<std::string> old_relation(Workshop& workshop, const RewriteTarget& target,
                                 const std::vector<std::size_t>& places, bool names) {
  std::vector<ReadableFile> files;
  for (const std::size_t place : places) {
    ReadableFile file = TRY(workshop.readable(target.set.files[place]));
    files.push_back(std::move(file));
  }
  return relation_of(files, target.set.layout, target.set.steps, names);
}

Result<std::vector<std::size_t>> files_with(Workshop& workshop, const RewriteTarget& target,
                                            const std::string& keys, const std::string& condition) {
  std::vector<ReadableFile> files;
  std::map<std::string, std::size_t> places;
  for (std::size_t place = 0; place < target.set.files.size(); ++place) {
    if (target.set.files[place].rows > 0) {
      ReadableFile file = TRY(workshop.readable(target.set.files[place]));
      places[file.path.string()] = place;
      files.push_back(std::move(file));
    }
  }
  std::vector<std::size_t> found;
  if (files.empty()) {
    return found;
  }
  LakeQueries* const queries = TRY(workshop.queries());
  const std::string joined = keys.empty() ? std::string()
                                          : fmt::format("SEMI JOIN {} AS k ON {}", keys,
                                                        same_values(target.key, "t", "k"));
  const auto rows = TRY(queries->rows(fmt::format(
      "SELECT DISTINCT t.{0} FROM (SELECT * FROM {1} AS t WHERE {2}) AS t {3} ORDER BY 1",
      quoted_name(kLakeFileColumn), relation_of(files, key_layout(target), target.set.steps, true),
      condition, joined)));
  for (const auto& row : rows) {
    const auto place = places.find(row.at(0).value_or(""));
    CHECK(place != places.end());
    found.push_back(place->second);
  }
  return found;
}

Result<std::int64_t> add_rows(Workshop& workshop, const RewriteTarget& target,
                              const std::string& select) {
  LakeQueries* const queries = TRY(workshop.queries());
  const std::filesystem::path path = workshop.next_path();
  const std::int64_t rows = TRY(queries->run(
      fmt::format("COPY ({}) TO {} (FORMAT parquet, COMPRESSION {}, ROW_GROUP_SIZE {})", select,
                  quoted_text(path.string()), codec_name(workshop.options().rows.compression),
                  rows_per_group(target.set))));
  std::error_code error;
  if (rows == 0) {
    std::filesystem::remove(path, error);
    return rows;
  }
  const auto bytes = std::filesystem::file_size(path, error);
  if (error) {
    return no_file(path, error);
  }
  std::string sum = TRY(file_crc32(path));
  target.set.files.push_back(
      workshop.enter(path, target.folder, target.set.layout,
                     {rows, static_cast<std::int64_t>(bytes), std::move(sum)}));
  return rows;
}

Status replace_files(Workshop& workshop, const RewriteTarget& target,
                     const std::vector<std::size_t>& places, const RewriteQuery& select) {
  // Small files come together as they are rewritten.
  std::size_t next = 0;
  while (next < places.size()) {
    std::vector<std::size_t> group;
    std::int64_t bytes = 0;
    while (next < places.size() && (group.empty() || bytes + target.set.files[places[next]].bytes <=
                                                         workshop.options().file_bytes)) {
      bytes += target.set.files[places[next]].bytes;
      group.push_back(places[next++]);
    }
    for (const std::size_t place : group) {
      TRY(workshop.verify(target.set.files[place]));
    }
    const std::string old_rows = TRY(old_relation(workshop, target, group));
    TRY(add_rows(workshop, target, select(old_rows)));
  }
  std::vector<LakeFile> kept;
  for (std::size_t place = 0; place < target.set.files.size(); ++place) {
    if (std::find(places.begin(), places.end(), place) == places.end()) {
      kept.push_back(std::move(target.set.files[place]));
    }
  }
  target.set.files = std::move(kept);
  return {};
}

Result<RewriteCounts> apply_merge(Workshop& workshop, const std::vector<const Segment*>& segments,
                                  const RewriteTarget& target) {
  RewriteCounts counts;
  LakeQueries* const queries = TRY(workshop.queries());
  TRY(stage_segments(workshop, segments, target.set));
  TRY(collect_keys(*queries, target.key));
  const auto places = TRY(files_with(workshop, target, "_tendril_keys", "true"));
  if (!places.empty()) {
    const std::string old_rows = TRY(old_relation(workshop, target, places));
    const std::string unmarked =
        target.hard_deletes ? ""
                            : fmt::format(" AND t.{} IS NOT TRUE", quoted_name(kDeletedColumn));
    const bool deletes = std::any_of(segments.begin(), segments.end(), [](const Segment* segment) {
      return segment->operation() == Operation::Delete;
    });
    if (deletes) {
      counts.deleted = TRY(queries->number(
          fmt::format("SELECT count(*) FROM {} AS t JOIN _tendril_keys AS k ON {} WHERE {}{}",
                      old_rows, same_values(target.key, "t", "k"), kLastRemoved, unmarked)));
    }
    const Instant now = segments.back()->written_at();
    const RewriteQuery others = [&](const std::string& rows) {
      return target.hard_deletes || !deletes
                 ? fmt::format("SELECT t.* FROM {} AS t ANTI JOIN _tendril_keys AS k ON {}", rows,
                               same_values(target.key, "t", "k"))
                 : marked_rows(target, rows, now);
    };
    TRY(replace_files(workshop, target, places, others));
  }
  counts.written = TRY(add_upserts(workshop, segments, target));
  return counts;
}

Result<RewriteCounts> apply_update(Workshop& workshop, const Segment& segment,
                                   const RewriteTarget& target) {
  RewriteCounts counts;
  LakeQueries* const queries = TRY(workshop.queries());
  TRY(stage_segments(workshop, {&segment}, target.set));
  TRY(collect_keys(*queries, target.key));
  TRY(queries->run(fmt::format(
      "CREATE OR REPLACE TEMP TABLE _tendril_updates AS SELECT s.* FROM {} AS s JOIN _tendril_keys "
      "AS k ON s.{} = k._tendril_upserted",
      kStagedRelation, quoted_name(kLakeOrderColumn))));
  const auto places = TRY(files_with(workshop, target, "_tendril_updates", "true"));
  if (!places.empty()) {
    const std::string old_rows = TRY(old_relation(workshop, target, places));
    counts.written = TRY(queries->number(
        fmt::format("SELECT count(*) FROM {} AS t SEMI JOIN _tendril_updates AS k ON {}", old_rows,
                    same_values(target.key, "t", "k"))));
    std::vector<std::string> changed = column_names(segment.layout());
    std::erase_if(changed, [&](const std::string& name) {
      return std::find(target.key.begin(), target.key.end(), name) != target.key.end();
    });
    changed.emplace_back(kSyncedColumn);
    std::string changes;
    for (const std::string& name : changed) {
      changes += changes.empty() ? "" : ", ";
      changes += fmt::format("CASE WHEN k.{1} IS NULL THEN t.{0} ELSE k.{0} END AS {0}",
                             quoted_name(name), quoted_name(kLakeOrderColumn));
    }
    TRY(replace_files(workshop, target, places, [&](const std::string& rows) {
      return fmt::format(
          "SELECT t.* REPLACE ({}) FROM {} AS t LEFT JOIN _tendril_updates AS k ON {}", changes,
          rows, same_values(target.key, "t", "k"));
    }));
  }
  TRY(queries->run("DROP TABLE _tendril_updates"));
  return counts;
}

Result<RewriteCounts> apply_truncation(Workshop& workshop, const Segment& segment,
                                       const RewriteTarget& target) {
  RewriteCounts counts;
  std::string gone = fmt::format("coalesce(t.{} < {}, true)", quoted_name(kSyncedColumn),
                                 timestamp_literal(segment.truncate_before()));
  if (!target.hard_deletes) {
    gone += fmt::format(" AND t.{} IS NOT TRUE", quoted_name(kDeletedColumn));
  }
  const auto places = TRY(files_with(workshop, target, "", gone));
  if (places.empty()) {
    return counts;
  }
  LakeQueries* const queries = TRY(workshop.queries());
  const std::string old_rows = TRY(old_relation(workshop, target, places));
  counts.deleted =
      TRY(queries->number(fmt::format("SELECT count(*) FROM {} AS t WHERE {}", old_rows, gone)));
  TRY(replace_files(workshop, target, places, [&](const std::string& rows) {
    return target.hard_deletes
               ? fmt::format("SELECT t.* FROM {} AS t WHERE NOT ({})", rows, gone)
               : fmt::format(
                     "SELECT t.* REPLACE (CASE WHEN {0} THEN {1} ELSE t.{2} END AS {2}, "
                     "({0} OR t.{3} IS TRUE) AS {3}) FROM {4} AS t",
                     gone, timestamp_literal(segment.written_at()), quoted_name(kSyncedColumn),
                     quoted_name(kDeletedColumn), rows);
  }));
  return counts;
}

Status conform_files(Workshop& workshop, const RewriteTarget& target) {
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < target.set.files.size(); ++place) {
    const LakeFile& file = target.set.files[place];
    const bool conforms = std::all_of(
        file.columns->columns.begin(), file.columns->columns.end(), [&](const Column& column) {
          const Column* const wanted = target.set.layout.find(column.name);
          CHECK(wanted != nullptr);
          return unites(column.type, wanted->type);
        });
    if (!conforms) {
      places.push_back(place);
    }
  }
  return places.empty() ? Status()
                        : replace_files(workshop, target, places, [](const std::string& rows) {
                            return fmt::format("SELECT * FROM {}", rows);
                          });
}

}  // namespace tendril
