// The quick path of instants: ISO 8601 without allocating. It runs for every cell of a column
// whose type is not known yet, so refusing what is no date has to be as quick as accepting.
#include "data/civil.h"
#include "data/digits.h"
#include "data/instant.h"

namespace tendril {
namespace {

constexpr std::size_t kDateLength = 10;      // 2024-01-02
constexpr std::size_t kBasicDateLength = 8;  // 20240102
constexpr unsigned kOffsetHoursMax = 23;

// Removes "HH:MM[:SS[.ffffff]]" (without the colons if `basic`) from `text`.
bool take_time(std::string_view& text, bool basic, Civil& civil) {
  const std::size_t colon = basic ? 0 : 1;
  if (text.size() < 4 + colon || (!basic && text[2] != ':')) {
    return false;
  }
  civil.hour = two_digits(text.data());
  civil.minute = two_digits(text.data() + 2 + colon);
  text.remove_prefix(4 + colon);
  const bool has_seconds =
      basic ? (text.size() >= 2 && is_digit(text[0])) : (text.size() >= 3 && text[0] == ':');
  if (has_seconds) {
    civil.second = two_digits(text.data() + colon);
    text.remove_prefix(2 + colon);
    if (!text.empty() && (text[0] == '.' || text[0] == ',')) {
      text.remove_prefix(1);
      civil.micros = take_fraction_micros(text);
    }
  }
  return civil.hour <= 23 && civil.minute <= 59 && civil.second <= 60 && civil.micros >= 0;
}

// Reads all of `text` as "±HH", "±HHMM" or "±HH:MM".
bool read_offset(std::string_view text, Micros& offset) {
  const bool colon = text.size() == 6 && text[3] == ':';
  if (text.size() != 3 && text.size() != 5 && !colon) {
    return false;
  }
  const unsigned hours = two_digits(text.data() + 1);
  const unsigned minutes = text.size() == 3 ? 0 : two_digits(text.data() + (colon ? 4 : 3));
  if (hours > kOffsetHoursMax || minutes > 59) {
    return false;
  }
  const std::int64_t seconds = (std::int64_t{hours} * 60 + minutes) * 60;
  offset = Micros((text[0] == '-' ? -seconds : seconds) * kMicrosPerSecond);
  return true;
}

// Reads all of `text` as a zone; nothing is a zone too.
bool read_zone(std::string_view text, Datetime& datetime) {
  if (text.empty()) {
    datetime.has_zone = false;
    return true;
  }
  if (text[0] == ' ' && text.size() > 1) {
    text.remove_prefix(1);
  }
  if (text == "Z" || text == "z" || text == "UTC" || text == "GMT") {
    return true;
  }
  return (text[0] == '+' || text[0] == '-') && read_offset(text, datetime.utc_offset);
}

}  // namespace

std::optional<Datetime> parse_iso_datetime(std::string_view text) {
  if (text.size() < 13) {
    return std::nullopt;
  }
  const char* const start = text.data();
  const bool basic = start[4] != '-';
  const std::size_t date_length = basic ? kBasicDateLength : kDateLength;
  const char separator = text[date_length];
  if ((separator != 'T' && separator != ' ' && separator != 't') || (!basic && start[7] != '-')) {
    return std::nullopt;
  }
  Civil civil;
  const unsigned year = four_digits(start);
  civil.month = two_digits(start + (basic ? 4 : 5));
  civil.day = two_digits(start + (basic ? 6 : 8));
  if (year == kNotDigits || civil.month > 12 || civil.day > 31) {
    return std::nullopt;
  }
  civil.year = static_cast<int>(year);
  text.remove_prefix(date_length + 1);
  Datetime datetime;
  if (!is_date(civil.year, civil.month, civil.day) || !take_time(text, basic, civil) ||
      !read_zone(text, datetime)) {
    return std::nullopt;
  }
  datetime.instant = instant_of(civil) - datetime.utc_offset;
  return datetime;
}

std::optional<std::int32_t> parse_iso_date(std::string_view text) {
  if (text.size() != kDateLength || text[4] != '-' || text[7] != '-') {
    return std::nullopt;
  }
  const unsigned year = four_digits(text.data());
  const unsigned month = two_digits(text.data() + 5);
  const unsigned day = two_digits(text.data() + 8);
  if (year == kNotDigits || month > 12 || day > 31 ||
      !is_date(static_cast<int>(year), month, day)) {
    return std::nullopt;
  }
  return days_of(static_cast<int>(year), month, day);
}

std::optional<std::int64_t> parse_iso_time(std::string_view text) {
  Civil civil;
  if (!take_time(text, false, civil) || !text.empty() || civil.second > 59) {
    return std::nullopt;
  }
  return micros_of_day(civil);
}

}  // namespace tendril
