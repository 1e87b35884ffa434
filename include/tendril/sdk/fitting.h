// Fitting: brings the value of a cell into the form in which it travels, by the type that its
// column was declared with.
#pragma once

#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "cell.h"
#include "frames.h"
#include "instants.h"
#include "json_text.h"
#include "schema.h"

namespace tendril::sdk {

// A value that is ready to travel. `text` is a view, or `size` bytes at `offset` of the scratch.
struct FittedCell {
  Tag tag = Tag::Absent;
  bool is_made = false;
  std::int64_t number = 0;
  double real = 0;
  std::string_view text = {};
  std::size_t offset = 0;
  std::size_t size = 0;
};

// fit() returns what is wrong with a value, or null.
class Fitting {
 public:
  explicit Fitting(std::string& scratch) : scratch_(scratch) {}

  const char* fit(const Cell& cell, Type declared, FittedCell& out) {
    if (!cell.has_value()) {
      out.tag = cell.kind() == Cell::Kind::Null ? Tag::Null : Tag::Absent;
      return nullptr;
    }
    if (cell.kind() == Cell::Kind::TooLarge) {
      return "the number is beyond 64 bits with a sign: send it as a Decimal or a text";
    }
    switch (declared.kind()) {
      case Type::Unspecified: return undeclared(cell, out);
      case Type::Boolean: return boolean(cell, out);
      case Type::Short:
        return whole(cell, std::numeric_limits<std::int16_t>::max(),
                     "needs an int from -32768 to 32767", out);
      case Type::Int:
        return whole(cell, std::numeric_limits<std::int32_t>::max(),
                     "needs an int from -2147483648 to 2147483647", out);
      case Type::Long:
        return whole(cell, std::numeric_limits<std::int64_t>::max(), "needs an int of 64 bits",
                     out);
      case Type::Decimal: return decimal(cell, out);
      case Type::Float:
      case Type::Double: return floating(cell, out);
      case Type::NaiveDate: return date(cell, out);
      case Type::NaiveDatetime: return naive_datetime(cell, out);
      case Type::UtcDatetime: return utc_datetime(cell, out);
      case Type::NaiveTime: return time(cell, out);
      case Type::Binary:
        return cell.kind() == Cell::Kind::Binary ? view(Tag::Binary, cell.text(), out)
                                                 : "needs Binary";
      case Type::Xml:
        return cell.kind() == Cell::Kind::Xml || cell.kind() == Cell::Kind::Text
                   ? text(Tag::Xml, cell.text(), out)
                   : "needs Xml or a text";
      case Type::String: return string(cell, out);
      case Type::Json: return json(cell, out);
    }
    return "has a type that there is not";
  }

 private:
  using Kind = Cell::Kind;

  static const char* number(Tag tag, std::int64_t value, FittedCell& out) {
    out.tag = tag;
    out.number = value;
    return nullptr;
  }

  static const char* real(double value, FittedCell& out) {
    out.tag = Tag::Float;
    out.real = value;
    return nullptr;
  }

  static const char* view(Tag tag, std::string_view value, FittedCell& out) {
    out.tag = tag;
    out.text = value;
    return nullptr;
  }

  static const char* text(Tag tag, std::string_view value, FittedCell& out) {
    return is_utf8(value) ? view(tag, value, out)
                          : "the text is not UTF-8: convert it, or send it as Binary";
  }

  // What was appended to the scratch since `start`.
  const char* made(Tag tag, std::size_t start, FittedCell& out) const {
    out.tag = tag;
    out.is_made = true;
    out.offset = start;
    out.size = scratch_.size() - start;
    return nullptr;
  }

