#include "data/column_builder.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array/data.h>
#include <arrow/array/util.h>
#include <arrow/util/decimal.h>

#include "core/check.h"
#include "core/encoding.h"
#include "core/json_text.h"
#include "data/batch.h"
#include "data/decimal_text.h"
#include "data/json.h"
#include "data/number_text.h"

namespace tendril {
namespace {

// Integers up to this size are doubles too.
constexpr std::int64_t kExactDoubleMax = std::int64_t{1} << 53;

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

bool is_exact_double(std::int64_t value) {
  return value >= -kExactDoubleMax && value <= kExactDoubleMax;
}

template <class Small>
bool in_range(std::int64_t value) {
  return value >= std::numeric_limits<Small>::min() && value <= std::numeric_limits<Small>::max();
}

bool holds_text(TypeKind kind) {
  return kind == TypeKind::String || kind == TypeKind::Json || kind == TypeKind::Xml ||
         kind == TypeKind::Binary;
}

// Bytes of one value; 0 for text, booleans and unknown.
int fixed_width(TypeKind kind) {
  switch (kind) {
    case TypeKind::Short: return 2;
    case TypeKind::Int:
    case TypeKind::Float:
    case TypeKind::NaiveDate: return 4;
    case TypeKind::Long:
    case TypeKind::Double:
    case TypeKind::NaiveTime:
    case TypeKind::NaiveDatetime:
    case TypeKind::UtcDatetime: return 8;
    case TypeKind::Decimal: return 16;
    default: return 0;
  }
}

// Buffers grow by malloc; a machine that has none left can not go on anyway.
void must(const arrow::Status& status) { CHECK(status.ok()); }

template <class T>
T value_at(const std::uint8_t* bytes, std::int64_t row) {
  T value;
  std::memcpy(&value, bytes + row * static_cast<std::int64_t>(sizeof(T)), sizeof(T));
  return value;
}

}  // namespace

ColumnBuilder::ColumnBuilder(Type type) : type_(type) {}

// Counts a value that is not null.
inline void ColumnBuilder::mark() {
  if (null_count_ > 0) {
    must(validity_.Append(true));
  }
  ++size_;
}

template <class T>
void ColumnBuilder::append_fixed(T value) {
  must(values_.Append(&value, sizeof(T)));
  mark();
}

void ColumnBuilder::append_text(std::string_view text) {
  constexpr auto kBytesMax = std::numeric_limits<std::int32_t>::max();
  CHECK(values_.length() + static_cast<std::int64_t>(text.size()) <= kBytesMax);
  must(offsets_.Append(static_cast<std::int32_t>(values_.length())));
  must(values_.Append(text.data(), static_cast<std::int64_t>(text.size())));
  mark();
}

void ColumnBuilder::append_null() { append_nulls(1); }

void ColumnBuilder::append_nulls(std::int64_t count) {
  if (holds_text(type_.kind)) {
    must(offsets_.Append(count, static_cast<std::int32_t>(values_.length())));
  } else if (type_.kind == TypeKind::Boolean) {
    must(bits_.Append(count, false));
  } else if (const int width = fixed_width(type_.kind); width > 0) {
    must(values_.Append(count * width, 0));
  }
  if (null_count_ == 0) {
    must(validity_.Append(size_, true));
  }
  must(validity_.Append(count, false));
  null_count_ += count;
  size_ += count;
}

void ColumnBuilder::append_bool(bool value) {
  switch (type_.kind) {
    case TypeKind::Boolean:
      must(bits_.Append(value));
      mark();
      return;
    case TypeKind::String:
    case TypeKind::Json: append_text(value ? "true" : "false"); return;
    default: widen_to({TypeKind::Boolean}); append_bool(value);
  }
}

void ColumnBuilder::append_int(std::int64_t value) {
  switch (type_.kind) {
    case TypeKind::Long: append_fixed(value); return;
    case TypeKind::Short:
      if (in_range<std::int16_t>(value)) {
        append_fixed(static_cast<std::int16_t>(value));
        return;
      }
      break;
    case TypeKind::Int:
      if (in_range<std::int32_t>(value)) {
        append_fixed(static_cast<std::int32_t>(value));
        return;
      }
      break;
    case TypeKind::Float:
      if (static_cast<std::int64_t>(static_cast<float>(value)) == value && is_exact_double(value)) {
        append_fixed(static_cast<float>(value));
        return;
      }
      break;
    case TypeKind::Double:
      if (is_exact_double(value)) {
        append_fixed(static_cast<double>(value));
        return;
      }
      become({TypeKind::String});
      break;
    case TypeKind::Decimal:
    case TypeKind::String:
    case TypeKind::Json:
    case TypeKind::NaiveDatetime:
    case TypeKind::UtcDatetime: append_big_number(std::to_string(value)); return;
    default: break;
  }
  widen_to({TypeKind::Long});
  append_int(value);
}

void ColumnBuilder::append_double(double value) {
  switch (type_.kind) {
    case TypeKind::Double: append_fixed(value); return;
    case TypeKind::Float: append_fixed(static_cast<float>(value)); return;
    case TypeKind::Decimal:
    case TypeKind::String:
    case TypeKind::Json:
    case TypeKind::UtcDatetime:
    case TypeKind::NaiveDatetime: append_big_number(number_text(value)); return;
    default: widen_to({TypeKind::Double}); append_double(value);
  }
}

void ColumnBuilder::append_string(std::string_view text) {
  switch (type_.kind) {
    case TypeKind::String:
    case TypeKind::Xml: append_text(text); return;
    case TypeKind::Json: {
      std::string quoted;
      append_json_string(quoted, text);
      append_text(quoted);
      return;
    }
    case TypeKind::Decimal:
      if (append_decimal(text)) {
        return;
      }
      break;
    case TypeKind::NaiveDate:
    case TypeKind::NaiveTime:
    case TypeKind::NaiveDatetime:
    case TypeKind::UtcDatetime:
      if (append_parsed(text)) {
        return;
      }
      break;
    default: break;
  }
  widen_to({TypeKind::String});
  append_text(text);
}

// Returns false when the text is not of the column's date or time type.
bool ColumnBuilder::append_parsed(std::string_view text) {
  if (type_.kind == TypeKind::NaiveDate) {
    const auto days = parse_iso_date(text);
    return days.has_value() && (append_fixed(*days), true);
  }
  if (type_.kind == TypeKind::NaiveTime) {
    const auto micros = parse_iso_time(text);
    return micros.has_value() && (append_fixed(*micros), true);
  }
  std::optional<Datetime> datetime = parse_iso_datetime(text);
  if (!datetime) {
    const Result<Datetime> parsed = parse_datetime(text);
    if (!parsed.ok()) {
      return false;
    }
    datetime = *parsed;
  }
  // A local time with an offset would lose the offset in a column without zones.
  if (type_.kind == TypeKind::NaiveDatetime && datetime->utc_offset != Micros(0)) {
    return false;
  }
  append_fixed(micros_of(datetime->instant));
  return true;
}

// Returns false when the text is no number or has too many digits for any decimal type.
bool ColumnBuilder::append_decimal(std::string_view text) {
  arrow::Decimal128 number;
  int32_t precision = 0;
  int32_t scale = 0;
  if (!arrow::Decimal128::FromString(text, &number, &precision, &scale).ok()) {
    return false;
  }
  if (scale < 0) {
    precision -= scale;
  }
  const int wanted_scale = std::max(scale, 0);
  const int whole = std::max(precision - wanted_scale, 0);
  if (wanted_scale > type_.scale || whole > type_.precision - type_.scale) {
    if (whole + wanted_scale > 38) {
      return false;
    }
    become(widen(type_, decimal_type(std::max(whole + wanted_scale, 1), wanted_scale)));
    if (type_.kind != TypeKind::Decimal) {
      return false;
    }
  }
  const auto rescaled = number.Rescale(scale, type_.scale);
  CHECK(rescaled.ok());
  append_fixed(rescaled->ToBytes());
  return true;
}

void ColumnBuilder::append_json(std::string_view json_text) {
  if (type_.kind != TypeKind::Json && type_.kind != TypeKind::String) {
    widen_to({TypeKind::Json});
  }
  append_text(json_text);
}

void ColumnBuilder::append_big_number(std::string_view text) {
  switch (type_.kind) {
    case TypeKind::Decimal:
    case TypeKind::NaiveDatetime:
    case TypeKind::UtcDatetime: append_string(text); return;
    case TypeKind::String:
    case TypeKind::Json: append_text(text); return;
    default: widen_to({TypeKind::String}); append_text(text);
  }
}

void ColumnBuilder::append_instant(Instant instant) {
  if (type_.kind != TypeKind::UtcDatetime && type_.kind != TypeKind::String &&
      type_.kind != TypeKind::Json) {
    widen_to({TypeKind::UtcDatetime});
  }
  if (type_.kind == TypeKind::UtcDatetime) {
    append_fixed(micros_of(instant));
  } else {
    append_string(to_iso(instant));
  }
}

void ColumnBuilder::append_bytes(std::string_view bytes) {
  if (type_.kind != TypeKind::Binary && !holds_text(type_.kind)) {
    widen_to({TypeKind::Binary});
  }
  if (type_.kind == TypeKind::Binary) {
    append_text(bytes);
  } else {
    append_string(base64_encode(bytes));
  }
}

void ColumnBuilder::append(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::Null: append_null(); return;
    case Value::Kind::Bool: append_bool(*value.as_bool()); return;
    case Value::Kind::Int: append_int(*value.as_int()); return;
    case Value::Kind::Float: append_double(*value.as_float()); return;
    case Value::Kind::BigNumber: append_big_number(value.as_big_number()->text); return;
    case Value::Kind::String: append_string(*value.as_string()); return;
    case Value::Kind::List:
    case Value::Kind::Map: append_json(to_json(value)); return;
    case Value::Kind::Datetime: append_instant(value.as_datetime()->instant); return;
    case Value::Kind::Duration: {
      const std::string quoted = to_json(value);
      append_string(std::string_view(quoted).substr(1, quoted.size() - 2));
      return;
    }
  }
}

