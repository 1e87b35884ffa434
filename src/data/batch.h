// Batch: rows of one table in typed columns, with the operation they stand for. What
// every source emits and every destination takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/type_fwd.h>

#include "data/instant.h"
#include "data/schema.h"

namespace tendril {

enum class Operation : std::uint8_t {
  Upsert,    // Inserts, or replaces the row of the same primary key. Without a key: inserts.
  Update,    // Changes the columns given in rows that exist; never inserts.
  Delete,    // Marks rows as deleted. Only the key columns count.
  Truncate,  // Marks as deleted all rows last synced before `truncate_before`. No rows.
};

struct Batch {
  Operation operation = Operation::Upsert;
  // The columns of `rows`, in order, with their types here (Arrow does not know Json from
  // String). The table's name is the destination table. Shared by the batches of a stream.
  std::shared_ptr<const TableSchema> schema;
  // Shape: rows × schema->columns.size(). Null for Truncate.
  std::shared_ptr<arrow::RecordBatch> rows;
  Instant truncate_before = {};

  std::int64_t row_count() const;
  // Bytes of the columns' buffers; what a queue's budget counts.
  std::size_t bytes() const;
};

// The Arrow type that carries a column: bool, int16/32/64, float32/64, decimal128(p, s),
// date32, time64[us], timestamp[us], timestamp[us, UTC], binary; utf8 for String, Xml,
// Json and Unknown.
std::shared_ptr<arrow::DataType> arrow_type(Type type);
std::shared_ptr<arrow::Schema> arrow_schema(const TableSchema& schema);

std::string_view to_string(Operation operation);

}  // namespace tendril
