#include "destinations/lake/table_writer.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "core/check.h"
#include "destinations/lake/history_rewrite.h"
#include "destinations/lake/lake_names.h"

namespace tendril {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<Column> renamed(std::vector<Column> columns, const std::vector<std::string>& names) {
  for (std::size_t index = 0; index < columns.size(); ++index) {
    columns[index].name = names[index];
  }
  return columns;
}

void grow(FileSet& set, const std::vector<Column>& wanted) {
  TableSchema schema{.name = "", .columns = std::move(set.layout.columns)};
  const TableSchema widest{.name = "", .columns = wanted};
  for (const auto change = schema_change(schema, widest); const Column& column : change.widened) {
    const Type before = schema.find(column.name)->type;
    if (before.kind != TypeKind::Unknown) {
      set.steps[column.name].push_back(before);
    }
  }
  evolve(schema, widest);
  set.layout.columns = std::move(schema.columns);
}

Error refused(LakeFormat format, std::string_view what, const std::string& table) {
  return {
      .code = ErrorCode::InvalidConfig,
      .message = fmt::format("{} files can not {}; parquet, duckdb and postgres destinations can, "
                             "or write with --mode append or replace: table {}",
                             to_string(format), what, table)};
}

}  // namespace

LakeTableWriter::LakeTableWriter(Workshop& workshop, TablePlan plan)
    : workshop_(workshop), plan_(std::move(plan)) {}

Result<std::unique_ptr<LakeTableWriter>> LakeTableWriter::prepare(Workshop& workshop,
                                                                  TablePlan plan,
                                                                  const LakeTable* present) {
  std::unique_ptr<LakeTableWriter> writer(new LakeTableWriter(workshop, std::move(plan)));
  TRY(writer->check_plan());
  TRY(writer->make_ready(present));
  return writer;
}

Status LakeTableWriter::check_plan() const {
  const TableSchema& schema = plan_.schema;
  const bool by_key = plan_.mode == WriteMode::Merge || plan_.mode == WriteMode::History;
  const LakeFormat format = workshop_.options().rows.format;
  if (format != LakeFormat::Parquet && by_key) {
    return refused(
        format,
        plan_.mode == WriteMode::Merge ? "merge (mode merge)" : "keep a history (mode history)",
        schema.name);
  }
  if (by_key && schema.primary_key.empty()) {
    return Error{.code = ErrorCode::InvalidConfig,
                 .message = "table has no primary key to merge by: " + schema.name};
  }
  for (const std::string& column : schema.primary_key) {
    if (schema.find(column) == nullptr) {
      return Error{
          .code = ErrorCode::InvalidConfig,
          .message = fmt::format("primary key of table {} is no column: {}", schema.name, column)};
    }
  }
  return {};
}

Status LakeTableWriter::make_ready(const LakeTable* present) {
  const bool replaces = plan_.mode == WriteMode::Replace;
  const bool history = plan_.mode == WriteMode::History;
  if (present != nullptr) {
    table_ = *present;
  }
  table_.name = plan_.schema.name;
  table_.folder = folder_name(plan_.schema.name);
  if (table_.rows && !replaces && table_.rows->layout.has_versions != history) {
    return Error{.code = ErrorCode::InvalidConfig,
                 .message = fmt::format("table {} was {}written in mode history", table_.name,
                                        history ? "not " : "")};
  }
  if (replaces) {
    if (!plan_.resume || !table_.load) {
      table_.load = FileSet();
    }
  } else if (!table_.rows) {
    table_.rows = FileSet();
  }
  LakeLayout& layout = target().layout;
  const auto names = TRY(lake_column_names(plan_.schema.columns, layout.columns));
  grow(target(), renamed(plan_.schema.columns, names));
  for (const std::string& column : plan_.schema.primary_key) {
    const auto index = plan_.schema.find(column) - plan_.schema.columns.data();
    key_.push_back(names[static_cast<std::size_t>(index)]);
  }
  settle_key_types();
  layout.has_versions = history;
  layout.has_deleted =
      layout.has_deleted || (plan_.mode == WriteMode::Merge && !plan_.hard_deletes);
  return {};
}

// Rows are found by their key, so its columns have to be there, even if they had no value so far.
void LakeTableWriter::settle_key_types() {
  for (Column& column : target().layout.columns) {
    if (column.type.kind == TypeKind::Unknown && contains(key_, column.name)) {
      column.type = {TypeKind::String};
    }
  }
}

