#include "data/instant.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tendril {
namespace {

using testing::Eq;
using testing::HasSubstr;
using testing::Optional;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr std::int64_t kNewYear2024 = 1'704'067'200 * kSecond;
// 2024-01-02T03:04:05Z.
constexpr std::int64_t kMoment = 1'704'164'645 * kSecond;

std::int64_t iso_micros(std::string_view text) {
  const auto datetime = parse_iso_datetime(text);
  return datetime ? micros_of(datetime->instant) : -1;
}

std::string any_iso(std::string_view text) {
  const auto datetime = parse_datetime(text);
  return datetime.ok() ? to_iso(datetime->instant) : datetime.error().message;
}

TEST(ParseIsoDatetime, ReadsTheUsualSpellings) {
  EXPECT_EQ(iso_micros("2024-01-02T03:04:05Z"), kMoment);
  EXPECT_EQ(iso_micros("2024-01-02 03:04:05Z"), kMoment);
  EXPECT_EQ(iso_micros("2024-01-02t03:04:05z"), kMoment);
  EXPECT_EQ(iso_micros("2024-01-02 03:04:05 UTC"), kMoment);
  EXPECT_EQ(iso_micros("2024-01-02T03:04:05.678Z"), kMoment + 678'000);
  EXPECT_EQ(iso_micros("2024-01-02T03:04:05,678Z"), kMoment + 678'000);
  EXPECT_EQ(iso_micros("2024-01-02T03:04:05.678901999Z"), kMoment + 678'901);
  EXPECT_EQ(iso_micros("2024-01-02T03:04:05"), kMoment);
  EXPECT_EQ(iso_micros("2024-01-02T03:04Z"), kMoment - 5 * kSecond);
  EXPECT_EQ(iso_micros("20240102T030405Z"), kMoment);
  EXPECT_EQ(iso_micros("20240102T030405.5+0100"), kMoment - 3600 * kSecond + 500'000);
}

TEST(ParseIsoDatetime, SubtractsTheOffset) {
  EXPECT_EQ(iso_micros("2024-01-02T05:04:05+02:00"), kMoment);
  EXPECT_EQ(iso_micros("2024-01-02T05:04:05+0200"), kMoment);
  EXPECT_EQ(iso_micros("2024-01-02T05:04:05+02"), kMoment);
  EXPECT_EQ(iso_micros("2024-01-01T21:34:05-05:30"), kMoment);
  EXPECT_EQ(iso_micros("2024-01-02 05:04:05 +0200"), kMoment);
}

TEST(ParseIsoDatetime, KeepsTheWritersOffset) {
  const auto with = parse_iso_datetime("2024-01-02T05:04:05+02:00");
  const auto without = parse_iso_datetime("2024-01-02T05:04:05");

  ASSERT_TRUE(with && without);
  EXPECT_EQ(with->utc_offset, std::chrono::hours(2));
  EXPECT_TRUE(with->has_zone);
  EXPECT_FALSE(without->has_zone);
}

TEST(ParseIsoDatetime, CountsALeapSecondAsTheNextSecond) {
  EXPECT_EQ(iso_micros("2016-12-31T23:59:60Z"), 1'483'228'800 * kSecond);
}

TEST(ParseIsoDatetime, RefusesWhatIsNoDateAndTime) {
  for (const char* text : {"",
                           "2024",
                           "2024-01-02",
                           "hello, my world",
                           "2024-01-02T",
                           "2024-01-02T03",
                           "2024-13-02T03:04",
                           "2024-02-30T03:04:05Z",
                           "2023-02-29T03:04:05Z",
                           "2024-01-02T24:00:00Z",
                           "2024-01-02T03:60:05Z",
                           "2024-01-02T03:04:61Z",
                           "2024-01-02T03:04:05.Z",
                           "2024-01-02T03:04:05X",
                           "2024-01-02T03:04:05+",
                           "2024-01-02T03:04:05+2:00",
                           "2024-01-02T03:04:05+25:00",
                           "2024-01-02T03:04:05+02:60",
                           "2024-01-02T03:04:05Z ",
                           "0000-00-00 00:00:00",
                           "2024/01/02T03:04:05",
                           "2024-01-02x03:04:05",
                           "2024-1-2T03:04:05Z",
                           "202a-01-02T03:04:05Z",
                           "2024-01-02T03:04:05 ",
                           "123456789012345678"}) {
    EXPECT_EQ(parse_iso_datetime(text), std::nullopt) << text;
  }
}

TEST(ParseIsoDate, TakesExactlyYearMonthDay) {
  EXPECT_THAT(parse_iso_date("1970-01-01"), Optional(0));
  EXPECT_THAT(parse_iso_date("2024-02-29"), Optional(19782));
  EXPECT_THAT(parse_iso_date("1969-12-31"), Optional(-1));
  EXPECT_THAT(parse_iso_date("0001-01-01"), Optional(-719162));
  for (const char* text : {"", "2023-02-29", "2024-00-01", "2024-01-00", "2024-1-01", "20240101",
                           "2024-01-01 ", "2024-01-0a", "2024-01-32"}) {
    EXPECT_EQ(parse_iso_date(text), std::nullopt) << text;
  }
}

TEST(ParseIsoTime, TakesHoursToMicroseconds) {
  EXPECT_THAT(parse_iso_time("00:00"), Optional(Eq(0)));
  EXPECT_THAT(parse_iso_time("03:04:05"), Optional(Eq(11045 * kSecond)));
  EXPECT_THAT(parse_iso_time("23:59:59.999999"), Optional(Eq(kDay - 1)));
  for (const char* text :
       {"", "3:04", "24:00", "03:60", "03:04:60", "03:04:05.", "03:04Z", "03:04:5"}) {
    EXPECT_EQ(parse_iso_time(text), std::nullopt) << text;
  }
}

TEST(ParseDatetime, ReadsDatesAlone) {
  EXPECT_EQ(any_iso("2024-01-02"), "2024-01-02T00:00:00Z");
  EXPECT_EQ(any_iso("20240102"), "2024-01-02T00:00:00Z");
  EXPECT_EQ(any_iso("2024-03"), "2024-03-01T00:00:00Z");
  EXPECT_EQ(any_iso("  2024-01-02T03:04:05Z\n"), "2024-01-02T03:04:05Z");
}

TEST(ParseDatetime, ReadsDatesOfMailAndHttp) {
  EXPECT_EQ(any_iso("Tue, 02 Jan 2024 03:04:05 GMT"), "2024-01-02T03:04:05Z");
  EXPECT_EQ(any_iso("Tue, 2 Jan 2024 03:04:05 +0200"), "2024-01-02T01:04:05Z");
  EXPECT_EQ(any_iso("2 Jan 2024 03:04 EST"), "2024-01-02T08:04:00Z");
  EXPECT_EQ(any_iso("Tuesday, 02-Jan-24 03:04:05 GMT"), "2024-01-02T03:04:05Z");
  EXPECT_EQ(any_iso("Sunday, 06-Nov-94 08:49:37 GMT"), "1994-11-06T08:49:37Z");
  EXPECT_EQ(any_iso("Tue Jan  2 03:04:05 2024"), "2024-01-02T03:04:05Z");
  EXPECT_EQ(any_iso("Tue Jan  2 03:04:05 UTC 2024"), "2024-01-02T03:04:05Z");
  EXPECT_EQ(any_iso("January 2, 2024"), "2024-01-02T00:00:00Z");
}

TEST(ParseDatetime, TellsUnixTimesApartBySize) {
  EXPECT_EQ(any_iso("0"), "1970-01-01T00:00:00Z");
  EXPECT_EQ(any_iso("-1"), "1969-12-31T23:59:59Z");
  EXPECT_EQ(any_iso("1704164645"), "2024-01-02T03:04:05Z");
  EXPECT_EQ(any_iso("1704164645.678901"), "2024-01-02T03:04:05.678901Z");
  EXPECT_EQ(any_iso("1704164645678"), "2024-01-02T03:04:05.678Z");
  EXPECT_EQ(any_iso("1704164645678901"), "2024-01-02T03:04:05.678901Z");
  EXPECT_EQ(any_iso("1704164645678901234"), "2024-01-02T03:04:05.678901Z");
}

TEST(ParseDatetime, NamesTheTextItCanNotRead) {
  for (const char* text :
       {"", "tomorrow", "32 Jan 2024", "Jan 2024", "99999999999999999999", "1.", "-", "2024-13-01",
        "2 Jan 2024 25:00", "2 Jan 2024 03:04 XYZ", "2 Foo 2024"}) {
    const auto datetime = parse_datetime(text);
    ASSERT_FALSE(datetime.ok()) << text;
    EXPECT_EQ(datetime.error().code, ErrorCode::BadData);
    EXPECT_THAT(datetime.error().message, HasSubstr("\"" + std::string(text) + "\""));
  }
}

TEST(ToIso, WritesFractionsOnlyWhereThereAreSome) {
  EXPECT_EQ(to_iso(instant_from_micros(kMoment)), "2024-01-02T03:04:05Z");
  EXPECT_EQ(to_iso(instant_from_micros(kMoment + 678'000)), "2024-01-02T03:04:05.678Z");
  EXPECT_EQ(to_iso(instant_from_micros(kMoment + 1)), "2024-01-02T03:04:05.000001Z");
  EXPECT_EQ(to_iso(instant_from_micros(-1)), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(iso_date(19782), "2024-02-29");
  EXPECT_EQ(iso_date(-719162), "0001-01-01");
  EXPECT_EQ(iso_time(11045 * kSecond), "03:04:05");
  EXPECT_EQ(iso_time(11045 * kSecond + 678'901), "03:04:05.678901");
}

TEST(ToIso, HoldsForTheWholeRangeOf64Bits) {
  EXPECT_EQ(to_iso(Instant::max()), "294247-01-10T04:00:54.775807Z");
  EXPECT_EQ(to_iso(Instant::min()), "-290308-12-21T19:59:05.224192Z");
}

TEST(InZone, FindsTheOffsetOfTheDay) {
  const auto winter = in_zone(instant_from_micros(kMoment), "Europe/Berlin");
  const auto summer = in_zone(instant_from_micros(kMoment + 180 * kDay), "Europe/Berlin");
  const auto utc = in_zone(instant_from_micros(kMoment), "UTC");

  ASSERT_TRUE(winter.ok() && summer.ok() && utc.ok());
  EXPECT_EQ(winter->utc_offset, std::chrono::hours(1));
  EXPECT_EQ(summer->utc_offset, std::chrono::hours(2));
  EXPECT_EQ(utc->utc_offset, Micros(0));
  EXPECT_EQ(format_datetime(*winter, "%Y-%m-%dT%H:%M:%S%z"), "2024-01-02T04:04:05+0100");
}

TEST(InZone, RefusesUnknownZones) {
  const auto zone = in_zone(instant_from_micros(0), "Mars/Olympus");

  ASSERT_FALSE(zone.ok());
  EXPECT_EQ(zone.error().code, ErrorCode::InvalidConfig);
  EXPECT_EQ(zone.error().message, "time zone is unknown: \"Mars/Olympus\"");
}

TEST(ParseDuration, ReadsIsoDurations) {
  const auto micros = [](std::string_view text) {
    return parse_duration(text).value().exact.count();
  };

  EXPECT_EQ(micros("P1D"), kDay);
  EXPECT_EQ(micros("PT1H30M"), 5400 * kSecond);
  EXPECT_EQ(micros("P2W"), 14 * kDay);
  EXPECT_EQ(micros("PT0.000001S"), 1);
  EXPECT_EQ(micros("PT1,5S"), 1'500'000);
  EXPECT_EQ(micros("P0.5D"), kDay / 2);
  EXPECT_EQ(micros("-P1D"), -kDay);
  EXPECT_EQ(parse_duration("P1M2W").value(), (Duration{1, Micros(14 * kDay)}));
  EXPECT_EQ(parse_duration("P1Y2M").value(), (Duration{14, Micros(0)}));
  EXPECT_EQ(parse_duration("P1Y2M3DT4H5M6S").value(),
            (Duration{14, Micros(3 * kDay + 14706 * kSecond)}));
}

TEST(ParseDuration, RefusesWhatIsNone) {
  for (const char* text :
       {"", "P", "PT", "1D", "P1", "PD", "P1H", "PT1D", "P1D1D", "P1D1Y", "P1.5M", "P1DT", "P-1D",
        "P1D ", "PT1S1H", "P99999999999999999999D", "P9999999999999Y", "P1.D", "PTT1S"}) {
    const auto duration = parse_duration(text);
    ASSERT_FALSE(duration.ok()) << text;
    EXPECT_EQ(duration.error().code, ErrorCode::InvalidConfig);
  }
}

TEST(Add, ClampsTheDayToTheMonth) {
  const Duration month{1, Micros(0)};
  const auto at = [](std::string_view text) { return parse_datetime(text).value().instant; };

  EXPECT_EQ(to_iso(add(at("2024-01-31"), month)), "2024-02-29T00:00:00Z");
  EXPECT_EQ(to_iso(add(at("2023-12-15T10:00:00Z"), month)), "2024-01-15T10:00:00Z");
  EXPECT_EQ(to_iso(subtract(at("2024-03-31"), month)), "2024-02-29T00:00:00Z");
  EXPECT_EQ(to_iso(subtract(at("2024-01-15"), month)), "2023-12-15T00:00:00Z");
  EXPECT_EQ(to_iso(add(at("2024-02-29"), {12, Micros(kDay)})), "2025-03-01T00:00:00Z");
}

TEST(Add, StopsAtTheEndsOfTime) {
  EXPECT_EQ(add(Instant::max(), {0, Micros(1)}), Instant::max());
  EXPECT_EQ(subtract(Instant::min(), {0, Micros(1)}), Instant::min());
  EXPECT_EQ(add(instant_from_micros(0), {INT32_MAX, Micros(0)}), Instant::max());
  EXPECT_EQ(subtract(instant_from_micros(0), {INT32_MAX, Micros(0)}), Instant::min());
  EXPECT_EQ(subtract(instant_from_micros(0), {0, Micros::min()}), Instant::max());
}

TEST(ParseIsoDatetime, AgreesWithTheCalendarOnEveryDayOfACycle) {
  const std::int32_t first = parse_iso_date("1999-01-01").value();
  for (std::int32_t day = first; day < first + 146'097; day += 3) {
    ASSERT_THAT(parse_iso_date(iso_date(day)), Optional(day));
  }
  EXPECT_EQ(kNewYear2024, iso_micros("2024-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace tendril
