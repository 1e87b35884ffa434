#include "bridges/partner/row_collector.h"

#include <algorithm>
#include <utility>

#include <arrow/array/array_base.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "data/batch.h"

namespace tendril {
namespace {

std::string first_marks(const BatchFileSource& source, const std::vector<Column>& wanted,
                        const std::vector<std::string>& names) {
  std::string marks;
  if (source.of_updates) {
    for (const Column& column : wanted) {
      const bool present = std::find(names.begin(), names.end(), column.name) != names.end();
      marks += present ? '0' : '1';
    }
  }
  return marks;
}

}  // namespace

RowCollector::RowCollector(const BatchFileSource& source, const std::vector<Column>& wanted,
                           const std::vector<std::string>& names)
    : source_(source), wanted_(wanted), first_marks_(first_marks(source, wanted, names)) {
  for (const std::string& name : names) {
    const auto found = std::find_if(wanted_.begin(), wanted_.end(),
                                    [&](const Column& column) { return column.name == name; });
    places_.push_back(found == wanted_.end() ? -1 : static_cast<int>(found - wanted_.begin()));
  }
  for (std::size_t index = 0; index < wanted_.size(); ++index) {
    builders_.push_back(cell_builder(wanted_[index].type));
    present_.push_back(std::find(places_.begin(), places_.end(), static_cast<int>(index)) !=
                       places_.end());
  }
  marks_ = first_marks_;
  if (source.of_updates) {
    unmodified_ = cell_builder({TypeKind::String});
  }
}

std::string RowCollector::where() const {
  return fmt::format("batch file {}, row {}", source_.path, rows_ended_ + 1);
}

bool RowCollector::add_marker(int place, std::string_view text) {
  if (text == source_.params.null_string) {
    add_null(place);
    return true;
  }
  if (source_.of_updates && text == source_.params.unmodified_string) {
    marks_[static_cast<std::size_t>(place)] = '1';
    add_null(place);
    return true;
  }
  return false;
}

// The value itself is somebody's data and stays out of messages.
Status RowCollector::add_text(int place, std::string_view text) {
  const auto index = static_cast<std::size_t>(place);
  if (add_marker(place, text)) {
    return {};
  }
  if (!builders_[index]->append(text)) {
    return Error{ErrorCode::BadData,
                 fmt::format("{}, column {}: a text of {} bytes is no {}", where(),
                             wanted_[index].name, text.size(), to_string(wanted_[index].type))};
  }
  pending_bytes_ += text.size();
  return {};
}

void RowCollector::add_null(int place) {
  builders_[static_cast<std::size_t>(place)]->append_null();
}

void RowCollector::add_bytes(int place, std::string_view bytes) {
  if (!add_marker(place, bytes)) {
    builders_[static_cast<std::size_t>(place)]->append_bytes(bytes);
    pending_bytes_ += bytes.size();
  }
}

void RowCollector::end_row() {
  for (std::size_t index = 0; index < builders_.size(); ++index) {
    if (!present_[index]) {
      builders_[index]->append_null();
    }
  }
  if (unmodified_ != nullptr) {
    unmodified_->append(marks_);
    marks_ = first_marks_;
  }
  ++rows_ended_;
  ++pending_rows_;
  pending_bytes_ += 8 * builders_.size();
}

Result<BatchFileRows> RowCollector::take() {
  arrow::ArrayVector columns;
  for (const auto& builder : builders_) {
    auto column = TRY(builder->take());
    columns.push_back(std::move(column));
  }
  BatchFileRows rows;
  rows.values = arrow::RecordBatch::Make(arrow_schema({"", wanted_}), pending_rows_, columns);
  if (unmodified_ != nullptr) {
    rows.unmodified = TRY(unmodified_->take());
  }
  pending_rows_ = 0;
  pending_bytes_ = 0;
  return rows;
}

}  // namespace tendril
