#include "bridges/airbyte/record_lines.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include "bridges/airbyte/messages.h"
#include "connector/document.h"
#include "core/json_text.h"
#include "data/column_json.h"

namespace tendril {
namespace {

constexpr std::size_t kLinesBytes = std::size_t{256} * 1024;  // Enough for one call of write(2).

std::string head_of(std::string_view stream) {
  std::string head = R"({"type":"RECORD","record":{"stream":)";
  append_json_string(head, stream);
  return head + R"(,"data":)";
}

std::string tail_of(Instant now) {
  return R"(,"emitted_at":)" + std::to_string(emitted_at(now)) + "}}\n";
}

// The columns of a batch, each with its name as JSON.
class ColumnRows {
 public:
  explicit ColumnRows(const Batch& batch) : schema_(*batch.schema), rows_(*batch.rows) {
    for (const Column& column : schema_.columns) {
      std::string& name = names_.emplace_back();
      append_json_string(name, column.name);
      name += ':';
    }
  }

  void append_row(std::string& out, std::int64_t row) const {
    bool first = true;
    out += '{';
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const arrow::Array& column = *rows_.column(static_cast<int>(i));
      if (column.IsNull(row)) {
        continue;
      }
      out += first ? "" : ",";
      out += names_[i];
      append_cell_json(out, column, schema_.columns[i].type, row);
      first = false;
    }
    out += '}';
  }

 private:
  const TableSchema& schema_;
  const arrow::RecordBatch& rows_;
  std::vector<std::string> names_;
};

}  // namespace

Status RecordLines::write(const Batch& batch, Instant now, const Take& take) {
  if (batch.operation != Operation::Upsert) {
    return Error{.code = ErrorCode::Unsupported,
                 .message = "the Airbyte protocol has no message for the operation " +
                            std::string(to_string(batch.operation))};
  }
  const std::string head = head_of(batch.schema->name);
  const std::string tail = tail_of(now);
  const ColumnRows columns(batch);
  const auto* documents = holds_documents(*batch.schema)
                              ? static_cast<const arrow::StringArray*>(batch.rows->column(0).get())
                              : nullptr;
  lines_.clear();
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    lines_ += head;
    if (documents != nullptr) {
      lines_ += documents->GetView(row);
    } else {
      columns.append_row(lines_, row);
    }
    lines_ += tail;
    if (lines_.size() >= kLinesBytes) {
      TRY(take(lines_));
      lines_.clear();
    }
  }
  return lines_.empty() ? Status() : take(lines_);
}

}  // namespace tendril
