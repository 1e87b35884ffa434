#include "http/date_text.h"

#include <gmock/gmock.h>

namespace tendril {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr Clock::Wall wall(std::int64_t unix_seconds) { return Clock::Wall(seconds(unix_seconds)); }

TEST(ParseDateText, ReadsTheThreeHttpSpellings) {
  EXPECT_EQ(parse_date_text("Sun, 06 Nov 1994 08:49:37 GMT"), wall(784'111'777));
  EXPECT_EQ(parse_date_text("Sunday, 06-Nov-94 08:49:37 GMT"), wall(784'111'777));
  EXPECT_EQ(parse_date_text("Sun Nov  6 08:49:37 1994"), wall(784'111'777));
}

TEST(ParseDateText, ReadsIso) {
  EXPECT_EQ(parse_date_text("1994-11-06T08:49:37Z"), wall(784'111'777));
  EXPECT_EQ(parse_date_text("1994-11-06T08:49:37.250Z"), wall(784'111'777) + microseconds(250'000));
  EXPECT_EQ(parse_date_text("1994-11-06T10:49:37+02:00"), wall(784'111'777));
  EXPECT_EQ(parse_date_text("1994-11-06T10:49:37+0200"), wall(784'111'777));
  EXPECT_EQ(parse_date_text("1994-11-06 08:49:37"), wall(784'111'777));
}

TEST(ParseDateText, RefusesEverythingElse) {
  for (const char* const text : {"", "soon", "1994", "1994-11-06",
                                 "Sun, 06 Nov 1994 08:49:37 GMT x", "1994-13-06T08:49:37Z"}) {
    EXPECT_EQ(parse_date_text(text), std::nullopt) << text;
  }
}

TEST(ParseMoment, TellsNumbersApartBySize) {
  const Clock::Wall now = wall(1'700'000'000);

  EXPECT_EQ(parse_moment("60", now), now + seconds(60));
  EXPECT_EQ(parse_moment("1.5", now), now + microseconds(1'500'000));
  EXPECT_EQ(parse_moment("-5", now), now);
  EXPECT_EQ(parse_moment("1700000060", now), now + seconds(60));
  EXPECT_EQ(parse_moment("1700000060000", now), now + seconds(60));
  EXPECT_EQ(parse_moment("2023-11-14T22:14:20Z", now), now + seconds(60));
}

TEST(ParseMoment, RefusesTheAbsurd) {
  for (const char* const text : {"", "nan", "inf", "1e300", "9999999999999999999999"}) {
    EXPECT_EQ(parse_moment(text, wall(0)), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tendril
