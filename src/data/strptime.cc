// Parses dates by strptime directives, as Python does: one or two digits where a field may have
// them, names in any case, white space in the format for any amount of it in the text.
#include <array>
#include <charconv>

#include "data/civil.h"
#include "data/digits.h"
#include "data/instant.h"

namespace tendril {
namespace {

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// The additions of the manifest language, longest first: the name after the per cent sign and
// the microseconds that one unit stands for (0: the milliseconds of the second).
struct Addition {
  std::string_view name;
  std::int64_t unit_micros;
};
constexpr std::array<Addition, 5> kAdditions{{{"epoch_microseconds", 1},
                                              {"s_as_float", kMicrosPerSecond},
                                              {"_ms", 0},
                                              {"ms", 1000},
                                              {"s", kMicrosPerSecond}}};

class Parser {
 public:
  Parser(std::string_view text, std::string_view format) : text_(text), format_(format) {}

  std::optional<Datetime> parse() {
    while (!format_.empty()) {
      if (!take_next()) {
        return std::nullopt;
      }
    }
    if (!text_.empty()) {
      return std::nullopt;
    }
    return finish();
  }

 private:
  bool take_next() {
    const char c = format_[0];
    if (is_space(c)) {
      return take_spaces();
    }
    format_.remove_prefix(1);
    if (c != '%') {
      return take_letter(c);
    }
    for (const Addition& addition : kAdditions) {
      if (format_.starts_with(addition.name)) {
        format_.remove_prefix(addition.name.size());
        return addition.unit_micros == 0 ? take_fraction() : take_unix_time(addition.unit_micros);
      }
    }
    if (format_.empty()) {
      return false;
    }
    const char directive = format_[0];
    format_.remove_prefix(1);
    return take_field(directive);
  }

  bool take_spaces() {
    while (!format_.empty() && is_space(format_[0])) {
      format_.remove_prefix(1);
    }
    const bool found = !text_.empty() && is_space(text_[0]);
    while (!text_.empty() && is_space(text_[0])) {
      text_.remove_prefix(1);
    }
    return found;
  }

  bool take_letter(char c) {
    if (text_.empty() || lower(text_[0]) != lower(c)) {
      return false;
    }
    text_.remove_prefix(1);
    return true;
  }

  bool take_field(char directive) {
    switch (directive) {
      case 'Y': return take_year();
      case 'y': return take_short_year();
      case 'm': return take_number(2, 1, 12, civil_.month);
      case 'd': return take_number(2, 1, 31, civil_.day);
      case 'e': return take_padded_day();
      case 'H': return take_number(2, 0, 23, civil_.hour);
      case 'I': return take_number(2, 1, 12, hour_of_half_);
      case 'M': return take_number(2, 0, 59, civil_.minute);
      case 'S': return take_number(2, 0, 61, civil_.second);
      case 'f': return take_fraction();
      case 'j': return take_number(3, 1, 366, day_of_year_);
      case 'b':
      case 'h': return take_month(3);
      case 'B': return take_month(0);
      case 'a': return take_name(text_, kWeekdayNames.data(), kWeekdayNames.size(), 3) >= 0;
      case 'A': return take_name(text_, kWeekdayNames.data(), kWeekdayNames.size(), 0) >= 0;
      case 'w': return take_number(1, 0, 6, ignored_);
      case 'u': return take_number(1, 1, 7, ignored_);
      case 'p': return take_half_of_day();
      case 'z': return take_offset();
      case 'Z': return take_zone_name();
      case 'T': return take_fields("%H:%M:%S");
      case 'R': return take_fields("%H:%M");
      case 'F': return take_fields("%Y-%m-%d");
      case 'D':
      case 'x': return take_fields("%m/%d/%y");
      case 'X': return take_fields("%H:%M:%S");
      case 'c': return take_fields("%a %b %d %H:%M:%S %Y");
      case '%': return take_letter('%');
      default: return false;
    }
  }

  // Reads by `format` in the place of one directive.
  bool take_fields(std::string_view format) {
    const std::string_view rest = std::exchange(format_, format);
    bool good = true;
    while (good && !format_.empty()) {
      good = take_next();
    }
    format_ = rest;
    return good;
  }

  // Reads as many digits, up to `digits_max`, as give a number from `min` to `max`.
  bool take_number(std::size_t digits_max, unsigned min, unsigned max, unsigned& number) {
    unsigned value = 0;
    unsigned read = 0;
    std::size_t length = 0;
    for (std::size_t i = 0; i < digits_max && i < text_.size() && is_digit(text_[i]); ++i) {
      read = read * 10 + static_cast<unsigned>(text_[i] - '0');
      if (read >= min && read <= max) {
        value = read;
        length = i + 1;
      }
    }
    text_.remove_prefix(length);
    number = value;
    return length > 0;
  }

  bool take_year() {
    const unsigned year = text_.size() < 4 ? kNotDigits : four_digits(text_.data());
    if (year == kNotDigits) {
      return false;
    }
    text_.remove_prefix(4);
    civil_.year = static_cast<int>(year);
    return true;
  }

