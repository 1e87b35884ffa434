#include "bridges/partner/batch_group.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "bridges/fivetran/system_columns.h"
#include "data/row_choice.h"

namespace tendril {
namespace {

std::string_view name_of(BatchFileKind kind) {
  switch (kind) {
    case BatchFileKind::EarliestStart: return "earliest_start";
    case BatchFileKind::Replace: return "replace";
    case BatchFileKind::Update: return "update";
    case BatchFileKind::Delete: return "delete";
  }
  return "";
}

Error refused(const arrow::Status& status) {
  return {.code = ErrorCode::Internal,
          .message = "rows can not be put together: " + status.message()};
}

template <class Value>
Result<FileCells> filled(arrow::Result<Value> values, Type type) {
  if (!values.ok()) {
    return refused(values.status());
  }
  return FileCells{.values = *std::move(values), .type = type};
}

Status append(std::vector<FileCells>& cells, Result<FileCells> more) {
  FileCells taken = TRY(std::move(more));
  cells.push_back(std::move(taken));
  return {};
}

Result<FileCells> instants(Instant instant, std::int64_t rows) {
  const Type type{TypeKind::UtcDatetime};
  return filled(arrow::MakeArrayFromScalar(
                    arrow::TimestampScalar(micros_of(instant), arrow_type(type)), rows),
                type);
}

Result<FileCells> instants(const std::vector<std::int64_t>& micros) {
  const Type type{TypeKind::UtcDatetime};
  arrow::TimestampBuilder builder(arrow_type(type), arrow::default_memory_pool());
  const arrow::Status appended = builder.AppendValues(micros);
  return appended.ok() ? filled(builder.Finish(), type) : Result<FileCells>(refused(appended));
}

Result<FileCells> flags(bool value, std::int64_t rows) {
  return filled(arrow::MakeArrayFromScalar(arrow::BooleanScalar(value), rows), {TypeKind::Boolean});
}

Result<FileCells> flags(const std::vector<bool>& values) {
  arrow::BooleanBuilder builder;
  const arrow::Status appended = builder.AppendValues(values);
  return appended.ok() ? filled(builder.Finish(), {TypeKind::Boolean})
                       : Result<FileCells>(refused(appended));
}

Result<FileCells> row_ids(BatchFolder& folder, std::int64_t rows) {
  arrow::StringBuilder builder;
  std::string text;
  arrow::Status status = builder.Reserve(rows);
  for (std::int64_t row = 0; row < rows && status.ok(); ++row) {
    text.clear();
    folder.append_row_id(text);
    status = builder.Append(text);
  }
  return status.ok() ? filled(builder.Finish(), {TypeKind::String})
                     : Result<FileCells>(refused(status));
}

}  // namespace

bool BatchGroup::holds_any(const std::vector<RowKey>& keys) const {
  return std::ranges::any_of(keys, [&](const RowKey& key) { return keys_.contains(key); });
}

bool BatchGroup::is_key(const std::string& column) const {
  return std::ranges::find(table_.schema.primary_key, column) != table_.schema.primary_key.end();
}

std::vector<BatchFileColumn> BatchGroup::columns_of(BatchFileKind kind) const {
  std::vector<BatchFileColumn> columns;
  for (const Column& column : table_.schema.columns) {
    if (kind != BatchFileKind::EarliestStart || is_key(column.name)) {
      const bool may_stay = kind == BatchFileKind::Update && !is_key(column.name);
      columns.push_back({.column = column, .may_stay = may_stay});
    }
  }
  for (const Column& column : added_columns(table_)) {
    if (kind != BatchFileKind::EarliestStart || column.name == kVersionStart) {
      const bool may_stay = kind == BatchFileKind::Update && column.name == kFivetranDeleted;
      columns.push_back({.column = column, .may_stay = may_stay});
    }
  }
  return columns;
}

std::vector<FileCells> BatchGroup::data_cells(const Batch& batch, bool key_only) const {
  std::vector<FileCells> cells;
  for (const Column& column : table_.schema.columns) {
    const Column* given = batch.schema->find(column.name);
    if (given == nullptr || (key_only && !is_key(column.name))) {
      cells.emplace_back();
      continue;
    }
    const auto index = static_cast<int>(given - batch.schema->columns.data());
    cells.push_back({.values = batch.rows->column(index), .type = given->type});
  }
  return cells;
}

Status BatchGroup::replace(const Batch& batch, const Times& times) {
  const std::int64_t rows = batch.row_count();
  std::vector<FileCells> cells = data_cells(batch, false);
  if (table_.mode == PartnerTableMode::Numbered) {
    TRY(append(cells, row_ids(folder_, rows)));
  }
  if (table_.mode == PartnerTableMode::Versions) {
    TRY(begin_versions(batch, *times.versions));
    TRY(append(cells, instants(times.versions->starts)));
    TRY(append(cells, instants(times.versions->ends)));
    TRY(append(cells, flags(times.versions->active)));
  }
  TRY(append(cells, instants(times.synced, rows)));
  if (table_.marks_deleted) {
    TRY(append(cells, flags(false, rows)));
  }
  return write(BatchFileKind::Replace, cells, rows);
}

Status BatchGroup::update(const Batch& batch, const Times& times) {
  const std::int64_t rows = batch.row_count();
  std::vector<FileCells> cells = data_cells(batch, false);
  if (table_.mode == PartnerTableMode::Versions) {
    TRY(begin_versions(batch, *times.versions));
    TRY(append(cells, instants(times.versions->starts)));
    TRY(append(cells, instants(times.versions->ends)));
    TRY(append(cells, flags(times.versions->active)));
  }
  TRY(append(cells, instants(times.synced, rows)));
  if (table_.marks_deleted) {
    cells.emplace_back();  // A row that is marked as deleted stays so.
  }
  return write(BatchFileKind::Update, cells, rows);
}

Status BatchGroup::mark_deleted(const Batch& batch, const Times& times) {
  const std::int64_t rows = batch.row_count();
  std::vector<FileCells> cells = data_cells(batch, true);
  TRY(append(cells, instants(times.synced, rows)));
  TRY(append(cells, flags(true, rows)));
  return write(BatchFileKind::Update, cells, rows);
}

Status BatchGroup::remove(const Batch& batch, const Times& times) {
  const std::int64_t rows = batch.row_count();
  std::vector<FileCells> cells = data_cells(batch, true);
  if (table_.mode == PartnerTableMode::Versions) {
    cells.emplace_back();
    TRY(append(cells, instants(times.versions->starts)));
    TRY(append(cells, flags(false, rows)));
  }
  TRY(append(cells, instants(times.synced, rows)));
  if (table_.marks_deleted) {
    cells.emplace_back();
  }
  return write(BatchFileKind::Delete, cells, rows);
}

// The first version of each key says from when on the versions that are there do not count.
Status BatchGroup::begin_versions(const Batch& batch, const VersionChain& versions) {
  std::vector<bool> later = versions.first;
  later.flip();
  const Batch firsts = TRY(without_rows(batch, later));
  std::vector<std::int64_t> starts;
  for (std::size_t row = 0; row < versions.first.size(); ++row) {
    if (versions.first[row]) {
      starts.push_back(versions.starts[row]);
    }
  }
  std::vector<FileCells> cells;
  const std::vector<FileCells> all = data_cells(firsts, true);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (is_key(table_.schema.columns[i].name)) {
      cells.push_back(all[i]);
    }
  }
  TRY(append(cells, instants(starts)));
  return write(BatchFileKind::EarliestStart, cells, firsts.row_count());
}

