#include "bridges/partner/cell_text.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <string_view>

#include <arrow/array.h>
#include <arrow/util/checked_cast.h>

namespace tendril {
namespace {

using arrow::internal::checked_cast;

constexpr std::int64_t kMicrosOfSecond = 1'000'000;
constexpr std::int64_t kMicrosOfDay = 86'400 * kMicrosOfSecond;
constexpr std::size_t kNumberBytesMax = 48;  // More than any number of 128 bits.

template <class ArrayType>
auto value_at(const arrow::Array& cells, std::int64_t row) {
  return checked_cast<const ArrayType&>(cells).GetView(row);
}

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, kNumberBytesMax> digits;
  const auto [end, fault] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end);
}

template <class Number>
void append_real(std::string& out, Number number) {
  if (std::isnan(number)) {
    out += "NaN";
  } else if (std::isinf(number)) {
    out += number > 0 ? "Infinity" : "-Infinity";
  } else {
    const std::size_t begin = out.size();
    append_number(out, number);
    if (out.find_first_of(".e", begin) == std::string::npos) {
      out += ".0";
    }
  }
}

// `width` digits, with zeros in front.
void append_padded(std::string& out, std::int64_t number, std::size_t width) {
  std::array<char, kNumberBytesMax> digits;
  const auto [end, fault] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  const auto size = static_cast<std::size_t>(end - digits.data());
  out.append(width > size ? width - size : 0, '0');
  out.append(digits.data(), size);
}

// Arrow keeps a decimal as a number of 128 bits, little end first, without its point.
void append_decimal(std::string& out, const std::uint8_t* bytes, std::size_t scale) {
  __extension__ using Wide = unsigned __int128;
  Wide number = 0;
  std::memcpy(&number, bytes, sizeof(number));
  if ((number >> 127U) != 0) {
    out += '-';
    number = ~number + 1;
  }
  std::array<char, kNumberBytesMax> digits;
  std::size_t begin = digits.size();
  while (number != 0 || digits.size() - begin <= scale) {
    digits[--begin] = static_cast<char>('0' + static_cast<int>(number % 10));
    number /= 10;
  }
  const std::string_view all(digits.data() + begin, digits.size() - begin);
  out += all.substr(0, all.size() - scale);
  if (scale > 0) {
    out += '.';
    out += all.substr(all.size() - scale);
  }
}

void append_date(std::string& out, std::int64_t days) {
  const std::chrono::year_month_day date(
      std::chrono::sys_days(std::chrono::days(static_cast<int>(days))));
  const int year = static_cast<int>(date.year());
  if (year < 0) {
    out += '-';
  }
  append_padded(out, std::abs(year), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.day()), 2);
}

void append_time(std::string& out, std::int64_t micros) {
  const std::int64_t seconds = micros / kMicrosOfSecond;
  append_padded(out, seconds / 3600, 2);
  out += ':';
  append_padded(out, seconds / 60 % 60, 2);
  out += ':';
  append_padded(out, seconds % 60, 2);
  const std::int64_t fraction = micros % kMicrosOfSecond;
  if (fraction == 0) {
    return;
  }
  out += '.';
  if (fraction % 1000 == 0) {
    append_padded(out, fraction / 1000, 3);
  } else {
    append_padded(out, fraction, 6);
  }
}

void append_datetime(std::string& out, std::int64_t micros) {
  std::int64_t days = micros / kMicrosOfDay;
  std::int64_t rest = micros % kMicrosOfDay;
  if (rest < 0) {
    rest += kMicrosOfDay;
    --days;
  }
  append_date(out, days);
  out += 'T';
  append_time(out, rest);
}

// Source: RFC 4648 section 4.
void append_base64(std::string& out, std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto byte = [&](std::size_t index) {
    return index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : 0U;
  };
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const unsigned group = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
    out += kDigits[group >> 18U];
    out += kDigits[group >> 12U & 63U];
    out += i + 1 < bytes.size() ? kDigits[group >> 6U & 63U] : '=';
    out += i + 2 < bytes.size() ? kDigits[group & 63U] : '=';
  }
}

}  // namespace

void append_widened_text(std::string& out, const arrow::Array& cells, std::int64_t row, Type from,
                         Type to) {
  append_cell_text(out, cells, row, from);
  if (from.kind == TypeKind::NaiveDate && to.kind == TypeKind::NaiveDatetime) {
    out += "T00:00:00";
  }
}

void append_instant_text(std::string& out, Instant instant) {
  append_datetime(out, micros_of(instant));
  out += 'Z';
}

void append_cell_text(std::string& out, const arrow::Array& cells, std::int64_t row, Type type) {
  switch (type.kind) {
    case TypeKind::Boolean:
      out += value_at<arrow::BooleanArray>(cells, row) ? "true" : "false";
      break;
    case TypeKind::Short: append_number(out, value_at<arrow::Int16Array>(cells, row)); break;
    case TypeKind::Int: append_number(out, value_at<arrow::Int32Array>(cells, row)); break;
    case TypeKind::Long: append_number(out, value_at<arrow::Int64Array>(cells, row)); break;
    case TypeKind::Float: append_real(out, value_at<arrow::FloatArray>(cells, row)); break;
    case TypeKind::Double: append_real(out, value_at<arrow::DoubleArray>(cells, row)); break;
    case TypeKind::Decimal:
      append_decimal(out, checked_cast<const arrow::Decimal128Array&>(cells).Value(row),
                     type.scale);
      break;
    case TypeKind::NaiveDate: append_date(out, value_at<arrow::Date32Array>(cells, row)); break;
    case TypeKind::NaiveTime: append_time(out, value_at<arrow::Time64Array>(cells, row)); break;
    case TypeKind::NaiveDatetime:
      append_datetime(out, value_at<arrow::TimestampArray>(cells, row));
      break;
    case TypeKind::UtcDatetime:
      append_datetime(out, value_at<arrow::TimestampArray>(cells, row));
      out += 'Z';
      break;
    case TypeKind::Binary: append_base64(out, value_at<arrow::BinaryArray>(cells, row)); break;
    case TypeKind::Xml:
    case TypeKind::String:
    case TypeKind::Json: out += value_at<arrow::StringArray>(cells, row); break;
    case TypeKind::Unknown: break;
  }
}

}  // namespace tendril
