#include "bridges/partner/wire_value.h"

#include <string>

#include <arrow/array.h>

#include "common.pb.h"
#include "core/utf8.h"
#include "data/civil.h"
#include "data/decimal_text.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;
using google::protobuf::Timestamp;

constexpr std::int64_t kNanosPerMicro = 1'000;
// The moments that a Timestamp may stand for: the years 1 to 9999.
constexpr std::int64_t kSecondsMin = days_of(1, 1, 1) * (kMicrosPerDay / kMicrosPerSecond);
constexpr std::int64_t kSecondsEnd =
    (days_of(9999, 12, 31) + std::int64_t{1}) * (kMicrosPerDay / kMicrosPerSecond);

constexpr std::string_view kBeyondCalendar = "a time before the year 1 or after 9999";
constexpr std::string_view kNoText = "text that is not UTF-8";

template <class ArrowArray>
auto value_at(const arrow::Array& column, std::int64_t row) {
  return static_cast<const ArrowArray&>(column).Value(row);
}

std::string_view bytes_at(const arrow::Array& column, std::int64_t row) {
  return static_cast<const arrow::BinaryArray&>(column).GetView(row);
}

bool put_seconds(std::int64_t seconds, std::int64_t micros, Timestamp& timestamp) {
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<std::int32_t>(micros * kNanosPerMicro));
  return seconds >= kSecondsMin && seconds < kSecondsEnd;
}

bool put_micros(std::int64_t micros, Timestamp& timestamp) {
  const std::int64_t seconds = floor_divide(micros, kMicrosPerSecond);
  return put_seconds(seconds, micros - seconds * kMicrosPerSecond, timestamp);
}

bool put_text(std::string_view text, std::string& place) {
  place = text;
  return is_utf8(text);
}

// What the cell is that the wire has no place for; "" when it has.
std::string_view put_some(const arrow::Array& column, Type type, std::int64_t row,
                          wire::ValueType& value) {
  const auto calendar = [](bool fits) { return fits ? "" : kBeyondCalendar; };
  const auto text = [](bool fits) { return fits ? "" : kNoText; };
  switch (type.kind) {
    case TypeKind::Boolean: value.set_bool_(value_at<arrow::BooleanArray>(column, row)); break;
    case TypeKind::Short: value.set_short_(value_at<arrow::Int16Array>(column, row)); break;
    case TypeKind::Int: value.set_int_(value_at<arrow::Int32Array>(column, row)); break;
    case TypeKind::Long: value.set_long_(value_at<arrow::Int64Array>(column, row)); break;
    case TypeKind::Float: value.set_float_(value_at<arrow::FloatArray>(column, row)); break;
    case TypeKind::Double: value.set_double_(value_at<arrow::DoubleArray>(column, row)); break;
    case TypeKind::Decimal:
      value.set_decimal(decimal_text(value_at<arrow::Decimal128Array>(column, row), type.scale));
      break;
    case TypeKind::NaiveDate:
      return calendar(put_seconds(
          value_at<arrow::Date32Array>(column, row) * (kMicrosPerDay / kMicrosPerSecond), 0,
          *value.mutable_naive_date()));
    case TypeKind::NaiveTime:
      return calendar(
          put_micros(value_at<arrow::Time64Array>(column, row), *value.mutable_naive_time()));
    case TypeKind::NaiveDatetime:
      return calendar(put_micros(value_at<arrow::TimestampArray>(column, row),
                                 *value.mutable_naive_datetime()));
    case TypeKind::UtcDatetime:
      return calendar(
          put_micros(value_at<arrow::TimestampArray>(column, row), *value.mutable_utc_datetime()));
    case TypeKind::Binary: value.set_binary(std::string(bytes_at(column, row))); break;
    case TypeKind::Json: return text(put_text(bytes_at(column, row), *value.mutable_json()));
    case TypeKind::Xml: return text(put_text(bytes_at(column, row), *value.mutable_xml()));
    case TypeKind::Unknown:
    case TypeKind::String: return text(put_text(bytes_at(column, row), *value.mutable_string()));
  }
  return "";
}

}  // namespace

std::string_view put_cell(const arrow::Array& column, Type type, std::int64_t row,
                          wire::ValueType& value) {
  const std::string_view misfit = column.IsNull(row) ? "" : put_some(column, type, row, value);
  if (column.IsNull(row) || !misfit.empty()) {
    value.set_null(true);
  }
  return misfit;
}

}  // namespace tendril
