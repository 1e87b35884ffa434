// Reads a date and time in any usual spelling: the quick ISO path first, then dates alone,
// Unix times, and the word-by-word dates of mail and HTTP.
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "data/civil.h"
#include "data/digits.h"
#include "data/instant.h"

namespace tendril {
namespace {

constexpr std::size_t kTextInErrorMax = 80;

// Source: RFC 5322 section 4.3; hours from UTC.
constexpr std::array<std::pair<std::string_view, int>, 12> kZoneNames{{{"GMT", 0},
                                                                       {"UTC", 0},
                                                                       {"UT", 0},
                                                                       {"Z", 0},
                                                                       {"EST", -5},
                                                                       {"EDT", -4},
                                                                       {"CST", -6},
                                                                       {"CDT", -5},
                                                                       {"MST", -7},
                                                                       {"MDT", -6},
                                                                       {"PST", -8},
                                                                       {"PDT", -7}}};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// "2024-01-02", "20240102" (eight digits are a date before they are a Unix time), "2024-01".
std::optional<Datetime> parse_date_alone(std::string_view text) {
  std::array<char, 10> spelled{'0', '0', '0', '0', '-', '0', '0', '-', '0', '1'};
  if (text.size() == 8 && text.find('-') == text.npos) {
    text.copy(spelled.data(), 4);
    text.copy(spelled.data() + 5, 2, 4);
    text.copy(spelled.data() + 8, 2, 6);
  } else if (text.size() == 7 || text.size() == spelled.size()) {
    text.copy(spelled.data(), text.size());
  } else {
    return std::nullopt;
  }
  const auto days = parse_iso_date({spelled.data(), spelled.size()});
  if (!days) {
    return std::nullopt;
  }
  return Datetime{instant_from_micros(*days * kMicrosPerDay), Micros(0), false};
}

// "1704164645", "-5", "1704164645.678", "1704164645678".
std::optional<Datetime> parse_unix_time(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::string_view rest = text.substr(negative || text.starts_with('+') ? 1 : 0);
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), whole);
  if (error != std::errc() || rest.empty() || !is_digit(rest[0])) {
    return std::nullopt;
  }
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  std::int64_t fraction = 0;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    fraction = take_fraction_micros(rest);
  }
  if (!rest.empty() || fraction < 0) {
    return std::nullopt;
  }
  std::int64_t micros = 0;
  if (whole < 100'000'000'000) {
    micros = whole * kMicrosPerSecond + fraction;
  } else if (whole < 100'000'000'000'000) {
    micros = whole * 1000 + fraction / 1000;
  } else if (whole < 100'000'000'000'000'000) {
    micros = whole;
  } else {
    micros = whole / 1000;
  }
  return Datetime{instant_from_micros(negative ? -micros : micros)};
}

// Reads a date of mail or HTTP one word after the other, in any order that is in use:
// "Tue, 02 Jan 2024 03:04:05 GMT", "Tuesday, 02-Jan-24 03:04:05 GMT",
// "Tue Jan  2 03:04:05 2024", "2 Jan 2024 03:04 -0500".
// Source: RFC 5322 section 3.3; RFC 9110 section 5.6.7.
class WordedDate {
 public:
  static std::optional<Datetime> parse(std::string_view text) {
    WordedDate date;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find_first_of(" ,"), text.size());
      if (end > 0 && !date.take_word(text.substr(0, end))) {
        return std::nullopt;
      }
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return date.finish();
  }

 private:
  bool take_word(std::string_view word) {
    if (word.find(':') != word.npos) {
      return take_time(word);
    }
    if (has_time_ && !is_digit(word[0])) {
      return take_zone(word);
    }
    // "02-Jan-24" is three words.
    for (std::size_t dash = word.find('-'); dash != word.npos; dash = word.find('-')) {
      if (!take_date_word(word.substr(0, dash))) {
        return false;
      }
      word.remove_prefix(dash + 1);
    }
    return take_date_word(word);
  }

  bool take_date_word(std::string_view word) {
    if (word.empty()) {
      return false;
    }
    if (!is_digit(word[0])) {
      std::string_view rest = word;
      if (civil_.month == 0) {
        const int month = take_name(rest, kMonthNames.data(), kMonthNames.size(), 3);
        if (month >= 0) {
          civil_.month = static_cast<unsigned>(month) + 1;
          return rest.empty() || word.size() == kMonthNames[static_cast<std::size_t>(month)].size();
        }
      }
      return take_name(rest, kWeekdayNames.data(), kWeekdayNames.size(), 3) >= 0;
    }
    unsigned number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc() || end != word.data() + word.size()) {
      return false;
    }
    if (civil_.day == 0 && word.size() <= 2) {
      civil_.day = number;
      return true;
    }
    // RFC 5322 section 4.3: two digits below 50 are of this century.
    const unsigned century = word.size() > 2 ? 0 : number < 50 ? 2000 : 1900;
    has_year_ = word.size() == 2 || word.size() == 4;
    civil_.year = static_cast<int>(century + number);
    return has_year_;
  }

  bool take_time(std::string_view word) {
    const auto micros = has_time_ ? std::nullopt : parse_iso_time(word);
    has_time_ = true;
    civil_.micros = micros.value_or(0);
    return micros.has_value();
  }

  bool take_zone(std::string_view word) {
    if (has_zone_ || !has_time_) {
      return false;
    }
    has_zone_ = true;
    for (const auto& [name, hours] : kZoneNames) {
      if (word == name) {
        offset_ = std::chrono::hours(hours);
        return true;
      }
    }
    if (word.size() != 5 || (word[0] != '+' && word[0] != '-')) {
      return false;
    }
    const unsigned hours = two_digits(word.data() + 1);
    const unsigned minutes = two_digits(word.data() + 3);
    const Micros size = std::chrono::minutes(hours * 60 + minutes);
    offset_ = word[0] == '-' ? -size : size;
    return hours <= 23 && minutes <= 59;
  }

  std::optional<Datetime> finish() const {
    if (!has_year_ || !is_valid(civil_)) {
      return std::nullopt;
    }
    return Datetime{instant_of(civil_) - offset_, offset_, has_zone_};
  }

  Civil civil_{.month = 0, .day = 0};
  Micros offset_{0};
  bool has_year_ = false;
  bool has_time_ = false;
  bool has_zone_ = false;
};

}  // namespace

Result<Datetime> parse_datetime(std::string_view text) {
  const std::string_view body = trimmed(text);
  if (const auto iso = parse_iso_datetime(body)) {
    return *iso;
  }
  if (const auto date = parse_date_alone(body)) {
    return *date;
  }
  if (const auto unix_time = parse_unix_time(body)) {
    return *unix_time;
  }
  if (const auto worded = WordedDate::parse(body)) {
    return *worded;
  }
  return Error{ErrorCode::BadData, "text is no date and time: \"" +
                                       std::string(text.substr(0, kTextInErrorMax)) + "\""};
}

}  // namespace tendril
