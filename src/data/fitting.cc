#include "data/fitting.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <arrow/array.h>

#include "core/check.h"
#include "data/column_builder.h"
#include "data/column_json.h"
#include "data/decimal_text.h"
#include "data/instant.h"
#include "data/json.h"
#include "data/number_text.h"

namespace tendril {
namespace {

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
constexpr std::int64_t kExactDoubleMax = std::int64_t{1} << 53;
constexpr std::int64_t kExactFloatMax = std::int64_t{1} << 24;

bool is_integer(TypeKind kind) {
  return kind == TypeKind::Short || kind == TypeKind::Int || kind == TypeKind::Long;
}

bool is_floating(TypeKind kind) { return kind == TypeKind::Float || kind == TypeKind::Double; }

bool is_text(TypeKind kind) {
  return kind == TypeKind::String || kind == TypeKind::Json || kind == TypeKind::Unknown;
}

std::string_view text_at(const arrow::Array& column, std::int64_t row) {
  return static_cast<const arrow::BinaryArray&>(column).GetView(row);
}

std::int64_t integer_at(const arrow::Array& column, TypeKind kind, std::int64_t row) {
  switch (kind) {
    case TypeKind::Short: return static_cast<const arrow::Int16Array&>(column).Value(row);
    case TypeKind::Int: return static_cast<const arrow::Int32Array&>(column).Value(row);
    default: return static_cast<const arrow::Int64Array&>(column).Value(row);
  }
}

double fraction_at(const arrow::Array& column, TypeKind kind, std::int64_t row) {
  return kind == TypeKind::Float ? static_cast<const arrow::FloatArray&>(column).Value(row)
                                 : static_cast<const arrow::DoubleArray&>(column).Value(row);
}

// As number_text() and std::to_string() write them, and JSON: no sign but -, no zeros in front.
bool is_plain_number(std::string_view text) {
  if (text.starts_with('-')) {
    text.remove_prefix(1);
  }
  const bool digit_first = !text.empty() && text[0] >= '0' && text[0] <= '9';
  const bool zero_first = text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
  return digit_first && !zero_first;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (!is_plain_number(text) || parsed.ec != std::errc() || parsed.ptr != end || text == "-0") {
    return std::nullopt;
  }
  return number;
}

bool in_range(std::int64_t value, TypeKind kind) {
  switch (kind) {
    case TypeKind::Short:
      return value >= std::numeric_limits<std::int16_t>::min() &&
             value <= std::numeric_limits<std::int16_t>::max();
    case TypeKind::Int:
      return value >= std::numeric_limits<std::int32_t>::min() &&
             value <= std::numeric_limits<std::int32_t>::max();
    case TypeKind::Float: return value >= -kExactFloatMax && value <= kExactFloatMax;
    case TypeKind::Double: return value >= -kExactDoubleMax && value <= kExactDoubleMax;
    default: return true;
  }
}

// Takes the values of one column that fit, and says of the others that they do not.
class Fitter {
 public:
  explicit Fitter(Type to) : to_(to), fitted_(to) {}

  // Appends the value, or returns false and appends nothing.
  bool append(const arrow::Array& column, Type from, std::int64_t row) {
    if (from == to_) {
      return append_same(column, row);
    }
    if (is_integer(from.kind)) {
      return append_integer(integer_at(column, from.kind, row));
    }
    if (is_floating(from.kind)) {
      return append_fraction(fraction_at(column, from.kind, row));
    }
    if (is_text(from.kind)) {
      return append_text(text_at(column, row));
    }
    if (from.kind == TypeKind::Decimal) {
      return append_number_text(
          decimal_text(static_cast<const arrow::Decimal128Array&>(column).Value(row), from.scale));
    }
    if (from.kind == TypeKind::NaiveDatetime && to_.kind == TypeKind::NaiveDate) {
      const std::int64_t micros = static_cast<const arrow::TimestampArray&>(column).Value(row);
      return micros % kMicrosPerDay == 0 &&
             append_probed(iso_date(static_cast<std::int32_t>(micros / kMicrosPerDay)));
    }
    return to_.kind == TypeKind::Json && append_as_json(column, from, row);
  }

  void append_null() { fitted_.append_null(); }

  Result<std::shared_ptr<arrow::Array>> take() { return fitted_.take(); }

 private:
  bool append_same(const arrow::Array& column, std::int64_t row) {
    append_cell(fitted_, column, to_, row);
    return true;
  }

  bool append_integer(std::int64_t value) {
    if (is_integer(to_.kind) || is_floating(to_.kind)) {
      return in_range(value, to_.kind) && (fitted_.append_int(value), true);
    }
    if (to_.kind == TypeKind::Json) {
      return fitted_.append_int(value), true;
    }
    return to_.kind == TypeKind::Decimal && append_probed(std::to_string(value));
  }

  bool append_fraction(double value) {
    if (is_integer(to_.kind)) {
      constexpr double kMax = static_cast<double>(kExactDoubleMax);
      const bool whole = std::trunc(value) == value && std::abs(value) <= kMax;
      return whole && append_integer(static_cast<std::int64_t>(value));
    }
    if (is_floating(to_.kind)) {
      const bool exact = to_.kind == TypeKind::Double || std::isnan(value) ||
                         static_cast<double>(static_cast<float>(value)) == value;
      return exact && (fitted_.append_double(value), true);
    }
    if (to_.kind == TypeKind::Json) {
      return std::isfinite(value) && (fitted_.append_double(value), true);
    }
    return to_.kind == TypeKind::Decimal && std::isfinite(value) &&
           append_probed(number_text(value));
  }

