#include "destinations/postgres/row_layout.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>

namespace tendril {

PostgresRowLayout::PostgresRowLayout(const TableSchema& source,
                                     const std::vector<std::string>& names,
                                     std::vector<PostgresColumn> into)
    : source_columns_(source.columns.size()), into_(std::move(into)) {
  for (const PostgresColumn& column : into_) {
    Place& place = places_.emplace_back();
    const auto name = std::find(names.begin(), names.end(), column.name);
    if (name != names.end()) {
      place.column = static_cast<int>(name - names.begin());
      place.from = source.columns[static_cast<std::size_t>(place.column)].type;
    }
  }
}

Result<std::vector<std::unique_ptr<CopyColumn>>> PostgresRowLayout::columns(
    const arrow::RecordBatch& rows) const {
  if (static_cast<std::size_t>(rows.num_columns()) != source_columns_) {
    return Error{ErrorCode::Internal, fmt::format("batch has {} columns and its schema {}",
                                                  rows.num_columns(), source_columns_)};
  }
  std::vector<std::unique_ptr<CopyColumn>> columns;
  columns.reserve(places_.size() + 3);  // The marks, which the caller adds.
  for (std::size_t index = 0; index < places_.size(); ++index) {
    const Place& place = places_[index];
    if (place.column < 0) {
      columns.push_back(null_copy_column());
      continue;
    }
    auto column = TRY(copy_column(rows.column(place.column), place.from, into_[index]));
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace tendril
