#include "bridges/partner/cell_builder.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <arrow/array/array_base.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_decimal.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/array/builder_time.h>
#include <arrow/memory_pool.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

#include "core/check.h"
#include "core/encoding.h"
#include "core/utf8.h"
#include "data/batch.h"
#include "data/instant.h"
#include "data/json.h"

namespace tendril {
namespace {

// Decimals have at most so many digits; what has more is no number that a sender means.
constexpr std::size_t kDecimalTextMax = 400;
constexpr int kDecimalDigitsMax = 38;

// `parse` returns a value that the builder takes, or nothing.
template <class Builder, class Parse>
class TypedCells final : public CellBuilder {
 public:
  TypedCells(Type type, Parse parse)
      : builder_(arrow_type(type), arrow::default_memory_pool()), parse_(std::move(parse)) {}

  bool append(std::string_view text) override {
    const auto value = parse_(text);
    if (value) {
      note(builder_.Append(*value));
    }
    return value.has_value();
  }

  void append_null() override { note(builder_.AppendNull()); }

  void append_bytes(std::string_view bytes) override {
    if constexpr (std::is_same_v<Builder, arrow::BinaryBuilder>) {
      note(builder_.Append(bytes));
    } else {
      CHECK(false);
    }
  }

  Result<std::shared_ptr<arrow::Array>> take() override {
    std::shared_ptr<arrow::Array> values;
    note(builder_.Finish(&values));
    if (!status_.ok()) {
      return Error{ErrorCode::System, "no memory for the rows of a file: " + status_.message()};
    }
    return values;
  }

 private:
  void note(const arrow::Status& status) {
    if (!status.ok()) {
      status_ = status;
    }
  }

  Builder builder_;
  Parse parse_;
  arrow::Status status_;
};

template <class Builder, class Parse>
std::unique_ptr<CellBuilder> typed(Type type, Parse parse) {
  return std::make_unique<TypedCells<Builder, Parse>>(type, std::move(parse));
}

std::optional<bool> parse_bool(std::string_view text) {
  if (text == "true" || text == "TRUE" || text == "True") {
    return true;
  }
  if (text == "false" || text == "FALSE" || text == "False") {
    return false;
  }
  return std::nullopt;
}

template <class Number>
std::optional<Number> parse_integer(std::string_view text) {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

// Digits that round to a number beyond the largest by less than its last place are that number: a
// sender may have cut them off, as in 3.4028237E+38. What is too small for the type is nought.
std::optional<double> parse_double(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ptr != end || text.empty()) {
    return std::nullopt;
  }
  if (parsed.ec == std::errc::result_out_of_range) {
    const bool tiny = text.find("e-") != std::string_view::npos ||
                      text.find("E-") != std::string_view::npos || text.find("0.0") < 2;
    return tiny ? std::optional(0.0) : std::nullopt;
  }
  return parsed.ec == std::errc() ? std::optional(number) : std::nullopt;
}

std::optional<float> parse_float(std::string_view text) {
  const std::optional<double> number = parse_double(text);
  if (!number) {
    return std::nullopt;
  }
  constexpr float kMax = std::numeric_limits<float>::max();
  constexpr double kBeyond = 3.4028238e38;
  if (std::isfinite(*number) && std::abs(*number) > static_cast<double>(kMax)) {
    return std::abs(*number) < kBeyond ? std::optional(*number > 0 ? kMax : -kMax) : std::nullopt;
  }
  return static_cast<float>(*number);
}

// Rounds half away from nought.
std::optional<arrow::Decimal128> parse_decimal(std::string_view text, Type type) {
  if (text.empty() || text.size() > kDecimalTextMax) {
    return std::nullopt;
  }
  arrow::Decimal256 value;
  std::int32_t precision = 0;
  std::int32_t scale = 0;
  if (!arrow::Decimal256::FromString(text, &value, &precision, &scale).ok()) {
    return std::nullopt;
  }
  const std::int32_t shift = scale - type.scale;
  if (shift > 0) {
    if (shift > precision) {
      return arrow::Decimal128(0);  // Less than half of the last place.
    }
    value = value.ReduceScaleBy(shift, true);
  } else if (shift < 0) {
    if (precision - shift > 2 * kDecimalDigitsMax) {
      return value == arrow::Decimal256(0) ? std::optional(arrow::Decimal128(0)) : std::nullopt;
    }
    value = value.IncreaseScaleBy(-shift);
  }
  if (!value.FitsInPrecision(type.precision)) {
    return std::nullopt;
  }
  const auto& words = value.little_endian_array();
  return arrow::Decimal128(static_cast<std::int64_t>(words[1]), words[0]);
}

std::optional<std::int64_t> parse_instant(std::string_view text) {
  if (const auto datetime = parse_iso_datetime(text)) {
    return micros_of(datetime->instant);
  }
  if (const auto days = parse_iso_date(text)) {
    constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
    return *days * kMicrosPerDay;
  }
  return std::nullopt;
}

// The fields as they were written, whatever the zone.
std::optional<std::int64_t> parse_naive_instant(std::string_view text) {
  if (const auto datetime = parse_iso_datetime(text)) {
    return micros_of(datetime->instant + datetime->utc_offset);
  }
  return parse_instant(text);
}

std::optional<std::string_view> parse_text(std::string_view text) {
  return is_utf8(text) ? std::optional(text) : std::nullopt;
}

std::optional<std::string_view> parse_json_text(std::string_view text) {
  return parse_json(text).ok() ? std::optional(text) : std::nullopt;
}

}  // namespace

std::unique_ptr<CellBuilder> cell_builder(Type type) {
  switch (type.kind) {
    case TypeKind::Boolean: return typed<arrow::BooleanBuilder>(type, parse_bool);
    case TypeKind::Short: return typed<arrow::Int16Builder>(type, parse_integer<std::int16_t>);
    case TypeKind::Int: return typed<arrow::Int32Builder>(type, parse_integer<std::int32_t>);
    case TypeKind::Long: return typed<arrow::Int64Builder>(type, parse_integer<std::int64_t>);
    case TypeKind::Float: return typed<arrow::FloatBuilder>(type, parse_float);
    case TypeKind::Double: return typed<arrow::DoubleBuilder>(type, parse_double);
    case TypeKind::Decimal:
      return typed<arrow::Decimal128Builder>(
          type, [type](std::string_view text) { return parse_decimal(text, type); });
    case TypeKind::NaiveDate: return typed<arrow::Date32Builder>(type, parse_iso_date);
    case TypeKind::NaiveTime: return typed<arrow::Time64Builder>(type, parse_iso_time);
    case TypeKind::NaiveDatetime: return typed<arrow::TimestampBuilder>(type, parse_naive_instant);
    case TypeKind::UtcDatetime: return typed<arrow::TimestampBuilder>(type, parse_instant);
    case TypeKind::Binary: return typed<arrow::BinaryBuilder>(type, base64_decode);
    case TypeKind::Json: return typed<arrow::StringBuilder>(type, parse_json_text);
    case TypeKind::Xml:
    case TypeKind::String:
    case TypeKind::Unknown: return typed<arrow::StringBuilder>(type, parse_text);
  }
  return typed<arrow::StringBuilder>(type, parse_text);
}

}  // namespace tendril
