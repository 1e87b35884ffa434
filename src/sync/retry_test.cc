#include "sync/retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fake_clock.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;

const Error kUnavailable{.code = ErrorCode::Unavailable, .message = ""};

TEST(Retry, WaitsLongerEachTimeAndGivesUp) {
  FakeClock clock;
  Retry retry(clock, 1);

  for (int i = 0; i < Retry::kRetriesMax; ++i) {
    EXPECT_TRUE(retry.wait(kUnavailable, {}));
    EXPECT_LE(clock.sleeps().back(), Retry::kFirstDelay * (1 << i));
  }
  EXPECT_FALSE(retry.wait(kUnavailable, {}));
  EXPECT_EQ(retry.retries(), Retry::kRetriesMax);

  retry.reset();
  EXPECT_TRUE(retry.wait(kUnavailable, {}));
}

TEST(Retry, WaitsAtLeastAsLongAsTheServerAsks) {
  FakeClock clock;
  Retry retry(clock, 1);

  EXPECT_TRUE(retry.wait(
      {.code = ErrorCode::RateLimited, .message = "", .retry_after = milliseconds(90'000)}, {}));
  EXPECT_GE(clock.slept(), milliseconds(90'000));
  EXPECT_LE(clock.slept(), milliseconds(90'000) + Retry::kFirstDelay);
}

TEST(Retry, DoesNotRepeatWhatCanNotSucceed) {
  FakeClock clock;
  Retry retry(clock, 1);

  EXPECT_FALSE(retry.wait({.code = ErrorCode::BadData, .message = ""}, {}));
  EXPECT_TRUE(clock.sleeps().empty());
}

TEST(Retry, EndsWithAStop) {
  FakeClock clock;
  Retry retry(clock, 1);
  std::stop_source stop;
  stop.request_stop();

  EXPECT_FALSE(retry.wait(kUnavailable, stop.get_token()));
}

}  // namespace
}  // namespace tendril
