#include "data/batch.h"

#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/byte_size.h>

namespace tendril {

std::int64_t Batch::row_count() const { return rows == nullptr ? 0 : rows->num_rows(); }

std::size_t Batch::bytes() const {
  return rows == nullptr ? 0 : static_cast<std::size_t>(arrow::util::TotalBufferSize(*rows));
}

std::shared_ptr<arrow::DataType> arrow_type(Type type) {
  switch (type.kind) {
    case TypeKind::Boolean: return arrow::boolean();
    case TypeKind::Short: return arrow::int16();
    case TypeKind::Int: return arrow::int32();
    case TypeKind::Long: return arrow::int64();
    case TypeKind::Float: return arrow::float32();
    case TypeKind::Double: return arrow::float64();
    case TypeKind::Decimal: return arrow::decimal128(type.precision, type.scale);
    case TypeKind::NaiveDate: return arrow::date32();
    case TypeKind::NaiveTime: return arrow::time64(arrow::TimeUnit::MICRO);
    case TypeKind::NaiveDatetime: return arrow::timestamp(arrow::TimeUnit::MICRO);
    case TypeKind::UtcDatetime: return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case TypeKind::Binary: return arrow::binary();
    case TypeKind::Unknown:
    case TypeKind::Xml:
    case TypeKind::String:
    case TypeKind::Json: break;
  }
  return arrow::utf8();
}

std::shared_ptr<arrow::Schema> arrow_schema(const TableSchema& schema) {
  arrow::FieldVector fields;
  fields.reserve(schema.columns.size());
  for (const Column& column : schema.columns) {
    fields.push_back(arrow::field(column.name, arrow_type(column.type)));
  }
  return arrow::schema(std::move(fields));
}

std::string_view to_string(Operation operation) {
  switch (operation) {
    case Operation::Upsert: return "upsert";
    case Operation::Update: return "update";
    case Operation::Delete: return "delete";
    case Operation::Truncate: return "truncate";
  }
  return "unknown";
}

}  // namespace tendril