  bool take_short_year() {
    const unsigned year = text_.size() < 2 ? kNotDigits : two_digits(text_.data());
    if (year == kNotDigits) {
      return false;
    }
    text_.remove_prefix(2);
    // POSIX: 69-99 are of the last century.
    civil_.year = static_cast<int>(year + (year >= 69 ? 1900 : 2000));
    return true;
  }

  bool take_padded_day() {
    if (text_.starts_with(' ')) {
      text_.remove_prefix(1);
    }
    return take_number(2, 1, 31, civil_.day);
  }

  bool take_month(std::size_t length) {
    const int month = take_name(text_, kMonthNames.data(), kMonthNames.size(), length);
    civil_.month = static_cast<unsigned>(month + 1);
    return month >= 0;
  }

  bool take_half_of_day() {
    if (text_.size() < 2 || lower(text_[1]) != 'm') {
      return false;
    }
    const char half = lower(text_[0]);
    text_.remove_prefix(2);
    afternoon_ = half == 'p';
    return half == 'a' || half == 'p';
  }

  bool take_fraction() {
    std::string_view digits = text_.substr(0, 6);
    const std::size_t before = digits.size();
    civil_.micros = take_fraction_micros(digits);
    text_.remove_prefix(before - digits.size());
    return civil_.micros >= 0;
  }

  // ±HH[:]MM[[:]SS[.ffffff]] or Z.
  bool take_offset() {
    offset_ = Micros(0);
    if (text_.starts_with('Z') || text_.starts_with('z')) {
      text_.remove_prefix(1);
      return true;
    }
    const char sign = text_.empty() ? '\0' : text_[0];
    if (sign != '+' && sign != '-') {
      return false;
    }
    text_.remove_prefix(1);
    std::int64_t size = 0;
    for (const std::int64_t unit : {3600, 60, 1}) {
      const bool colon = unit != 3600 && text_.starts_with(':');
      const std::string_view digits = text_.substr(colon ? 1 : 0);
      const unsigned number = digits.size() < 2 ? kNotDigits : two_digits(digits.data());
      if (number == kNotDigits) {
        if (unit == 1 && !colon) {
          break;  // Seconds are rarely there.
        }
        return false;
      }
      if (number > (unit == 3600 ? 23U : 59U)) {
        return false;
      }
      size += number * unit * kMicrosPerSecond;
      text_ = digits.substr(2);
    }
    offset_ = Micros(sign == '-' ? -size : size);
    return true;
  }

  bool take_zone_name() {
    for (const std::string_view name : {"UTC", "GMT"}) {
      if (take_name(text_, &name, 1, 0) == 0) {
        return true;
      }
    }
    return false;
  }

  bool take_unix_time(std::int64_t unit_micros) {
    const bool negative = text_.starts_with('-');
    if (negative || text_.starts_with('+')) {
      text_.remove_prefix(1);
    }
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), whole);
    if (error != std::errc() || whole < 0) {
      return false;
    }
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    std::int64_t fraction = 0;
    if (unit_micros == kMicrosPerSecond && text_.size() > 1 && text_[0] == '.') {
      text_.remove_prefix(1);
      fraction = take_fraction_micros(text_);
    }
    std::int64_t micros = 0;
    if (fraction < 0 || __builtin_mul_overflow(whole, unit_micros, &micros) ||
        __builtin_add_overflow(micros, fraction, &micros)) {
      return false;
    }
    unix_time_ = instant_from_micros(negative ? -micros : micros);
    return true;
  }

  std::optional<Datetime> finish() {
    if (unix_time_) {
      return Datetime{*unix_time_};
    }
    if (hour_of_half_ != 0) {
      civil_.hour = hour_of_half_ % 12 + (afternoon_ ? 12 : 0);
    }
    if (!is_valid(civil_)) {
      return std::nullopt;
    }
    Instant local = instant_of(civil_);
    if (day_of_year_ != 0) {
      if (day_of_year_ == 366 && !std::chrono::year(civil_.year).is_leap()) {
        return std::nullopt;
      }
      const std::int64_t days = days_of(civil_.year, 1, 1) + std::int64_t{day_of_year_} - 1;
      local = instant_from_micros(days * kMicrosPerDay + micros_of_day(civil_));
    }
    return Datetime{local - offset_, offset_, true};
  }

  std::string_view text_;
  std::string_view format_;
  Civil civil_{.year = 1900};
  Micros offset_{0};
  std::optional<Instant> unix_time_;
  unsigned hour_of_half_ = 0;  // 0: none was read.
  unsigned day_of_year_ = 0;   // 0: none was read.
  unsigned ignored_ = 0;
  bool afternoon_ = false;
};

}  // namespace

Result<Datetime> parse_datetime(std::string_view text, std::string_view format) {
  if (const auto datetime = Parser(text, format).parse()) {
    return *datetime;
  }
  return Error{ErrorCode::BadData, "text does not have the form \"" +
                                       std::string(format.substr(0, 80)) + "\": \"" +
                                       std::string(text.substr(0, 80)) + "\""};
}

}  // namespace tendril
