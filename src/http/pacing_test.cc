#include "http/pacing.h"

#include <gmock/gmock.h>

#include "testing/fake_clock.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Clock::Wall kNow(seconds(1'704'164'645));  // 2024-01-02T03:04:05Z

TEST(RetryAfter, ReadsSecondsAndDates) {
  EXPECT_EQ(retry_after({{"Retry-After", "120"}}, kNow), seconds(120));
  EXPECT_EQ(retry_after({{"retry-after", "0"}}, kNow), seconds(0));
  EXPECT_EQ(retry_after({{"Retry-After", "0.25"}}, kNow), milliseconds(250));
  EXPECT_EQ(retry_after({{"Retry-After", "Tue, 02 Jan 2024 03:05:05 GMT"}}, kNow), seconds(60));
}

TEST(RetryAfter, IsNeverNegativeNorEndless) {
  EXPECT_EQ(retry_after({{"Retry-After", "-5"}}, kNow), seconds(0));
  EXPECT_EQ(retry_after({{"Retry-After", "Tue, 02 Jan 2024 03:00:00 GMT"}}, kNow), seconds(0));
  EXPECT_EQ(retry_after({{"Retry-After", "99999999999999999999"}}, kNow), hours(24 * 366));
}

TEST(RetryAfter, IsAbsentWhenItCannotBeRead) {
  EXPECT_EQ(retry_after({}, kNow), std::nullopt);
  EXPECT_EQ(retry_after({{"Retry-After", "soon"}}, kNow), std::nullopt);
}

TEST(Quota, ReadsEverySpelling) {
  for (const std::string prefix : {"X-RateLimit-", "RateLimit-", "x-rate-limit-"}) {
    const Quota said = quota({{prefix + "Remaining", "7"}, {prefix + "Reset", "1704164700"}}, kNow);
    EXPECT_EQ(said.remaining, 7) << prefix;
    EXPECT_EQ(said.resets_at, kNow + seconds(55)) << prefix;
  }
}

TEST(Quota, ReadsResetsOfEveryKind) {
  const auto reset = [](const std::string& text) {
    return quota({{"X-RateLimit-Reset", text}}, kNow).resets_at;
  };

  EXPECT_EQ(reset("30"), kNow + seconds(30));
  EXPECT_EQ(reset("1704164675000"), kNow + seconds(30));
  EXPECT_EQ(reset("2024-01-02T03:04:35Z"), kNow + seconds(30));
  EXPECT_EQ(reset("Tue, 02 Jan 2024 03:04:35 GMT"), kNow + seconds(30));
  EXPECT_EQ(reset("never"), std::nullopt);
}

TEST(Quota, IsEmptyWithoutHeaders) {
  EXPECT_EQ(quota({}, kNow).remaining, std::nullopt);
  EXPECT_EQ(quota({}, kNow).resets_at, std::nullopt);
}

TEST(ObserveQuota, HoldsEverybodyUntilTheResetOfASpentQuota) {
  FakeClock clock;
  Limiter limiter({}, clock);

  observe_quota({{"X-RateLimit-Remaining", "1"}, {"X-RateLimit-Reset", "60"}}, clock, limiter);
  ASSERT_THAT(limiter.wait_turn({}), IsOk());
  EXPECT_EQ(clock.slept(), seconds(0));
  observe_quota({{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "60"}}, clock, limiter);
  ASSERT_THAT(limiter.wait_turn({}), IsOk());

  EXPECT_EQ(clock.slept(), seconds(60));
}

}  // namespace
}  // namespace tendril