void ColumnBuilder::pop() {
  CHECK(size_ > 0);
  --size_;
  if (null_count_ > 0) {
    const bool was_null = !arrow::bit_util::GetBit(validity_.data(), size_);
    null_count_ -= was_null ? 1 : 0;
    validity_.bytes_builder()->Rewind(arrow::bit_util::BytesForBits(size_));
    arrow::TypedBufferBuilder<bool> kept;
    if (null_count_ > 0) {
      must(kept.Reserve(size_));
      for (std::int64_t row = 0; row < size_; ++row) {
        kept.UnsafeAppend(arrow::bit_util::GetBit(validity_.data(), row));
      }
    }
    validity_ = std::move(kept);
  }
  if (holds_text(type_.kind)) {
    values_.Rewind(offsets_.data()[size_]);
    offsets_.bytes_builder()->Rewind(size_ * static_cast<std::int64_t>(sizeof(std::int32_t)));
  } else if (type_.kind == TypeKind::Boolean) {
    arrow::TypedBufferBuilder<bool> kept;
    must(kept.Reserve(size_));
    for (std::int64_t row = 0; row < size_; ++row) {
      kept.UnsafeAppend(arrow::bit_util::GetBit(bits_.data(), row));
    }
    bits_ = std::move(kept);
  } else {
    values_.Rewind(size_ * fixed_width(type_.kind));
  }
}

