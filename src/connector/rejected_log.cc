#include "connector/rejected_log.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include "core/json_text.h"
#include "data/column_json.h"

namespace tendril {

void log_rejected_rows(const Batch& batch, Log& log) {
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    std::string text = "{";
    for (std::size_t i = 0; i < batch.schema->columns.size(); ++i) {
      const Column& column = batch.schema->columns[i];
      const arrow::Array& cells = *batch.rows->column(static_cast<int>(i));
      if (!cells.IsNull(row)) {
        text += text.size() > 1 ? "," : "";
        append_json_string(text, column.name);
        text += ':';
        append_cell_json(text, cells, column.type, row);
      }
    }
    log.warning("record was rejected", {{"record", text + '}'}});
  }
}

}  // namespace tendril
