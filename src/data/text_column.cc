#include "data/text_column.h"

#include <cstdint>
#include <string>

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/util/checked_cast.h>

#include "core/encoding.h"
#include "data/decimal_text.h"
#include "data/instant.h"
#include "data/number_text.h"

namespace tendril {
namespace {

using arrow::internal::checked_cast;

template <class ArrayType>
auto value_at(const arrow::Array& values, std::int64_t row) {
  return checked_cast<const ArrayType&>(values).GetView(row);
}

std::string text_at(const arrow::Array& values, std::int64_t row, Type type) {
  switch (type.kind) {
    case TypeKind::Boolean: return value_at<arrow::BooleanArray>(values, row) ? "true" : "false";
    case TypeKind::Short: return std::to_string(value_at<arrow::Int16Array>(values, row));
    case TypeKind::Int: return std::to_string(value_at<arrow::Int32Array>(values, row));
    case TypeKind::Long: return std::to_string(value_at<arrow::Int64Array>(values, row));
    case TypeKind::NaiveDate: return iso_date(value_at<arrow::Date32Array>(values, row));
    case TypeKind::Float: return number_text(value_at<arrow::FloatArray>(values, row));
    case TypeKind::Double: return number_text(value_at<arrow::DoubleArray>(values, row));
    case TypeKind::NaiveTime: return iso_time(value_at<arrow::Time64Array>(values, row));
    case TypeKind::Decimal:
      return decimal_text(checked_cast<const arrow::Decimal128Array&>(values).Value(row),
                          type.scale);
    case TypeKind::Binary: return base64_encode(value_at<arrow::BinaryArray>(values, row));
    default: break;
  }
  std::string text = to_iso(instant_from_micros(value_at<arrow::TimestampArray>(values, row)));
  if (type.kind == TypeKind::NaiveDatetime) {
    text.pop_back();  // The Z.
  }
  return text;
}

}  // namespace

Result<std::shared_ptr<arrow::Array>> text_column(const arrow::Array& values, Type from) {
  arrow::StringBuilder builder;
  arrow::Status status = builder.Reserve(values.length());
  for (std::int64_t row = 0; row < values.length() && status.ok(); ++row) {
    status = values.IsNull(row) ? builder.AppendNull() : builder.Append(text_at(values, row, from));
  }
  std::shared_ptr<arrow::Array> texts;
  if (status.ok()) {
    status = builder.Finish(&texts);
  }
  if (!status.ok()) {
    return Error{ErrorCode::System, "rows can not be turned into text: " + status.message()};
  }
  return texts;
}

}  // namespace tendril