std::size_t ColumnBuilder::bytes() const {
  return static_cast<std::size_t>(values_.length() + offsets_.length() * 4 + (size_ + 7) / 8);
}

void ColumnBuilder::widen_to(Type type) {
  const Type wider = widen(type_, type);
  if (wider != type_) {
    become(wider);
  }
}

// The text that a value becomes in a String column.
std::string ColumnBuilder::text_at(std::int64_t row) const {
  const std::uint8_t* bytes = values_.data();
  switch (type_.kind) {
    case TypeKind::Boolean: return arrow::bit_util::GetBit(bits_.data(), row) ? "true" : "false";
    case TypeKind::Short: return std::to_string(value_at<std::int16_t>(bytes, row));
    case TypeKind::Int: return std::to_string(value_at<std::int32_t>(bytes, row));
    case TypeKind::Long: return std::to_string(value_at<std::int64_t>(bytes, row));
    case TypeKind::Float: return number_text(value_at<float>(bytes, row));
    case TypeKind::Double: return number_text(value_at<double>(bytes, row));
    case TypeKind::Decimal: return decimal_text(bytes + row * 16, type_.scale);
    case TypeKind::NaiveDate: return iso_date(value_at<std::int32_t>(bytes, row));
    case TypeKind::NaiveTime: return iso_time(value_at<std::int64_t>(bytes, row));
    case TypeKind::NaiveDatetime: {
      std::string text = to_iso(instant_from_micros(value_at<std::int64_t>(bytes, row)));
      text.pop_back();  // The Z.
      return text;
    }
    case TypeKind::UtcDatetime:
      return to_iso(instant_from_micros(value_at<std::int64_t>(bytes, row)));
    default: break;
  }
  const std::int32_t start = offsets_.data()[row];
  const std::int64_t end = row + 1 < size_ ? offsets_.data()[row + 1] : values_.length();
  const std::string_view text(reinterpret_cast<const char*>(bytes) + start,
                              static_cast<std::size_t>(end - start));
  return type_.kind == TypeKind::Binary ? base64_encode(text) : std::string(text);
}