bool LakeTableWriter::merges() const {
  return workshop_.options().rows.format == LakeFormat::Parquet &&
         plan_.mode != WriteMode::Append && !key_.empty();
}

Status LakeTableWriter::write(const Batch& batch) {
  if (completed_) {
    return Error{.code = ErrorCode::Internal,
                 .message = "table was completed before: " + plan_.schema.name};
  }
  const LakeFormat format = workshop_.options().rows.format;
  if (batch.operation != Operation::Upsert && format != LakeFormat::Parquet) {
    return refused(format, fmt::format("{} rows", to_string(batch.operation)), plan_.schema.name);
  }
  LakeLayout& layout = target().layout;
  if (batch.operation == Operation::Delete || batch.operation == Operation::Truncate) {
    layout.has_deleted = layout.has_deleted || (!plan_.hard_deletes && !layout.has_versions);
  }
  if (batch.operation == Operation::Truncate) {
    if (!segments_.empty()) {
      TRY(segments_.back()->close());
    }
    segments_.push_back(Segment::truncation(workshop_, batch.truncate_before));
    return {};
  }
  if (batch.row_count() == 0) {
    return {};
  }
  const std::vector<std::string>* const known = TRY(names_for(batch));
  std::vector<std::string> names = *known;
  Segment* const segment = TRY(segment_for(batch, names));
  return segment->write(batch, names);
}

// Returns the stored names of the batch's columns.
Result<const std::vector<std::string>*> LakeTableWriter::names_for(const Batch& batch) {
  if (named_schema_ != batch.schema) {
    names_ = TRY(lake_column_names(batch.schema->columns, target().layout.columns));
    named_schema_ = batch.schema;
  }
  TRY(check_operation(batch, names_));
  return &names_;
}

Status LakeTableWriter::check_operation(const Batch& batch,
                                        const std::vector<std::string>& names) const {
  const bool by_key = batch.operation != Operation::Upsert;
  if (by_key && key_.empty()) {
    return Error{.code = ErrorCode::InvalidConfig,
                 .message = fmt::format("table has no primary key to {} by: {}",
                                        to_string(batch.operation), plan_.schema.name)};
  }
  if (!by_key && !merges()) {
    return {};
  }
  std::vector<std::string> missing;
  std::copy_if(key_.begin(), key_.end(), std::back_inserter(missing),
               [&](const std::string& name) { return !contains(names, name); });
  const bool partial = batch.operation == Operation::Delete && missing.size() < key_.size();
  if (!missing.empty() && !partial) {
    return Error{
        .code = ErrorCode::BadData,
        .message = fmt::format("batch to {} in table {} lacks the key column: {}",
                               to_string(batch.operation), plan_.schema.name, missing.front())};
  }
  return {};
}

// Returns the segment that takes the batch: the last one, or a new one. `names` lose what is not to
// be written.
Result<Segment*> LakeTableWriter::segment_for(const Batch& batch, std::vector<std::string>& names) {
  LakeLayout& layout = target().layout;
  std::vector<Column> wanted = renamed(batch.schema->columns, names);
  if (batch.operation == Operation::Delete) {
    std::erase_if(wanted, [&](const Column& column) { return !contains(key_, column.name); });
    std::replace_if(
        names.begin(), names.end(), [&](const std::string& name) { return !contains(key_, name); },
        std::string());
  }
  grow(target(), wanted);
  settle_key_types();
  LakeLayout staged{.columns = layout.columns,
                    .has_deleted = layout.has_deleted && !layout.has_versions,
                    .has_versions = false};
  if (batch.operation != Operation::Upsert) {
    std::erase_if(staged.columns,
                  [&](const Column& column) { return !contains(names, column.name); });
    staged.has_deleted = false;
  }
  if (segments_.empty() || !segments_.back()->has_layout(batch.operation, staged)) {
    if (!segments_.empty()) {
      TRY(segments_.back()->close());
    }
    segments_.push_back(
        std::make_unique<Segment>(workshop_, batch.operation, std::move(staged), table_.folder));
  }
  return segments_.back().get();
}

Status LakeTableWriter::flush() { return segments_.empty() ? Status() : segments_.back()->flush(); }

