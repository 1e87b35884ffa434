#include "destinations/duckdb/batch_layout.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <arrow/array/array_base.h>
#include <arrow/array/array_primitive.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "core/check.h"
#include "data/text_column.h"
#include "destinations/duckdb/sql.h"

namespace tendril {

BatchLayout::BatchLayout(const TableSchema& source, const std::vector<std::string>& names,
                         const std::vector<Column>& into)
    : source_columns_(source.columns.size()) {
  for (const Column& column : into) {
    Place& place = places_.emplace_back();
    names_.push_back(column.name);
    const auto name = std::find(names.begin(), names.end(), column.name);
    if (name == names.end()) {
      continue;
    }
    const auto index = static_cast<std::size_t>(name - names.begin());
    place.from = source.columns[index].type;
    CHECK(fits(place.from, column.type));
    if (place.from.kind != TypeKind::Unknown) {  // Nulls only.
      place.column = static_cast<int>(index);
      place.as_text = !casts_plainly(place.from, column.type);
    }
  }
}

Result<std::shared_ptr<arrow::RecordBatch>> BatchLayout::arrange(
    const arrow::RecordBatch& rows, const std::vector<std::shared_ptr<arrow::Array>>& marks) {
  if (static_cast<std::size_t>(rows.num_columns()) != source_columns_) {
    return Error{ErrorCode::Internal, fmt::format("batch has {} columns and its schema {}",
                                                  rows.num_columns(), source_columns_)};
  }
  arrow::ArrayVector columns;
  columns.reserve(places_.size() + marks.size());
  for (const Place& place : places_) {
    if (place.column < 0) {
      columns.push_back(std::make_shared<arrow::NullArray>(rows.num_rows()));
    } else if (place.as_text) {
      auto texts = TRY(text_column(*rows.column(place.column), place.from));
      columns.push_back(std::move(texts));
    } else {
      columns.push_back(rows.column(place.column));
    }
  }
  columns.insert(columns.end(), marks.begin(), marks.end());
  const auto same_types = [&] {
    return std::equal(columns.begin(), columns.end(), schema_->fields().begin(),
                      schema_->fields().end(), [](const auto& column, const auto& field) {
                        return column->type()->Equals(*field->type());
                      });
  };
  if (schema_ == nullptr || !same_types()) {
    arrow::FieldVector fields;
    for (std::size_t index = 0; index < columns.size(); ++index) {
      fields.push_back(
          arrow::field(index < names_.size() ? names_[index] : "mark", columns[index]->type()));
    }
    schema_ = arrow::schema(std::move(fields));
  }
  return arrow::RecordBatch::Make(schema_, rows.num_rows(), std::move(columns));
}

}  // namespace tendril
