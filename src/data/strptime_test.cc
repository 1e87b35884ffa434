// Parsing and formatting by directives; the expectations were checked against Python's datetime.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/instant.h"

namespace tendril {
namespace {

using testing::HasSubstr;

std::string parsed(std::string_view text, std::string_view format) {
  const auto datetime = parse_datetime(text, format);
  return datetime.ok() ? to_iso(datetime->instant) : "error";
}

// 2024-07-05T09:08:07.006005 at +02:00, a Friday.
const Datetime kMoment{instant_from_micros(1'720'163'287'006'005), std::chrono::hours(2), true};
// 2023-01-01T00:00:00Z, a Sunday.
const Datetime kSunday{instant_from_micros(1'672'531'200'000'000)};

TEST(ParseDatetimeByFormat, ReadsFields) {
  EXPECT_EQ(parsed("2024-01-02T03:04:05Z", "%Y-%m-%dT%H:%M:%SZ"), "2024-01-02T03:04:05Z");
  EXPECT_EQ(parsed("2024-01-02T03:04:05.678+0200", "%Y-%m-%dT%H:%M:%S.%f%z"),
            "2024-01-02T01:04:05.678Z");
  EXPECT_EQ(parsed("2024-01-02 03:04:05+02:00", "%Y-%m-%d %H:%M:%S%z"), "2024-01-02T01:04:05Z");
  EXPECT_EQ(parsed("2024-01-02 03:04:05 UTC", "%Y-%m-%d %H:%M:%S %Z"), "2024-01-02T03:04:05Z");
  EXPECT_EQ(parsed("2/1/24", "%d/%m/%y"), "2024-01-02T00:00:00Z");
  EXPECT_EQ(parsed("20240102", "%Y%m%d"), "2024-01-02T00:00:00Z");
  EXPECT_EQ(parsed("30405", "%H%M%S"), "1900-01-01T03:04:05Z");
  EXPECT_EQ(parsed("Tue, 02 JAN 2024", "%a, %d %b %Y"), "2024-01-02T00:00:00Z");
  EXPECT_EQ(parsed("tuesday 2   january 2024", "%A %d %B %Y"), "2024-01-02T00:00:00Z");
  EXPECT_EQ(parsed("12:30 AM", "%I:%M %p"), "1900-01-01T00:30:00Z");
  EXPECT_EQ(parsed("12:30 pm", "%I:%M %p"), "1900-01-01T12:30:00Z");
  EXPECT_EQ(parsed("2024 060", "%Y %j"), "2024-02-29T00:00:00Z");
  EXPECT_EQ(parsed("100%", "1%d%%"), "error");
  EXPECT_EQ(parsed("107%", "1%d%%"), "1900-01-07T00:00:00Z");
  EXPECT_EQ(parsed("2024-01-02 03:04", "%F %R"), "2024-01-02T03:04:00Z");
}

TEST(ParseDatetimeByFormat, ReadsUnixTimes) {
  EXPECT_EQ(parsed("1704164645", "%s"), "2024-01-02T03:04:05Z");
  EXPECT_EQ(parsed("-5", "%s"), "1969-12-31T23:59:55Z");
  EXPECT_EQ(parsed("1704164645.5", "%s_as_float"), "2024-01-02T03:04:05.500Z");
  EXPECT_EQ(parsed("1704164645678", "%ms"), "2024-01-02T03:04:05.678Z");
  EXPECT_EQ(parsed("1704164645678901", "%epoch_microseconds"), "2024-01-02T03:04:05.678901Z");
  EXPECT_EQ(parsed("2024-01-02T03:04:05.678Z", "%Y-%m-%dT%H:%M:%S.%_msZ"),
            "2024-01-02T03:04:05.678Z");
}

TEST(ParseDatetimeByFormat, RefusesWhatDoesNotFit) {
  EXPECT_EQ(parsed("2024-01-02", "%Y-%m-%d %H"), "error");
  EXPECT_EQ(parsed("2024-01-02 ", "%Y-%m-%d"), "error");
  EXPECT_EQ(parsed("24-01-02", "%Y-%m-%d"), "error");
  EXPECT_EQ(parsed("2024-02-30", "%Y-%m-%d"), "error");
  EXPECT_EQ(parsed("2023 366", "%Y %j"), "error");
  EXPECT_EQ(parsed("abc", "%Q"), "error");
  EXPECT_EQ(parsed("abc", "abc%"), "error");
  EXPECT_EQ(parsed("99999999999999999999", "%s"), "error");
  EXPECT_EQ(parsed("9223372036854775807", "%s"), "error");
  EXPECT_EQ(parsed("2024-01-02T03:04:05+99:00", "%Y-%m-%dT%H:%M:%S%z"), "error");
}

TEST(ParseDatetimeByFormat, NamesTextAndFormat) {
  const auto datetime = parse_datetime("soon", "%Y-%m-%d");

  ASSERT_FALSE(datetime.ok());
  EXPECT_EQ(datetime.error().code, ErrorCode::BadData);
  EXPECT_THAT(datetime.error().message, HasSubstr("\"%Y-%m-%d\""));
  EXPECT_THAT(datetime.error().message, HasSubstr("\"soon\""));
}

TEST(FormatDatetime, WritesFieldsAsTheWriterSawThem) {
  EXPECT_EQ(format_datetime(kMoment, "%Y-%m-%dT%H:%M:%S.%f%z"), "2024-07-05T09:08:07.006005+0200");
  EXPECT_EQ(format_datetime(kMoment, "%a %A %b %B %d %e %y %j"),
            "Fri Friday Jul July 05  5 24 187");
  EXPECT_EQ(format_datetime(kMoment, "%I:%M %p %l %k %P"), "09:08 AM  9  9 am");
  EXPECT_EQ(format_datetime(kMoment, "%-d/%-m/%y %-H"), "5/7/24 9");
  EXPECT_EQ(format_datetime(kMoment, "%w %u %U %W %V %G"), "5 5 26 27 27 2024");
  EXPECT_EQ(format_datetime(kMoment, "%F %T %R %D"), "2024-07-05 09:08:07 09:08 07/05/24");
  EXPECT_EQ(format_datetime(kMoment, "%Z %% %Q"), "UTC+02:00 % %Q");
  EXPECT_EQ(format_datetime(kMoment, "no directive%"), "no directive%");
}

TEST(FormatDatetime, CountsWeeksOverTheTurnOfTheYear) {
  EXPECT_EQ(format_datetime(kSunday, "%G-W%V %U %W %w %u"), "2022-W52 01 00 0 7");
  EXPECT_EQ(format_datetime({instant_from_micros(1'735'603'200'000'000)}, "%G-W%V"), "2025-W01");
}

TEST(FormatDatetime, WritesUnixTimes) {
  EXPECT_EQ(format_datetime(kMoment, "%s"), "1720163287");
  EXPECT_EQ(format_datetime(kMoment, "%ms"), "1720163287006");
  EXPECT_EQ(format_datetime(kMoment, "%s_as_float"), "1720163287.006005");
  EXPECT_EQ(format_datetime(kSunday, "%s_as_float"), "1672531200.0");
  EXPECT_EQ(format_datetime(kMoment, "%epoch_microseconds"), "1720163287006005");
  EXPECT_EQ(format_datetime(kMoment, "%S.%_msZ"), "07.006Z");
  EXPECT_EQ(format_datetime(kMoment, "%%ms"), "%ms");
}

TEST(FormatDatetime, LeavesTheZoneOutWhereThereIsNone) {
  const Datetime naive{kSunday.instant, Micros(0), false};

  EXPECT_EQ(format_datetime(naive, "%Y%z%Z"), "2023");
  EXPECT_EQ(format_datetime(kSunday, "%z %Z"), "+0000 UTC");
}

TEST(FormatDatetime, ReadsBackWhatItWrites) {
  for (const char* format :
       {"%Y-%m-%dT%H:%M:%S.%f%z", "%epoch_microseconds", "%A %d %B %Y %I %p %M %S %f%z"}) {
    const auto back = parse_datetime(format_datetime(kMoment, format), format);
    ASSERT_TRUE(back.ok()) << format;
    EXPECT_EQ(back->instant, kMoment.instant) << format;
  }
}

}  // namespace
}  // namespace tendril