std::size_t LakeTableWriter::pending_bytes() const {
  return segments_.empty() ? 0 : segments_.back()->pending_bytes();
}

Result<TableCounts> LakeTableWriter::finish(bool completed) {
  RewriteCounts counts;
  if (!segments_.empty()) {
    TRY(segments_.back()->close());
    TRY(apply_all(counts));
    segments_.clear();
  }
  if (!completed_ && plan_.mode == WriteMode::Replace && completed) {
    table_.rows = std::exchange(table_.load, std::nullopt);
    completed_ = true;
  }
  TRY(settle_files());
  return TableCounts{
      .table = plan_.schema.name, .rows_written = counts.written, .rows_deleted = counts.deleted};
}

// Applies the segments in order, those together that can be.
Status LakeTableWriter::apply_all(RewriteCounts& counts) {
  std::vector<const Segment*> together;
  for (const auto& segment : segments_) {
    const auto has_key = [&] {
      return std::all_of(key_.begin(), key_.end(), [&](const std::string& name) {
        return segment->layout().find(name) != nullptr;
      });
    };
    const bool joins =
        merges() &&
        (segment->operation() == Operation::Upsert || segment->operation() == Operation::Delete) &&
        has_key();
    if (joins) {
      together.push_back(segment.get());
      continue;
    }
    if (!together.empty()) {
      TRY(apply(std::exchange(together, {}), counts));
    }
    TRY(apply({segment.get()}, counts));
  }
  return together.empty() ? Status() : apply(together, counts);
}

Status LakeTableWriter::apply(const std::vector<const Segment*>& segments, RewriteCounts& counts) {
  const Segment& segment = *segments.front();
  const bool history = plan_.mode == WriteMode::History;
  RewriteTarget target = rewrite_target();
  const std::vector<std::string> key = target.key;
  RewriteCounts changed;
  switch (segment.operation()) {
    case Operation::Truncate:
      changed = TRY(history ? apply_history_truncation(workshop_, segment, target)
                            : apply_truncation(workshop_, segment, target));
      break;
    case Operation::Update:
      changed = TRY(history ? apply_history_update(workshop_, segment, target)
                            : apply_update(workshop_, segment, target));
      break;
    case Operation::Upsert:
      if (!merges()) {
        changed.written = segment.row_count();
        target.set.files.insert(target.set.files.end(), segment.files().begin(),
                                segment.files().end());
        break;
      }
      [[fallthrough]];
    case Operation::Delete: {
      std::erase_if(target.key, [&](const std::string& name) {
        return segment.layout().find(name) == nullptr;
      });
      if (!history) {
        changed = TRY(apply_merge(workshop_, segments, target));
        if (plan_.mode == WriteMode::Replace) {  // Rows of a load count, whatever replaces them.
          changed.written = std::accumulate(
              segments.begin(), segments.end(), std::int64_t{0},
              [](std::int64_t sum, const Segment* each) {
                return sum + (each->operation() == Operation::Upsert ? each->row_count() : 0);
              });
        }
        break;
      }
      const bool whole = target.key == key;
      const std::vector<std::string> part = std::exchange(target.key, key);
      changed = TRY(whole ? apply_history_rows(workshop_, segments, target)
                          : apply_history_deletes(workshop_, segment, target, part));
      break;
    }
  }
  counts.written += changed.written;
  counts.deleted += changed.deleted;
  return {};
}

// Sees to it that readers can put the files together, and find one even when there are no rows.
Status LakeTableWriter::settle_files() {
  const bool parquet = workshop_.options().rows.format == LakeFormat::Parquet;
  if (table_.load && parquet) {
    TRY(conform_files(workshop_, {*table_.load, table_.folder}));
  }
  if (!table_.rows) {
    return {};
  }
  FileSet& rows = *table_.rows;
  if (parquet) {
    TRY(conform_files(workshop_, {rows, table_.folder}));
  }
  if (rows.row_count() > 0) {
    std::erase_if(rows.files, [](const LakeFile& file) { return file.rows == 0; });
  }
  if (rows.files.empty()) {
    const auto path = workshop_.next_path();
    const auto file = TRY(open_row_file(path, rows.layout, workshop_.options().rows));
    RowFileSums sums = TRY(file->close());
    rows.files.push_back(workshop_.enter(path, table_.folder, rows.layout, std::move(sums)));
  }
  return {};
}

}  // namespace tendril
