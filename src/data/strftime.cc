// Formats dates by strftime directives, as Python on Linux does.
#include <cstdlib>

#include <fmt/format.h>

#include "data/civil.h"
#include "data/instant.h"
#include "data/padded.h"

namespace tendril {
namespace {

// The week of the year, and the year it belongs to, by ISO 8601: weeks begin on Monday and
// belong to the year of their Thursday.
struct IsoWeek {
  int year;
  int week;
};

class Formatter {
 public:
  explicit Formatter(const Datetime& datetime) : datetime_(datetime), civil_(civil_of(datetime)) {}

  std::string format(std::string_view format) {
    out_.reserve(format.size() + 6);  // What short formats yield is kept inside.
    while (!format.empty()) {
      const std::size_t sign = std::min(format.find('%'), format.size());
      out_.append(format.substr(0, sign));
      format.remove_prefix(sign);
      if (format.empty() || take_addition(format)) {
        continue;
      }
      format.remove_prefix(1);
      take_directive(format);
    }
    return std::move(out_);
  }

 private:
  // The additions of the manifest language. Whole units are cut off towards zero.
  bool take_addition(std::string_view& format) {
    const char first = format.size() > 1 ? format[1] : '\0';
    if (first != 'e' && first != 's' && first != '_' && first != 'm') {
      return false;
    }
    const std::int64_t micros = micros_of(datetime_.instant);
    const auto taken = [&](std::string_view name) {
      const bool found = format.starts_with(name);
      format.remove_prefix(found ? name.size() : 0);
      return found;
    };
    if (taken("%epoch_microseconds")) {
      append_padded(out_, micros);
    } else if (taken("%s_as_float")) {
      fmt::format_to(std::back_inserter(out_), "{}", static_cast<double>(micros) / 1e6);
      out_.append(micros % kMicrosPerSecond == 0 ? ".0" : "");
    } else if (taken("%_ms")) {
      append_padded(out_, civil_.micros / 1000, 3);
    } else if (taken("%ms")) {
      append_padded(out_, micros / 1000);
    } else {
      return false;
    }
    return true;
  }

  void take_directive(std::string_view& format) {
    const bool padded = !format.starts_with('-');
    const std::string_view rest = format.substr(padded ? 0 : 1);
    if (rest.empty()) {
      out_.append("%").append(format);
      format = {};
      return;
    }
    format = rest.substr(1);
    if (padded) {
      put_field(rest[0]);
      return;
    }
    // "%-d" is the field without its leading zeros or spaces.
    std::string outer = std::exchange(out_, {});
    put_field(rest[0]);
    const std::size_t first = out_.find_first_not_of("0 ");
    outer.append(first == out_.npos ? out_.substr(out_.empty() ? 0 : out_.size() - 1)
                                    : out_.substr(first));
    out_ = std::move(outer);
  }

  void put_field(char directive) {
    switch (directive) {
      case 'Y': return append_padded(out_, civil_.year, 4);
      case 'C': return append_padded(out_, civil_.year / 100, 2);
      case 'y': return append_padded(out_, ((civil_.year % 100) + 100) % 100, 2);
      case 'm': return append_padded(out_, civil_.month, 2);
      case 'd': return append_padded(out_, civil_.day, 2);
      case 'e': return append_padded(out_, civil_.day, 2, ' ');
      case 'j': return append_padded(out_, day_of_year() + 1, 3);
      case 'b':
      case 'h': return put(kMonthNames[civil_.month - 1].substr(0, 3));
      case 'B': return put(kMonthNames[civil_.month - 1]);
      case 'a': return put(weekday_name().substr(0, 3));
      case 'A': return put(weekday_name());
      case 'w': return append_padded(out_, weekday());
      case 'u': return append_padded(out_, weekday() == 0 ? 7 : weekday());
      case 'U': return append_padded(out_, (day_of_year() + 7 - weekday()) / 7, 2);
      case 'W': return append_padded(out_, (day_of_year() + 7 - (weekday() + 6) % 7) / 7, 2);
      case 'V': return append_padded(out_, iso_week().week, 2);
      case 'G': return append_padded(out_, iso_week().year, 4);
      case 'g': return append_padded(out_, iso_week().year % 100, 2);
      default: return put_time_field(directive);
    }
  }