// Changes the type and rewrites every value; to String where there is no closer conversion.
void ColumnBuilder::become(Type type) {
  ColumnBuilder wider(type);
  for (std::int64_t row = 0; row < size_; ++row) {
    if (null_count_ > 0 && !arrow::bit_util::GetBit(validity_.data(), row)) {
      wider.append_null();
    } else if (type.kind == TypeKind::String) {
      wider.append_text(text_at(row));
    } else if (type_.kind == TypeKind::NaiveDate && type.kind == TypeKind::NaiveDatetime) {
      wider.append_fixed(value_at<std::int32_t>(values_.data(), row) * kMicrosPerDay);
    } else if (type_.kind == TypeKind::Float) {
      wider.append_double(value_at<float>(values_.data(), row));
    } else if (type.kind == TypeKind::Decimal) {
      CHECK(wider.append_decimal(text_at(row)));
    } else {
      const std::string text = text_at(row);
      std::int64_t integer = 0;
      std::from_chars(text.data(), text.data() + text.size(), integer);
      wider.append_int(integer);
    }
  }
  *this = std::move(wider);
}

Result<std::shared_ptr<arrow::Array>> ColumnBuilder::take() {
  const std::int64_t length = size_;
  const std::int64_t nulls = null_count_;
  const std::int64_t bytes = values_.length();
  std::vector<std::shared_ptr<arrow::Buffer>> buffers(1);
  const bool is_text = holds_text(type_.kind) || type_.kind == TypeKind::Unknown;
  if (type_.kind == TypeKind::Unknown) {
    must(offsets_.Append(length, 0));
  }
  if (nulls > 0) {
    must(validity_.Finish(&buffers[0], false));
  }
  if (is_text) {
    must(offsets_.Append(static_cast<std::int32_t>(bytes)));
    must(offsets_.Finish(&buffers.emplace_back(), false));
  }
  if (type_.kind == TypeKind::Boolean) {
    must(bits_.Finish(&buffers.emplace_back(), false));
  } else {
    must(values_.Finish(&buffers.emplace_back(), false));
  }
  *this = ColumnBuilder(type_);
  // The next batch will be about as large: grow once, not by doubling.
  if (is_text) {
    must(offsets_.Reserve(length + 1));
  }
  must(values_.Reserve(bytes));
  return arrow::MakeArray(
      arrow::ArrayData::Make(arrow_type(type_), length, std::move(buffers), nulls));
}

}  // namespace tendril
