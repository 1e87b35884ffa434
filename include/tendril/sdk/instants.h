// Dates, times and instants, read from texts in the forms that the kit for Python takes.
#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tendril::sdk {

// Takes pieces from the front of a text. Its functions return whether they were there.
class InstantReader {
 public:
  explicit InstantReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  bool date(std::int64_t& days) {
    int year = 0;
    int month = 0;
    int day = 0;
    if (!number(4, 4, year) || !take('-') || !number(1, 2, month) || !take('-') ||
        !number(1, 2, day)) {
      return false;
    }
    const std::chrono::year_month_day found{std::chrono::year(year),
                                            std::chrono::month(static_cast<unsigned>(month)),
                                            std::chrono::day(static_cast<unsigned>(day))};
    days = found.ok() ? std::chrono::sys_days(found).time_since_epoch().count() : 0;
    return found.ok() && year >= 1;
  }

  bool time(std::int64_t& micros) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!number(1, 2, hour) || !take(':') || !number(1, 2, minute) || !take(':') ||
        !number(1, 2, second) || hour > 23 || minute > 59 || second > 59) {
      return false;
    }
    int fraction = 0;
    if (take('.')) {
      int digits = number(1, 6, fraction);
      if (digits == 0) {
        return false;
      }
      for (; digits < 6; ++digits) {
        fraction *= 10;
      }
    }
    micros = (std::int64_t{hour} * 3600 + minute * 60 + second) * 1'000'000 + fraction;
    return true;
  }

  bool separator() { return take('T') || take(' '); }

  // "Z", "+0200", "+02:00".
  bool offset(std::int64_t& micros) {
    if (take('Z')) {
      return true;
    }
    const bool is_negative = take('-');
    int hours = 0;
    int minutes = 0;
    if (!is_negative && !take('+')) {
      return false;
    }
    if (number(2, 2, hours) == 0) {
      return false;
    }
    take(':');
    if (number(2, 2, minutes) == 0 || minutes > 59) {
      return false;
    }
    micros = (is_negative ? -60 : 60) * (hours * 60 + minutes) * std::int64_t{1'000'000};
    return true;
  }

 private:
  bool take(char wanted) {
    const bool taken = rest_.starts_with(wanted);
    rest_.remove_prefix(taken ? 1 : 0);
    return taken;
  }

  // Takes `least` to `most` digits; returns how many, or 0.
  int number(int least, int most, int& found) {
    int digits = 0;
    found = 0;
    while (digits < most && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      found = found * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
      ++digits;
    }
    return digits >= least ? digits : 0;
  }

  std::string_view rest_;
};

// These return what is wrong, or null.
inline const char* read_date(std::string_view text, std::int64_t& days) {
  InstantReader reader(text);
  return reader.date(days) && reader.at_end() ? nullptr : "needs a date such as 2024-01-31";
}

inline const char* read_time(std::string_view text, std::int64_t& micros) {
  InstantReader reader(text);
  return reader.time(micros) && reader.at_end()
             ? nullptr
             : "needs a time of day such as 12:30:00 or 12:30:00.250000";
}

inline const char* read_datetime(std::string_view text, bool needs_offset, std::int64_t& micros) {
  InstantReader reader(text);
  std::int64_t days = 0;
  std::int64_t offset = 0;
  if (!reader.date(days) || !reader.separator() || !reader.time(micros)) {
    return needs_offset ? "needs a date, a time and an offset such as 2024-01-31T12:30:00+00:00"
                        : "needs a date and a time such as 2024-01-31T12:30:00";
  }
  micros += days * 86'400'000'000;
  const bool has_offset = reader.offset(offset);
  if (!reader.at_end()) {
    return "needs a date and a time such as 2024-01-31T12:30:00.250000 and nothing behind them but "
           "an offset";
  }
  if (needs_offset != has_offset) {
    return needs_offset
               ? "needs an offset from UTC: append Z or one such as +02:00"
               : "takes no offset from UTC: leave it out, or declare the column UTC_DATETIME";
  }
  micros -= offset;
  return nullptr;
}

// "2024-01-31" and "12:30:00.250000".
inline void append_date(std::string& out, std::int64_t days) {
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(days)))};
  const auto two = [&](unsigned number) {
    out += static_cast<char>('0' + number / 10);
    out += static_cast<char>('0' + number % 10);
  };
  const std::string year = std::to_string(static_cast<int>(date.year()));
  out.append(year.size() < 4 ? 4 - year.size() : 0, '0');
  out += year;
  out += '-';
  two(static_cast<unsigned>(date.month()));
  out += '-';
  two(static_cast<unsigned>(date.day()));
}

inline void append_time(std::string& out, std::int64_t micros) {
  const auto padded = [&](std::int64_t number, std::size_t width) {
    const std::string digits = std::to_string(number);
    out.append(digits.size() < width ? width - digits.size() : 0, '0');
    out += digits;
  };
  padded(micros / 3'600'000'000, 2);
  out += ':';
  padded(micros / 60'000'000 % 60, 2);
  out += ':';
  padded(micros / 1'000'000 % 60, 2);
  if (micros % 1'000'000 != 0) {
    out += '.';
    padded(micros % 1'000'000, 6);
  }
}

inline void append_datetime(std::string& out, std::int64_t micros) {
  constexpr std::int64_t kDay = 86'400'000'000;
  const std::int64_t of_day = (micros % kDay + kDay) % kDay;
  append_date(out, (micros - of_day) / kDay);
  out += 'T';
  append_time(out, of_day);
}

}  // namespace tendril::sdk