Status BatchGroup::write(BatchFileKind kind, const std::vector<FileCells>& cells,
                         std::int64_t rows) {
  Lane& lane = lanes_[static_cast<std::size_t>(kind)];
  for (std::int64_t row = 0; row < rows;) {
    if (lane.writer != nullptr && lane.writer->full()) {
      TRY(close(lane));
    }
    if (lane.writer == nullptr) {
      lane.writer = TRY(folder_.new_file(table_.schema.name + "_" + std::string(name_of(kind)),
                                         columns_of(kind)));
    }
    const std::int64_t taken = TRY(lane.writer->write(cells, row, rows));
    row += taken;
  }
  return {};
}

Status BatchGroup::close(Lane& lane) {
  TRY(lane.writer->close());
  lane.finished.push_back({.path = lane.writer->path().string(), .key = lane.writer->key()});
  lane.writer.reset();
  return {};
}

Status BatchGroup::close_files() {
  for (Lane& lane : lanes_) {
    if (lane.writer != nullptr) {
      TRY(close(lane));
    }
  }
  return {};
}

bool BatchGroup::has_open_files() const {
  return std::ranges::any_of(lanes_, [](const Lane& lane) { return lane.writer != nullptr; });
}

bool BatchGroup::empty() const {
  return std::ranges::all_of(
      lanes_, [](const Lane& lane) { return lane.writer == nullptr && lane.finished.empty(); });
}

}  // namespace tendril
