#include "instants.h"

typedef struct {
  const char* at;
  const char* end;
} Reader;

static int take(Reader* reader, char wanted) {
  if (reader->at < reader->end && *reader->at == wanted) {
    ++reader->at;
    return 1;
  }
  return 0;
}

// Takes `least` to `most` digits. Returns how many, or 0.
static int take_number(Reader* reader, int least, int most, int* number) {
  int digits = 0;
  *number = 0;
  while (digits < most && reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9') {
    *number = *number * 10 + (*reader->at++ - '0');
    ++digits;
  }
  return digits >= least ? digits : 0;
}

static int is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static int is_date(int year, int month, int day) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 &&
         day <= days[month - 1] + (month == 2 && is_leap(year));
}

// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
int32_t days_of(int year, int month, int day) {
  const int shifted = year - (month <= 2);
  const int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  const int year_of_era = shifted - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

int64_t micros_of(const DateTime* datetime) {
  const int64_t seconds = (int64_t)days_of(datetime->year, datetime->month, datetime->day) * 86400 +
                          datetime->hour * 3600 + datetime->minute * 60 + datetime->second;
  return seconds * 1000000 + datetime->micros;
}

static int take_date(Reader* reader, DateTime* out) {
  return take_number(reader, 4, 4, &out->year) && take(reader, '-') &&
         take_number(reader, 1, 2, &out->month) && take(reader, '-') &&
         take_number(reader, 1, 2, &out->day) && is_date(out->year, out->month, out->day);
}

// 61 seconds, as strptime() takes them, count on.
static int take_time(Reader* reader, DateTime* out) {
  if (!take_number(reader, 1, 2, &out->hour) || !take(reader, ':') ||
      !take_number(reader, 1, 2, &out->minute) || !take(reader, ':') ||
      !take_number(reader, 1, 2, &out->second) || out->hour > 23 || out->minute > 59 ||
      out->second > 61) {
    return 0;
  }
  out->micros = 0;
  if (take(reader, '.')) {
    int digits = take_number(reader, 1, 6, &out->micros);
    if (digits == 0) {
      return 0;
    }
    for (; digits < 6; ++digits) {
      out->micros *= 10;
    }
  }
  return 1;
}

// "Z", "+0200", "+02:00", "+02:00:30". Returns whether there is one.
static int take_offset(Reader* reader, int64_t* seconds) {
  *seconds = 0;
  if (take(reader, 'Z')) {
    return 1;
  }
  const int negative = reader->at < reader->end && *reader->at == '-';
  if (!negative && !(reader->at < reader->end && *reader->at == '+')) {
    return 0;
  }
  ++reader->at;
  int hours = 0;
  int minutes = 0;
  int rest = 0;
  if (!take_number(reader, 2, 2, &hours)) {
    return 0;
  }
  const int colon = take(reader, ':');
  if (!take_number(reader, 2, 2, &minutes) || minutes > 59) {
    return 0;
  }
  if (colon && take(reader, ':') && (!take_number(reader, 2, 2, &rest) || rest > 59)) {
    return 0;
  }
  *seconds = (negative ? -1 : 1) * (hours * 3600 + minutes * 60 + rest);
  return 1;
}

const char* parse_date(const char* text, size_t size, int32_t* days) {
  Reader reader = {text, text + size};
  DateTime date = {0};
  if (!take_date(&reader, &date)) {
    return "needs a date such as 2024-01-31";
  }
  if (reader.at != reader.end) {
    return "needs a date such as 2024-01-31 and nothing behind it";
  }
  *days = days_of(date.year, date.month, date.day);
  return NULL;
}

const char* parse_time(const char* text, size_t size, int64_t* micros_of_day) {
  Reader reader = {text, text + size};
  DateTime time = {.year = 1970, .month = 1, .day = 1};
  if (!take_time(&reader, &time) || reader.at != reader.end) {
    return "needs a time of day such as 12:30:00 or 12:30:00.250000";
  }
  *micros_of_day = micros_of(&time);
  return NULL;
}

const char* parse_datetime(const char* text, size_t size, enum OffsetRule rule, int64_t* micros) {
  Reader reader = {text, text + size};
  DateTime datetime = {0};
  if (!take_date(&reader, &datetime) || !(take(&reader, 'T') || take(&reader, ' ')) ||
      !take_time(&reader, &datetime)) {
    return rule == kOffsetNeeded
               ? "needs a date, a time and an offset such as 2024-01-31T12:30:00+00:00"
               : "needs a date and a time such as 2024-01-31T12:30:00";
  }
  int64_t offset = 0;
  const int has_offset = take_offset(&reader, &offset);
  if (rule == kOffsetNeeded && !has_offset && reader.at == reader.end) {
    return "needs an offset from UTC: append Z or one such as +02:00";
  }
  if (rule == kOffsetRefused && has_offset && reader.at == reader.end) {
    return "takes no offset from UTC: leave it out, or declare the column UTC_DATETIME";
  }
  if (reader.at != reader.end) {
    return "needs a date and a time such as 2024-01-31T12:30:00.250000 and nothing behind them but "
           "an offset";
  }
  *micros = micros_of(&datetime) - offset * 1000000;
  return NULL;
}
