#include "destinations/lake/value_text.h"

#include <cstdint>

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/compute/cast.h>
#include <arrow/util/checked_cast.h>
#include <fmt/format.h>

#include "core/encoding.h"
#include "data/batch.h"
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

bool is_text(TypeKind kind) {
  return kind == TypeKind::String || kind == TypeKind::Xml || kind == TypeKind::Json;
}

}  // namespace

void append_value_text(std::string& out, const arrow::Array& values, std::int64_t row, Type type) {
  switch (type.kind) {
    case TypeKind::Boolean:
      out += value_at<arrow::BooleanArray>(values, row) ? "true" : "false";
      break;
    case TypeKind::Short:
      out += fmt::format_int(value_at<arrow::Int16Array>(values, row)).str();
      break;
    case TypeKind::Int:
      out += fmt::format_int(value_at<arrow::Int32Array>(values, row)).str();
      break;
    case TypeKind::Long:
      out += fmt::format_int(value_at<arrow::Int64Array>(values, row)).str();
      break;
    case TypeKind::Float: out += number_text(value_at<arrow::FloatArray>(values, row)); break;
    case TypeKind::Double: out += number_text(value_at<arrow::DoubleArray>(values, row)); break;
    case TypeKind::Decimal:
      out +=
          decimal_text(checked_cast<const arrow::Decimal128Array&>(values).Value(row), type.scale);
      break;
    case TypeKind::NaiveDate: out += iso_date(value_at<arrow::Date32Array>(values, row)); break;
    case TypeKind::NaiveTime: out += iso_time(value_at<arrow::Time64Array>(values, row)); break;
    case TypeKind::NaiveDatetime:
      out += to_iso(instant_from_micros(value_at<arrow::TimestampArray>(values, row)));
      out.pop_back();  // The Z.
      break;
    case TypeKind::UtcDatetime:
      out += to_iso(instant_from_micros(value_at<arrow::TimestampArray>(values, row)));
      break;
    case TypeKind::Binary: out += base64_encode(value_at<arrow::BinaryArray>(values, row)); break;
    case TypeKind::Xml:
    case TypeKind::String:
    case TypeKind::Json: out += value_at<arrow::StringArray>(values, row); break;
    case TypeKind::Unknown: break;
  }
}

Result<std::shared_ptr<arrow::Array>> converted_column(const std::shared_ptr<arrow::Array>& values,
                                                       Type from, Type to) {
  if (arrow_type(from)->Equals(*arrow_type(to)) || (is_text(from.kind) && is_text(to.kind))) {
    return values;
  }
  if (to.kind != TypeKind::String) {
    // Large integers become the doubles that are next to them.
    auto cast = arrow::compute::Cast(*values, arrow_type(to),
                                     arrow::compute::CastOptions::Unsafe(arrow_type(to)));
    if (!cast.ok()) {
      return Error{.code = ErrorCode::BadData,
                   .message = fmt::format("{} values can not be stored as {}: {}", to_string(from),
                                          to_string(to), cast.status().message())};
    }
    return *std::move(cast);
  }
  arrow::StringBuilder builder;
  arrow::Status status = builder.Reserve(values->length());
  std::string text;
  for (std::int64_t row = 0; row < values->length() && status.ok(); ++row) {
    text.clear();
    if (!values->IsNull(row)) {
      append_value_text(text, *values, row, from);
    }
    status = values->IsNull(row) ? builder.AppendNull() : builder.Append(text);
  }
  std::shared_ptr<arrow::Array> texts;
  if (status.ok()) {
    status = builder.Finish(&texts);
  }
  if (!status.ok()) {
    return Error{.code = ErrorCode::System,
                 .message = "rows can not be turned into text: " + status.message()};
  }
  return texts;
}

}  // namespace tendril
