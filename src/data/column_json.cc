#include "data/column_json.h"

#include <cmath>
#include <string_view>

#include <arrow/array.h>
#include <fmt/format.h>

#include "core/encoding.h"
#include "core/json_text.h"
#include "data/decimal_text.h"
#include "data/instant.h"
#include "data/number_text.h"

namespace tendril {
namespace {

template <class ArrowArray>
auto value_at(const arrow::Array& column, std::int64_t row) {
  return static_cast<const ArrowArray&>(column).Value(row);
}

std::string_view text_at(const arrow::Array& column, std::int64_t row) {
  return static_cast<const arrow::BinaryArray&>(column).GetView(row);
}

template <class Number>
void append_fraction(std::string& out, Number value) {
  out += std::isfinite(value) ? number_text(value) : "null";
}

void append_instant(std::string& out, std::int64_t micros, bool has_zone) {
  std::string text = to_iso(instant_from_micros(micros));
  if (!has_zone) {
    text.pop_back();  // The Z.
  }
  out += '"' + text + '"';
}

}  // namespace

void append_cell_json(std::string& out, const arrow::Array& column, Type type, std::int64_t row) {
  const auto append_integer = [&](std::int64_t value) {
    const fmt::format_int digits(value);
    out.append(digits.data(), digits.size());
  };
  switch (type.kind) {
    case TypeKind::Boolean:
      out += value_at<arrow::BooleanArray>(column, row) ? "true" : "false";
      break;
    case TypeKind::Short: append_integer(value_at<arrow::Int16Array>(column, row)); break;
    case TypeKind::Int: append_integer(value_at<arrow::Int32Array>(column, row)); break;
    case TypeKind::Long: append_integer(value_at<arrow::Int64Array>(column, row)); break;
    case TypeKind::Float: append_fraction(out, value_at<arrow::FloatArray>(column, row)); break;
    case TypeKind::Double: append_fraction(out, value_at<arrow::DoubleArray>(column, row)); break;
    case TypeKind::Decimal:
      out += decimal_text(value_at<arrow::Decimal128Array>(column, row), type.scale);
      break;
    case TypeKind::NaiveDate:
      out += '"' + iso_date(value_at<arrow::Date32Array>(column, row)) + '"';
      break;
    case TypeKind::NaiveTime:
      out += '"' + iso_time(value_at<arrow::Time64Array>(column, row)) + '"';
      break;
    case TypeKind::NaiveDatetime:
      append_instant(out, value_at<arrow::TimestampArray>(column, row), false);
      break;
    case TypeKind::UtcDatetime:
      append_instant(out, value_at<arrow::TimestampArray>(column, row), true);
      break;
    case TypeKind::Binary: out += '"' + base64_encode(text_at(column, row)) + '"'; break;
    case TypeKind::Json: out += text_at(column, row); break;
    case TypeKind::Unknown:
    case TypeKind::Xml:
    case TypeKind::String: append_json_string(out, text_at(column, row)); break;
  }
}

}  // namespace tendril
