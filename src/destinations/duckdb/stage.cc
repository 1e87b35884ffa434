#include "destinations/duckdb/stage.h"

#include <utility>

#include <arrow/array/builder_primitive.h>
#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <fmt/format.h>

#include "destinations/duckdb/column_names.h"

namespace tendril {
namespace {

// Sets of columns that the updates of one stage may give. Every stage costs memory until the
// commit; one that is full has at least as many rows.
constexpr std::size_t kGivenMax = 4096;

Error memory_error(const arrow::Status& status) {
  return {ErrorCode::System, "no memory to stage rows: " + status.message()};
}

Result<std::shared_ptr<arrow::Array>> constant(const arrow::Scalar& scalar, std::int64_t rows) {
  auto array = arrow::MakeArrayFromScalar(scalar, rows);
  if (!array.ok()) {
    return memory_error(array.status());
  }
  return *std::move(array);
}

// first, first + 1, ...
Result<std::shared_ptr<arrow::Array>> order_mark(std::int64_t first, std::int64_t rows) {
  arrow::Int64Builder builder;
  if (const arrow::Status status = builder.Reserve(rows); !status.ok()) {
    return memory_error(status);
  }
  for (std::int64_t row = 0; row < rows; ++row) {
    builder.UnsafeAppend(first + row);
  }
  auto array = builder.Finish();
  if (!array.ok()) {
    return memory_error(array.status());
  }
  return *std::move(array);
}

}  // namespace

Result<std::shared_ptr<arrow::Array>> synced_mark(Instant now, std::int64_t rows) {
  return constant(arrow::TimestampScalar(micros_of(now), arrow_type({TypeKind::UtcDatetime})),
                  rows);
}

Result<std::shared_ptr<arrow::Array>> flag_mark(bool value, std::int64_t rows) {
  return constant(arrow::BooleanScalar(value), rows);
}

Result<std::unique_ptr<Stage>> Stage::open(DuckdbSession& session, Kind kind, int number,
                                           std::vector<Column> columns) {
  std::unique_ptr<Stage> stage(new Stage(kind));
  stage->table_ = temporary_table(fmt::format("_tendril_stage_{}", number));
  stage->columns_ = std::move(columns);
  std::string definitions;
  std::vector<std::string> names;
  for (const Column& column : stage->columns_) {
    definitions += sql_name(column.name) + " " + sql_type(column.type) + ", ";
    names.push_back(column.name);
  }
  TRY(session.run(fmt::format(
      "CREATE TEMPORARY TABLE {} ({}{} TIMESTAMP WITH TIME ZONE, {} BIGINT, {} SMALLINT)",
      stage->table_.sql(), definitions, sql_name(kSyncedColumn), sql_name(kStageOrderColumn),
      sql_name(kStageOperationColumn))));
  for (const std::string_view mark : {kSyncedColumn, kStageOrderColumn, kStageOperationColumn}) {
    names.emplace_back(mark);
  }
  stage->appender_ = TRY(Appender::open(session, stage->table_, names));
  return stage;
}

std::unique_ptr<Stage> Stage::truncation(Instant before, Instant now) {
  std::unique_ptr<Stage> stage(new Stage(Kind::Truncate));
  stage->truncate_before_ = before;
  stage->written_at_ = now;
  return stage;
}

bool Stage::takes(const std::vector<std::string>& given) const {
  return given_.size() < kGivenMax || given_.contains(given);
}

int Stage::operation_of(const Batch& batch, const std::vector<std::string>& given) {
  switch (batch.operation) {
    case Operation::Update:
      return given_.try_emplace(given, kStagedUpdate + static_cast<int>(given_.size()))
          .first->second;
    case Operation::Delete: return kStagedDelete;
    default: return kStagedUpsert;
  }
}

Status Stage::append(const Batch& batch, BatchLayout& layout, Instant now,
                     const std::vector<std::string>& given) {
  const std::int64_t rows = batch.row_count();
  const auto synced = TRY(synced_mark(now, rows));
  const auto order = TRY(order_mark(rows_, rows));
  const auto number = static_cast<std::int16_t>(operation_of(batch, given));
  const auto operation = TRY(constant(arrow::Int16Scalar(number), rows));
  const auto arranged = TRY(layout.arrange(*batch.rows, {synced, order, operation}));
  TRY(appender_->append(*arranged, batch.bytes()));
  rows_ += rows;
  has_deletes_ = has_deletes_ || batch.operation == Operation::Delete;
  written_at_ = now;
  return {};
}

Status Stage::fill(DuckdbSession& session, const std::string& query) {
  appender_.reset();
  rows_ =
      TRY(session.change(fmt::format("INSERT INTO {} SELECT *, row_number() OVER () - 1, 0 "
                                     "FROM ({})",
                                     table_.sql(), query)));
  return {};
}

Status Stage::flush() { return appender_ == nullptr ? Status() : appender_->flush(); }

Status Stage::seal() {
  TRY(flush());
  appender_.reset();
  return {};
}

}  // namespace tendril
