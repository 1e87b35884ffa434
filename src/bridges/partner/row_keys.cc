#include "bridges/partner/row_keys.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <xxhash.h>

#include "bridges/partner/cell_text.h"
#include "core/check.h"

namespace tendril {

std::vector<RowKey> keys_of(const Batch& batch, const std::vector<std::string>& columns) {
  struct KeyColumn {
    std::shared_ptr<arrow::Array> cells;
    Type type;
  };
  std::vector<KeyColumn> key;
  for (const std::string& name : columns) {
    const Column* column = batch.schema->find(name);
    CHECK(column != nullptr);
    const auto index = static_cast<int>(column - batch.schema->columns.data());
    key.push_back({batch.rows->column(index), column->type});
  }
  std::vector<RowKey> keys;
  keys.reserve(static_cast<std::size_t>(batch.row_count()));
  std::string text;
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    text.clear();
    for (const KeyColumn& column : key) {
      const std::size_t begin = text.size();
      const bool null = column.cells->IsNull(row);
      if (!null) {
        append_cell_text(text, *column.cells, row, column.type);
      }
      const std::size_t size = null ? std::string::npos : text.size() - begin;
      text.append(reinterpret_cast<const char*>(&size), sizeof(size));  // Tells where values end.
    }
    const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
    keys.push_back({.low = hash.low64, .high = hash.high64});
  }
  return keys;
}

}  // namespace tendril
