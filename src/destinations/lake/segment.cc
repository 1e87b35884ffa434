#include "destinations/lake/segment.h"

#include <algorithm>
#include <utility>

#include <arrow/array/array_base.h>
#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "core/check.h"
#include "destinations/lake/value_text.h"

namespace tendril {
namespace {

Result<std::shared_ptr<arrow::Array>> checked(arrow::Result<std::shared_ptr<arrow::Array>> array) {
  if (!array.ok()) {
    return Error{.code = ErrorCode::System,
                 .message = "no memory to stage rows: " + array.status().message()};
  }
  return *std::move(array);
}

Result<std::shared_ptr<arrow::Array>> constant(const arrow::Scalar& scalar, std::int64_t rows) {
  return checked(arrow::MakeArrayFromScalar(scalar, rows));
}

}  // namespace

Segment::Segment(Workshop& workshop, Operation operation, LakeLayout layout, std::string folder)
    : workshop_(workshop),
      operation_(operation),
      layout_(std::move(layout)),
      folder_(std::move(folder)),
      columns_(arrow_columns(layout_)) {}

std::unique_ptr<Segment> Segment::truncation(Workshop& workshop, Instant before) {
  auto segment = std::make_unique<Segment>(workshop, Operation::Truncate, LakeLayout(), "");
  segment->truncate_before_ = before;
  segment->written_at_ = workshop.clock().now();
  return segment;
}

bool Segment::has_layout(Operation operation, const LakeLayout& layout) const {
  return operation_ == operation && layout_ == layout;
}

Status Segment::write(const Batch& batch, const std::vector<std::string>& names) {
  if (batch.rows->num_columns() != static_cast<int>(names.size())) {
    return Error{.code = ErrorCode::Internal,
                 .message = fmt::format("batch has {} columns and its schema {}",
                                        batch.rows->num_columns(), names.size())};
  }
  const std::int64_t rows = batch.row_count();
  written_at_ = workshop_.clock().now();
  arrow::ArrayVector columns;
  for (const Column& column : layout_.columns) {
    if (column.type.kind == TypeKind::Unknown) {
      continue;
    }
    const auto name = std::find(names.begin(), names.end(), column.name);
    const auto index = static_cast<std::size_t>(name - names.begin());
    const Type from = name == names.end() ? Type() : batch.schema->columns[index].type;
    if (from.kind == TypeKind::Unknown) {
      auto none = TRY(checked(arrow::MakeArrayOfNull(arrow_type(column.type), rows)));
      columns.push_back(std::move(none));
      continue;
    }
    CHECK(fits(from, column.type));
    auto values =
        TRY(converted_column(batch.rows->column(static_cast<int>(index)), from, column.type));
    columns.push_back(std::move(values));
  }
  const auto instant_type = arrow_type({TypeKind::UtcDatetime});
  auto synced = TRY(constant(arrow::TimestampScalar(micros_of(written_at_), instant_type), rows));
  columns.push_back(std::move(synced));
  if (layout_.has_deleted) {
    auto deleted = TRY(constant(arrow::BooleanScalar(false), rows));
    columns.push_back(std::move(deleted));
  }
  if (file_ == nullptr) {
    path_ = workshop_.next_path();
    file_ = TRY(open_row_file(path_, layout_, workshop_.options().rows));
  }
  TRY(file_->write(*arrow::RecordBatch::Make(columns_, rows, std::move(columns))));
  rows_ += rows;
  const bool full = file_->written_bytes() >= workshop_.options().file_bytes;
  return full ? end_file() : Status();
}

Status Segment::flush() { return file_ == nullptr ? Status() : file_->flush(); }

std::size_t Segment::pending_bytes() const { return file_ == nullptr ? 0 : file_->pending_bytes(); }

Status Segment::close() { return file_ == nullptr ? Status() : end_file(); }

Status Segment::end_file() {
  RowFileSums sums = TRY(file_->close());
  file_.reset();
  files_.push_back(workshop_.enter(path_, folder_, layout_, std::move(sums)));
  return {};
}

}  // namespace tendril