  // A number with all its digits.
  bool append_number_text(std::string_view text) {
    if (is_integer(to_.kind)) {
      const std::string_view whole = text.substr(0, text.find('.'));
      const std::string_view rest = text.substr(whole.size());
      const auto number = parse_number<std::int64_t>(whole);
      return number.has_value() && rest.find_first_not_of(".0") == std::string_view::npos &&
             append_integer(*number);
    }
    if (is_floating(to_.kind)) {
      const auto number = parse_number<double>(text);
      return number.has_value() && number_text(*number) == text && append_fraction(*number);
    }
    if (to_.kind == TypeKind::Json) {
      return fitted_.append_json(text), true;
    }
    return to_.kind == TypeKind::Decimal && is_plain_number(text) && append_probed(text);
  }

  bool append_text(std::string_view text) {
    switch (to_.kind) {
      case TypeKind::Boolean:
        return (text == "true" || text == "false") && (fitted_.append_bool(text == "true"), true);
      case TypeKind::Short:
      case TypeKind::Int:
      case TypeKind::Long: {
        const auto number = parse_number<std::int64_t>(text);
        return number.has_value() && append_integer(*number);
      }
      case TypeKind::Float:
      case TypeKind::Double: {
        if (const auto integer = parse_number<std::int64_t>(text)) {
          return append_integer(*integer);
        }
        return append_number_text(text);
      }
      case TypeKind::Decimal: return is_plain_number(text) && append_probed(text);
      case TypeKind::NaiveDate:
      case TypeKind::NaiveTime:
      case TypeKind::NaiveDatetime:
      case TypeKind::UtcDatetime: return append_probed(text);
      case TypeKind::Json: {
        if (parse_json(text).ok()) {
          fitted_.append_json(text);
        } else {
          fitted_.append_string(text);
        }
        return true;
      }
      case TypeKind::String: {  // Of a column of Json, where a text stands in quotes.
        const Result<Value> value = parse_json(text);
        const std::string* unquoted = value.ok() ? value->as_string() : nullptr;
        return fitted_.append_string(unquoted == nullptr ? text : *unquoted), true;
      }
      default: return false;
    }
  }

  bool append_as_json(const arrow::Array& column, Type from, std::int64_t row) {
    std::string json;
    append_cell_json(json, column, from, row);
    fitted_.append_json(json);
    return true;
  }

  // Lets a builder of its own try, which would widen rather than refuse.
  bool append_probed(std::string_view text) {
    ColumnBuilder probe(to_);
    probe.append_string(text);
    return probe.type() == to_ && (fitted_.append_string(text), true);
  }

  const Type to_;
  ColumnBuilder fitted_;
};

// The text of a value whose JSON is a quoted text or a number.
std::string written(const arrow::Array& column, Type type, std::int64_t row) {
  std::string json;
  append_cell_json(json, column, type, row);
  return json.starts_with('"') ? json.substr(1, json.size() - 2) : json;
}

}  // namespace

void append_cell(ColumnBuilder& out, const arrow::Array& column, Type type, std::int64_t row) {
  if (column.IsNull(row)) {
    return out.append_null();
  }
  switch (type.kind) {
    case TypeKind::Boolean:
      return out.append_bool(static_cast<const arrow::BooleanArray&>(column).Value(row));
    case TypeKind::Short:
    case TypeKind::Int:
    case TypeKind::Long: return out.append_int(integer_at(column, type.kind, row));
    case TypeKind::Float:
    case TypeKind::Double: return out.append_double(fraction_at(column, type.kind, row));
    case TypeKind::Binary: return out.append_bytes(text_at(column, row));
    case TypeKind::Json: return out.append_json(text_at(column, row));
    case TypeKind::Unknown:
    case TypeKind::Xml:
    case TypeKind::String: return out.append_string(text_at(column, row));
    case TypeKind::Decimal:
    case TypeKind::NaiveDate:
    case TypeKind::NaiveTime:
    case TypeKind::NaiveDatetime:
    case TypeKind::UtcDatetime: return out.append_string(written(column, type, row));
  }
}

Result<FittedColumn> fit_column(const arrow::Array& column, Type from, Type to) {
  FittedColumn fitted;
  Fitter fitter(to);
  for (std::int64_t row = 0; row < column.length(); ++row) {
    if (!column.IsNull(row) && fitter.append(column, from, row)) {
      continue;
    }
    fitter.append_null();
    if (!column.IsNull(row)) {
      fitted.misfits.resize(static_cast<std::size_t>(column.length()), false);
      fitted.misfits[static_cast<std::size_t>(row)] = true;
      ++fitted.misfit_count;
    }
  }
  fitted.values = TRY(fitter.take());
  return fitted;
}

Result<std::shared_ptr<arrow::Array>> chosen_values(const arrow::Array& column, Type from, Type to,
                                                    const RowMask& chosen) {
  Fitter fitter(to);
  for (std::int64_t row = 0; row < column.length(); ++row) {
    if (!chosen[static_cast<std::size_t>(row)]) {
      fitter.append_null();
    } else {
      const bool taken = fitter.append(column, from, row);
      CHECK(taken);
    }
  }
  return fitter.take();
}

Type own_type(const arrow::Array& column, Type type, std::int64_t row) {
  if (!is_text(type.kind)) {
    return type;
  }
  const std::string_view text = text_at(column, row);
  if (text == "true" || text == "false") {
    return {TypeKind::Boolean};
  }
  if (parse_number<std::int64_t>(text).has_value()) {
    return {TypeKind::Long};
  }
  if (const auto number = parse_number<double>(text);
      number.has_value() && number_text(*number) == text) {
    return {TypeKind::Double};
  }
  const bool opens = text.starts_with('{') || text.starts_with('[');
  return opens && parse_json(text).ok() ? Type{TypeKind::Json} : Type{TypeKind::String};
}

}  // namespace tendril