  const char* undeclared(const Cell& cell, FittedCell& out) {
    switch (cell.kind()) {
      case Kind::Bool: return boolean(cell, out);
      case Kind::Int: return number(Tag::Int, cell.number(), out);
      case Kind::Float: return real(cell.real(), out);
      case Kind::Decimal: return decimal(cell, out);
      case Kind::RawJson:
      case Kind::Json: return json(cell, out);
      case Kind::Xml: return text(Tag::Xml, cell.text(), out);
      case Kind::Binary: return view(Tag::Binary, cell.text(), out);
      case Kind::Date: return number(Tag::Date, cell.number(), out);
      case Kind::NaiveDatetime: return number(Tag::NaiveDatetime, cell.number(), out);
      case Kind::UtcDatetime: return number(Tag::UtcDatetime, cell.number(), out);
      case Kind::Time: return time(cell, out);
      default: return text(Tag::String, cell.text(), out);
    }
  }

  static const char* boolean(const Cell& cell, FittedCell& out) {
    if (cell.kind() != Kind::Bool && cell.kind() != Kind::Int) {
      return "needs true or false";
    }
    out.tag = cell.number() != 0 ? Tag::True : Tag::False;
    return nullptr;
  }

  static const char* whole(const Cell& cell, std::int64_t most, const char* problem,
                           FittedCell& out) {
    const bool is_whole = cell.kind() == Kind::Int || cell.kind() == Kind::Bool;
    return is_whole && cell.number() <= most && cell.number() >= -most - 1
               ? number(Tag::Int, cell.number(), out)
               : problem;
  }

  static const char* floating(const Cell& cell, FittedCell& out) {
    switch (cell.kind()) {
      case Kind::Float: return real(cell.real(), out);
      case Kind::Int: return real(static_cast<double>(cell.number()), out);
      default: return "needs a number: convert the text with std::stod()";
    }
  }

  const char* decimal(const Cell& cell, FittedCell& out) {
    const std::size_t start = scratch_.size();
    switch (cell.kind()) {
      case Kind::Text: return digits(cell.text(), out);
      case Kind::Int: append_number(scratch_, cell.number()); break;
      case Kind::Float: append_number(scratch_, cell.real()); break;
      case Kind::Decimal:
        if (cell.text().data() != nullptr) {
          return digits(cell.text(), out);
        }
        if (cell.scale() < 0 || cell.scale() > 38) {
          return "has a scale that is not from 0 to 38";
        }
        append_scaled(cell.number(), static_cast<std::size_t>(cell.scale()));
        break;
      default: return "needs a Decimal, a number or the text of one";
    }
    return made(Tag::Decimal, start, out);
  }

  static const char* digits(std::string_view text, FittedCell& out) {
    double number = 0;
    const std::string_view unsigned_text = text.substr(text.starts_with('+') ? 1 : 0);
    const char* const end = unsigned_text.data() + unsigned_text.size();
    const auto read = std::from_chars(unsigned_text.data(), end, number);
    const bool is_number = read.ptr == end && read.ec != std::errc::invalid_argument;
    return is_number ? view(Tag::Decimal, text, out) : "needs the text of a number";
  }

  // 1250 with a scale of 2 is "12.50".
  void append_scaled(std::int64_t value, std::size_t scale) {
    std::string digits;
    append_number(digits, value);
    const bool is_negative = digits.front() == '-';
    digits.erase(0, is_negative ? 1 : 0);
    digits.insert(0, digits.size() <= scale ? scale + 1 - digits.size() : 0, '0');
    scratch_ += is_negative ? "-" : "";
    scratch_.append(digits, 0, digits.size() - scale);
    if (scale > 0) {
      scratch_ += '.';
      scratch_.append(digits, digits.size() - scale);
    }
  }

  static const char* date(const Cell& cell, FittedCell& out) {
    out.tag = Tag::Date;
    switch (cell.kind()) {
      case Kind::Date: return number(Tag::Date, cell.number(), out);
      case Kind::Text: return read_date(cell.text(), out.number);
      default: return "needs a date (sys_days or year_month_day), or a text such as 2024-01-31";
    }
  }

