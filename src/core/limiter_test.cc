#include "core/limiter.h"

#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "core/limiter_pool.h"
#include "testing/fake_clock.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

TEST(Limiter, LetsAllPassWithoutLimits) {
  FakeClock clock;
  Limiter limiter({}, clock);

  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(limiter.wait_turn({}), IsOk());
  }

  EXPECT_TRUE(clock.sleeps().empty());
}

TEST(Limiter, SpreadsRequestsOverTime) {
  FakeClock clock;
  Limiter limiter({.requests_per_second = 4, .burst = 2}, clock);

  for (int i = 0; i < 4; ++i) {
    ASSERT_THAT(limiter.wait_turn({}), IsOk());
  }

  EXPECT_THAT(clock.sleeps(), ElementsAre(milliseconds(250), milliseconds(250)));
}

TEST(Limiter, FillsTheBucketOnlyToTheBurst) {
  FakeClock clock;
  Limiter limiter({.requests_per_second = 1, .burst = 3}, clock);
  clock.advance(hours(1));

  for (int i = 0; i < 4; ++i) {
    ASSERT_THAT(limiter.wait_turn({}), IsOk());
  }

  EXPECT_EQ(clock.slept(), seconds(1));
}

TEST(Limiter, HoldsEverybody) {
  FakeClock clock;
  Limiter limiter({}, clock);

  limiter.hold(seconds(5));
  limiter.hold(seconds(3));
  ASSERT_THAT(limiter.wait_turn({}), IsOk());
  ASSERT_THAT(limiter.wait_turn({}), IsOk());

  EXPECT_EQ(clock.slept(), seconds(5));
}

TEST(Limiter, FailsWhenTheWaitIsTooLong) {
  FakeClock clock;
  Limiter limiter({.wait_max = seconds(10)}, clock);
  limiter.hold(seconds(11));

  const Status turn = limiter.wait_turn({});

  ASSERT_THAT(turn, IsError(ErrorCode::RateLimited));
  EXPECT_EQ(turn.error().retry_after, seconds(11));
  clock.advance(seconds(11));
  EXPECT_THAT(limiter.wait_turn({}), IsOk());
}

TEST(Limiter, CancelledWaitsGiveTheirTurnBack) {
  FakeClock clock;
  Limiter limiter({.requests_per_second = 1}, clock);
  std::stop_source stop;
  stop.request_stop();

  EXPECT_THAT(limiter.wait_turn(stop.get_token()), IsError(ErrorCode::Cancelled));
  EXPECT_THAT(limiter.wait_turn({}), IsOk());

  EXPECT_EQ(clock.slept(), seconds(0));
}

TEST(Limiter, IsSharedByThreads) {
  FakeClock clock;
  Limiter limiter({.requests_per_second = 10}, clock);

  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 25; ++i) {
          EXPECT_THAT(limiter.wait_turn({}), IsOk());
        }
      });
    }
  }

  EXPECT_GE(clock.slept(), milliseconds(9900));
}

TEST(Limiter, TakesTheStricterOfTwoLimits) {
  FakeClock clock;
  Limiter limiter({.requests_per_second = 4, .burst = 2}, clock);

  limiter.tighten({.requests_per_second = 2, .burst = 5});
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(limiter.wait_turn({}), IsOk());
  }

  EXPECT_THAT(clock.sleeps(), ElementsAre(milliseconds(500)));
}

TEST(LimiterPool, SharesALimiterByServerAndAccount) {
  FakeClock clock;
  LimiterPool pool(clock);

  pool.limiter("https://a", "me", {})->hold(seconds(7));

  EXPECT_EQ(pool.limiter("https://a", "me", {}), pool.limiter("https://a", "me", {}));
  ASSERT_THAT(pool.limiter("https://a", "you", {})->wait_turn({}), IsOk());
  ASSERT_THAT(pool.limiter("https://b", "me", {})->wait_turn({}), IsOk());
  EXPECT_EQ(clock.slept(), seconds(0));
  ASSERT_THAT(pool.limiter("https://a", "me", {})->wait_turn({}), IsOk());
  EXPECT_EQ(clock.slept(), seconds(7));
}

TEST(LimiterPool, SharesABreakerByServer) {
  FakeClock clock;
  LimiterPool pool(clock);

  EXPECT_EQ(pool.breaker("https://a"), pool.breaker("https://a"));
  EXPECT_NE(pool.breaker("https://a"), pool.breaker("https://b"));
}

TEST(LimiterPool, ForgetsWhatNobodyUsesWhenThereIsTooMuch) {
  FakeClock clock;
  LimiterPool pool(clock);
  const auto used = pool.limiter("used", "", {});
  const std::weak_ptr<Limiter> unused = pool.limiter("unused", "", {});

  for (std::size_t i = 0; i < LimiterPool::kKeptMax; ++i) {
    pool.limiter("server " + std::to_string(i), "", {});
  }

  EXPECT_TRUE(unused.expired());
  EXPECT_EQ(pool.limiter("used", "", {}), used);
}

}  // namespace
}  // namespace tendril