  void put_time_field(char directive) {
    const unsigned half_hour = (civil_.hour + 11) % 12 + 1;
    switch (directive) {
      case 'H': return append_padded(out_, civil_.hour, 2);
      case 'k': return append_padded(out_, civil_.hour, 2, ' ');
      case 'I': return append_padded(out_, half_hour, 2);
      case 'l': return append_padded(out_, half_hour, 2, ' ');
      case 'M': return append_padded(out_, civil_.minute, 2);
      case 'S': return append_padded(out_, civil_.second, 2);
      case 'f': return append_padded(out_, civil_.micros, 6);
      case 'p': return put(civil_.hour < 12 ? "AM" : "PM");
      case 'P': return put(civil_.hour < 12 ? "am" : "pm");
      case 's': return append_padded(out_, micros_of(datetime_.instant) / kMicrosPerSecond);
      case 'z': return put_offset(false);
      case 'Z': return put_zone_name();
      default: return put_combination(directive);
    }
  }

  void put_combination(char directive) {
    switch (directive) {
      case 'T':
      case 'X': return put_fields("H:M:S");
      case 'R': return put_fields("H:M");
      case 'r': return put_fields("I:M:S p");
      case 'F': return put_fields("Y-m-d");
      case 'D':
      case 'x': return put_fields("m/d/y");
      case 'c': return put_fields("a b e H:M:S Y");
      case 'n': return out_.push_back('\n');
      case 't': return out_.push_back('\t');
      case '%': return out_.push_back('%');
      default:  // As it stands, like the C library.
        out_.push_back('%');
        return out_.push_back(directive);
    }
  }

  // Puts each letter of `fields` as a directive, all else as it is.
  void put_fields(std::string_view fields) {
    for (const char c : fields) {
      if (c == ' ' || c == ':' || c == '-' || c == '/') {
        out_.push_back(c);
      } else {
        put_field(c);
      }
    }
  }

  void put_offset(bool colon) {
    if (!datetime_.has_zone) {
      return;
    }
    const std::int64_t seconds = std::abs(datetime_.utc_offset.count()) / kMicrosPerSecond;
    const std::string_view separator = colon ? ":" : "";
    out_.push_back(datetime_.utc_offset.count() < 0 ? '-' : '+');
    append_padded(out_, seconds / 3600, 2);
    put(separator);
    append_padded(out_, seconds / 60 % 60, 2);
    if (seconds % 60 != 0) {
      put(separator);
      append_padded(out_, seconds % 60, 2);
    }
  }

  void put_zone_name() {
    if (!datetime_.has_zone) {
      return;
    }
    out_.append("UTC");
    if (datetime_.utc_offset.count() != 0) {
      put_offset(true);
    }
  }

  std::string_view weekday_name() const {
    return kWeekdayNames[static_cast<std::size_t>(weekday())];
  }

  IsoWeek iso_week() const {
    const int days_to_thursday = 3 - (weekday() + 6) % 7;
    const int thursday = day_of_year() + days_to_thursday;
    const auto days_in = [](int year) {
      const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
      return leap ? 366 : 365;
    };
    if (thursday < 0) {
      return {civil_.year - 1, (thursday + days_in(civil_.year - 1)) / 7 + 1};
    }
    if (thursday >= days_in(civil_.year)) {
      return {civil_.year + 1, 1};
    }
    return {civil_.year, thursday / 7 + 1};
  }

  // From Sunday.
  int weekday() const {
    const std::int64_t days = floor_divide(
        add_clamped(micros_of(datetime_.instant), datetime_.utc_offset.count()), kMicrosPerDay);
    return static_cast<int>(((days + 4) % 7 + 7) % 7);
  }

  // From 0.
  int day_of_year() const {
    const std::int64_t cycle = floor_divide(civil_.year, kCycleYears);
    const int year_of_cycle = civil_.year - static_cast<int>(cycle * kCycleYears);
    return days_of(year_of_cycle, civil_.month, civil_.day) - days_of(year_of_cycle, 1, 1);
  }

  void put(std::string_view text) { out_.append(text); }

  const Datetime& datetime_;
  const Civil civil_;
  std::string out_;
};

}  // namespace

std::string format_datetime(const Datetime& datetime, std::string_view format) {
  return Formatter(datetime).format(format);
}

}  // namespace tendril