  static const char* naive_datetime(const Cell& cell, FittedCell& out) {
    out.tag = Tag::NaiveDatetime;
    switch (cell.kind()) {
      case Kind::NaiveDatetime: return number(Tag::NaiveDatetime, cell.number(), out);
      case Kind::Text: return read_datetime(cell.text(), false, out.number);
      default: return "needs a local_time, or a text such as 2024-01-31T12:30:00";
    }
  }

  static const char* utc_datetime(const Cell& cell, FittedCell& out) {
    constexpr std::int64_t kMicrosOfDay = 86'400'000'000;
    out.tag = Tag::UtcDatetime;
    switch (cell.kind()) {
      case Kind::UtcDatetime: return number(Tag::UtcDatetime, cell.number(), out);
      case Kind::Date: return number(Tag::UtcDatetime, cell.number() * kMicrosOfDay, out);
      case Kind::Text: return read_datetime(cell.text(), true, out.number);
      default: return "needs a sys_time, or a text such as 2024-01-31T12:30:00+00:00";
    }
  }

  static const char* time(const Cell& cell, FittedCell& out) {
    constexpr std::int64_t kMicrosOfDay = 86'400'000'000;
    out.tag = Tag::Time;
    if (cell.kind() == Kind::Text) {
      return read_time(cell.text(), out.number);
    }
    return cell.kind() == Kind::Time && cell.number() >= 0 && cell.number() < kMicrosOfDay
               ? number(Tag::Time, cell.number(), out)
               : "needs a time of day: a duration from 0 to 24 hours, or a text such as 12:30:00";
  }

  const char* string(const Cell& cell, FittedCell& out) {
    const std::size_t start = scratch_.size();
    switch (cell.kind()) {
      case Kind::Binary: return "needs a text, not Binary";
      case Kind::Bool: scratch_ += cell.number() != 0 ? "true" : "false"; break;
      case Kind::Int: append_number(scratch_, cell.number()); break;
      case Kind::Float: append_number(scratch_, cell.real()); break;
      case Kind::Date: append_date(scratch_, cell.number()); break;
      case Kind::Time: append_time(scratch_, cell.number()); break;
      case Kind::NaiveDatetime: append_datetime(scratch_, cell.number()); break;
      case Kind::UtcDatetime:
        append_datetime(scratch_, cell.number());
        scratch_ += 'Z';
        break;
      case Kind::Decimal:
        if (const char* const problem = decimal(cell, out)) {
          return problem;
        }
        out.tag = Tag::String;
        return nullptr;
      case Kind::Json: return tree(cell, Tag::String, out);
      default: return text(Tag::String, cell.text(), out);
    }
    return made(Tag::String, start, out);
  }

  const char* tree(const Cell& cell, Tag tag, FittedCell& out) {
    const std::size_t start = scratch_.size();
    try {
      cell.tree().append_to(scratch_);
    } catch (const ConnectorError&) {
      return "holds NaN or an infinite number, which JSON does not have";
    }
    return is_utf8(std::string_view(scratch_).substr(start))
               ? made(tag, start, out)
               : "holds a text that is not UTF-8: convert it";
  }

  const char* json(const Cell& cell, FittedCell& out) {
    const std::size_t start = scratch_.size();
    switch (cell.kind()) {
      case Kind::Json: return tree(cell, Tag::Json, out);
      case Kind::RawJson:
        return is_json_text(cell.text()) ? text(Tag::Json, cell.text(), out)
                                         : "the text is no JSON";
      case Kind::Bool: scratch_ += cell.number() != 0 ? "true" : "false"; break;
      case Kind::Int: append_number(scratch_, cell.number()); break;
      default:
        return "needs Json; a text that is JSON already goes as RawJson, any other as Json(text)";
    }
    return made(Tag::Json, start, out);
  }

  std::string& scratch_;
};

}  // namespace tendril::sdk
