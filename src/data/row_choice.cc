#include "data/row_choice.h"

#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/record_batch.h>

#include "core/check.h"
#include "core/json_text.h"
#include "data/column_json.h"

namespace tendril {
namespace {

struct RowRange {
  std::int64_t begin = 0;
  std::int64_t count = 0;
};

std::vector<RowRange> kept_ranges(const RowMask& dropped) {
  std::vector<RowRange> ranges;
  for (std::size_t row = 0; row < dropped.size(); ++row) {
    if (dropped[row]) {
      continue;
    }
    const auto position = static_cast<std::int64_t>(row);
    if (!ranges.empty() && ranges.back().begin + ranges.back().count == position) {
      ++ranges.back().count;
    } else {
      ranges.push_back({position, 1});
    }
  }
  return ranges;
}

}  // namespace

Result<Batch> without_rows(const Batch& batch, const RowMask& mask) {
  CHECK(static_cast<std::int64_t>(mask.size()) == batch.row_count());
  const std::vector<RowRange> ranges = kept_ranges(mask);
  Batch kept = batch;
  if (ranges.size() <= 1) {
    const RowRange only = ranges.empty() ? RowRange() : ranges.front();
    kept.rows = batch.rows->Slice(only.begin, only.count);
    return kept;
  }
  arrow::ArrayVector columns;
  std::int64_t rows = 0;
  for (const std::shared_ptr<arrow::Array>& column : batch.rows->columns()) {
    arrow::ArrayVector pieces;
    for (const RowRange& range : ranges) {
      pieces.push_back(column->Slice(range.begin, range.count));
    }
    auto joined = arrow::Concatenate(pieces);
    if (!joined.ok()) {
      return Error{.code = ErrorCode::Internal,
                   .message = "choosing rows: " + joined.status().message()};
    }
    rows = (*joined)->length();
    columns.push_back(std::move(*joined));
  }
  kept.rows = arrow::RecordBatch::Make(batch.rows->schema(), rows, std::move(columns));
  return kept;
}

std::string row_json(const Batch& batch, std::int64_t row) {
  std::string json = "{";
  for (std::size_t i = 0; i < batch.schema->columns.size(); ++i) {
    const arrow::Array& column = *batch.rows->column(static_cast<int>(i));
    if (column.IsNull(row)) {
      continue;
    }
    json += json.size() > 1 ? "," : "";
    append_json_string(json, batch.schema->columns[i].name);
    json += ':';
    append_cell_json(json, column, batch.schema->columns[i].type, row);
  }
  return json + "}";
}

}  // namespace tendril
