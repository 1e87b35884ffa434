#include "cli/amounts.h"

#include <gtest/gtest.h>

namespace tendril {
namespace {

using std::chrono::milliseconds;

TEST(CountText, GroupsDigitsByThree) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1000), "1,000");
  EXPECT_EQ(count_text(1234567), "1,234,567");
  EXPECT_EQ(count_text(-1234), "-1,234");
}

TEST(BytesText, KeepsThreeDigits) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(999), "999 B");
  EXPECT_EQ(bytes_text(1000), "1.00 kB");
  EXPECT_EQ(bytes_text(18'440'000), "18.4 MB");
  EXPECT_EQ(bytes_text(999'600'000), "1.00 GB");
}

TEST(DurationText, GrowsInUnits) {
  EXPECT_EQ(duration_text(milliseconds(840)), "0.84 s");
  EXPECT_EQ(duration_text(milliseconds(12'340)), "12.3 s");
  EXPECT_EQ(duration_text(milliseconds(59'700)), "1m00s");
  EXPECT_EQ(duration_text(milliseconds(125'000)), "2m05s");
  EXPECT_EQ(duration_text(milliseconds(3'725'000)), "1h02m");
}

TEST(RateText, ShowsAFractionOnlyWhenSlow) {
  EXPECT_EQ(rate_text(3.21), "3.2/s");
  EXPECT_EQ(rate_text(12'400.4), "12,400/s");
}

TEST(RateOf, CountsNoTimeAsAMillisecond) { EXPECT_EQ(rate_of(5, milliseconds(0)), 5000); }

}  // namespace
}  // namespace tendril
