#include "bridges/partner/wire_cells.h"

#include <charconv>
#include <cstdint>
#include <limits>

#include "common.pb.h"
#include "data/civil.h"
#include "data/instant.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;
using google::protobuf::Timestamp;

constexpr std::int64_t kNanosPerMicro = 1'000;
constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int64_t kSecondsPerDay = kMicrosPerDay / kMicrosPerSecond;
constexpr std::int64_t kSecondsMax =
    std::numeric_limits<std::int64_t>::max() / kMicrosPerSecond - 1;

FrameCell number_cell(CellTag tag, std::int64_t number) { return {.tag = tag, .number = number}; }

FrameCell truth_cell(bool truth) { return {.tag = truth ? CellTag::True : CellTag::False}; }

FrameCell real_cell(CellTag tag, double real) { return {.tag = tag, .real = real}; }

FrameCell text_cell(CellTag tag, std::string_view text) { return {.tag = tag, .text = text}; }

std::optional<std::int64_t> micros_of_timestamp(const Timestamp& time) {
  const bool fits = time.seconds() >= -kSecondsMax && time.seconds() <= kSecondsMax &&
                    time.nanos() >= 0 && time.nanos() < kNanosPerSecond;
  return fits ? std::optional(time.seconds() * kMicrosPerSecond + time.nanos() / kNanosPerMicro)
              : std::nullopt;
}

std::optional<FrameCell> instant_cell(CellTag tag, const Timestamp& time, std::string& problem) {
  const std::optional<std::int64_t> micros = micros_of_timestamp(time);
  if (!micros) {
    problem = "a time that is none";
    return std::nullopt;
  }
  return number_cell(tag, *micros);
}

std::optional<FrameCell> date_cell(const Timestamp& time, std::string& problem) {
  const std::int64_t days = floor_divide(time.seconds(), kSecondsPerDay);
  if (days < std::numeric_limits<std::int32_t>::min() ||
      days > std::numeric_limits<std::int32_t>::max()) {
    problem = "a date that is none";
    return std::nullopt;
  }
  return number_cell(CellTag::Date, days);
}

std::optional<FrameCell> time_cell(const Timestamp& time, std::string& problem) {
  const std::optional<std::int64_t> micros = micros_of_timestamp(time);
  if (!micros || *micros < 0 || *micros >= kMicrosPerDay) {
    problem = "a time of day beyond the day";
    return std::nullopt;
  }
  return number_cell(CellTag::Time, *micros);
}

template <class Number>
std::optional<Number> number_of_text(std::string_view text) {
  Number number{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                  : std::nullopt;
}

std::optional<bool> truth_of_text(std::string_view text) {
  if (text == "true" || text == "false") {
    return text == "true";
  }
  return std::nullopt;
}

// Of a column that nobody declared: what is written as a number would be is one.
FrameCell inferred_cell(std::string_view text) {
  if (const auto truth = truth_of_text(text)) {
    return truth_cell(*truth);
  }
  const auto number = number_of_text<std::int64_t>(text);
  return number && std::to_string(*number) == text ? number_cell(CellTag::Int, *number)
                                                   : text_cell(CellTag::String, text);
}

std::optional<FrameCell> declared_cell(std::string_view text, TypeKind kind) {
  const auto as = [](CellTag tag, const auto& number) {
    return number ? std::optional(number_cell(tag, *number)) : std::nullopt;
  };
  switch (kind) {
    case TypeKind::Boolean: {
      const auto truth = truth_of_text(text);
      return truth ? std::optional(truth_cell(*truth)) : std::nullopt;
    }
    case TypeKind::Short: return as(CellTag::Int, number_of_text<std::int16_t>(text));
    case TypeKind::Int: return as(CellTag::Int, number_of_text<std::int32_t>(text));
    case TypeKind::Long: return as(CellTag::Int, number_of_text<std::int64_t>(text));
    case TypeKind::Float:
    case TypeKind::Double: {
      const auto real = real_of_text(text);
      return real ? std::optional(real_cell(CellTag::Float, *real)) : std::nullopt;
    }
    case TypeKind::NaiveDate: return as(CellTag::Date, parse_iso_date(text));
    case TypeKind::NaiveTime: return as(CellTag::Time, parse_iso_time(text));
    case TypeKind::NaiveDatetime:
    case TypeKind::UtcDatetime: {
      const auto time = parse_iso_datetime(text);
      const bool has_zone = kind == TypeKind::UtcDatetime;
      if (!time || time->has_zone != has_zone) {
        return std::nullopt;
      }
      return number_cell(has_zone ? CellTag::UtcDatetime : CellTag::NaiveDatetime,
                         micros_of(time->instant));
    }
    case TypeKind::Decimal: return text_cell(CellTag::Decimal, text);
    case TypeKind::Xml: return text_cell(CellTag::Xml, text);
    case TypeKind::Json: return text_cell(CellTag::Json, text);
    default: return text_cell(CellTag::String, text);
  }
}

}  // namespace

std::optional<FrameCell> cell_of(const wire::ValueType& value, std::string& problem) {
  switch (value.inner_case()) {
    case wire::ValueType::kNull: return FrameCell{.tag = CellTag::Null};
    case wire::ValueType::kBool: return truth_cell(value.bool_());
    case wire::ValueType::kShort: return number_cell(CellTag::Int, value.short_());
    case wire::ValueType::kInt: return number_cell(CellTag::Int, value.int_());
    case wire::ValueType::kLong: return number_cell(CellTag::Int, value.long_());
    case wire::ValueType::kFloat: return real_cell(CellTag::Float, value.float_());
    case wire::ValueType::kDouble: return real_cell(CellTag::Double, value.double_());
    case wire::ValueType::kNaiveDate: return date_cell(value.naive_date(), problem);
    case wire::ValueType::kNaiveDatetime:
      return instant_cell(CellTag::NaiveDatetime, value.naive_datetime(), problem);
    case wire::ValueType::kUtcDatetime:
      return instant_cell(CellTag::UtcDatetime, value.utc_datetime(), problem);
    case wire::ValueType::kNaiveTime: return time_cell(value.naive_time(), problem);
    case wire::ValueType::kDecimal: return text_cell(CellTag::Decimal, value.decimal());
    case wire::ValueType::kBinary: return text_cell(CellTag::Binary, value.binary());
    case wire::ValueType::kString: return text_cell(CellTag::String, value.string());
    case wire::ValueType::kJson: return text_cell(CellTag::Json, value.json());
    case wire::ValueType::kXml: return text_cell(CellTag::Xml, value.xml());
    case wire::ValueType::INNER_NOT_SET: break;
  }
  problem = "a value of no type that this program knows";
  return std::nullopt;
}

std::optional<FrameCell> cell_of_text(std::string_view text, Type type, std::string& problem) {
  const std::optional<FrameCell> cell = type.kind == TypeKind::Unknown
                                            ? std::optional(inferred_cell(text))
                                            : declared_cell(text, type.kind);
  if (!cell) {
    problem = "a text that is no " + to_string(type);
  }
  return cell;
}

std::optional<double> real_of_text(std::string_view text) {
  if (text == "NaN") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (text == "Infinity" || text == "-Infinity") {
    const double infinity = std::numeric_limits<double>::infinity();
    return text.front() == '-' ? -infinity : infinity;
  }
  const bool has_digit = text.find_first_of("0123456789") != std::string_view::npos;
  return has_digit ? number_of_text<double>(text) : std::nullopt;
}

}  // namespace tendril
