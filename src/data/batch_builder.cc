#include "data/batch_builder.h"

#include <functional>
#include <string>
#include <unordered_map>
#include <utility>

#include <arrow/record_batch.h>

#include "core/check.h"

namespace tendril {
namespace {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

}  // namespace

struct BatchBuilder::Index {
  std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>> columns;
};

BatchBuilder::BatchBuilder(TableSchema declared)
    : schema_(std::move(declared)), index_(std::make_unique<Index>()) {
  for (const Column& column : schema_.columns) {
    index_->columns.emplace(column.name, columns_.size());
    columns_.push_back(std::make_unique<ColumnBuilder>(column.type));
  }
}

BatchBuilder::~BatchBuilder() = default;
BatchBuilder::BatchBuilder(BatchBuilder&&) noexcept = default;
BatchBuilder& BatchBuilder::operator=(BatchBuilder&&) noexcept = default;

ColumnBuilder& BatchBuilder::cell(std::string_view column_name) {
  std::size_t position = next_column_;
  if (position >= columns_.size() || schema_.columns[position].name != column_name) {
    const auto found = index_->columns.find(column_name);
    if (found != index_->columns.end()) {
      position = found->second;
    } else {
      position = columns_.size();
      index_->columns.emplace(column_name, position);
      schema_.columns.push_back({std::string(column_name), Type()});
      columns_.push_back(std::make_unique<ColumnBuilder>(Type()));
    }
  }
  return ready_cell(position);
}

void BatchBuilder::make_ready(ColumnBuilder& column) const {
  if (column.size() < row_count_) {
    column.append_nulls(row_count_ - column.size());
  } else {
    column.pop();
  }
}

void BatchBuilder::end_row() {
  ++row_count_;
  next_column_ = 0;
}

void BatchBuilder::abandon_row() {
  for (const auto& column : columns_) {
    if (column->size() > row_count_) {
      column->pop();
    }
  }
  next_column_ = 0;
}

void BatchBuilder::add_row(const Map& record) {
  for (const auto& [name, value] : record.members()) {
    cell(name).append(value);
  }
  end_row();
}

std::size_t BatchBuilder::bytes() const {
  std::size_t total = 0;
  for (const auto& column : columns_) {
    total += column->bytes();
  }
  return total;
}

Result<Batch> BatchBuilder::take(Operation operation) {
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  arrays.reserve(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    ColumnBuilder& column = *columns_[i];
    CHECK(column.size() <= row_count_);
    if (column.size() < row_count_) {
      column.append_nulls(row_count_ - column.size());
    }
    schema_.columns[i].type = column.type();
    std::shared_ptr<arrow::Array> array = TRY(column.take());
    arrays.push_back(std::move(array));
  }
  if (shared_schema_ == nullptr || *shared_schema_ != schema_) {
    shared_schema_ = std::make_shared<const TableSchema>(schema_);
    arrow_schema_ = arrow_schema(schema_);
  }
  Batch batch{.operation = operation,
              .schema = shared_schema_,
              .rows = arrow::RecordBatch::Make(arrow_schema_, row_count_, std::move(arrays))};
  row_count_ = 0;
  next_column_ = 0;
  return batch;
}

}  // namespace tendril
