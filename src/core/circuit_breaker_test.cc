#include "core/circuit_breaker.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "testing/fake_clock.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using Change = CircuitBreaker::Change;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;

class CircuitBreakerTest : public ::testing::Test {
 protected:
  // Fails as often, a second apart; returns what the last one changed.
  CircuitBreaker::Report fail(int times) {
    CircuitBreaker::Report report;
    for (int i = 0; i < times; ++i) {
      clock_.advance(seconds(1));
      report = breaker_.enter().value().fail();
    }
    return report;
  }

  FakeClock clock_;
  CircuitBreaker breaker_{"https://api.example.com",
                          {.failures_min = 3,
                           .span = seconds(2),
                           .open_first = seconds(10),
                           .open_longest = seconds(30)},
                          clock_};
};

TEST_F(CircuitBreakerTest, OpensAfterEnoughFailuresInARow) {
  EXPECT_EQ(fail(2).change, Change::None);
  const CircuitBreaker::Report third = fail(1);

  EXPECT_EQ(third.change, Change::Opened);
  EXPECT_EQ(third.failures, 3);
  EXPECT_EQ(third.open_for, seconds(10));
  EXPECT_FALSE(breaker_.enter().has_value());
  EXPECT_EQ(breaker_.openings(), 1);
}

TEST_F(CircuitBreakerTest, StaysClosedWhileAnyRequestSucceeds) {
  fail(2);
  breaker_.enter().value().succeed();
  fail(2);

  EXPECT_FALSE(breaker_.is_open());
}

TEST_F(CircuitBreakerTest, TakesManyFailuresOfOneMomentForOne) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(breaker_.enter().value().fail().change, Change::None);
  }

  EXPECT_FALSE(breaker_.is_open());
}

TEST_F(CircuitBreakerTest, LetsOneProbeThroughAndClosesWhenItSucceeds) {
  fail(3);
  ASSERT_THAT(breaker_.wait(minutes(1), {}), IsOk());
  EXPECT_EQ(clock_.slept(), seconds(10));

  std::optional<CircuitBreaker::Permit> probe = breaker_.enter();
  ASSERT_TRUE(probe.has_value());
  EXPECT_FALSE(breaker_.enter().has_value());
  EXPECT_EQ(probe->succeed().change, Change::Closed);

  EXPECT_TRUE(breaker_.enter().has_value());
}

TEST_F(CircuitBreakerTest, WaitsLongerAfterEachProbeThatFailedUpToABound) {
  fail(3);
  std::vector<milliseconds> open_for;
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(breaker_.wait(minutes(10), {}), IsOk());
    const CircuitBreaker::Report report = breaker_.enter().value().fail();
    EXPECT_EQ(report.change, Change::StaysOpen);
    open_for.push_back(report.open_for);
  }

  EXPECT_THAT(open_for, ::testing::ElementsAre(seconds(20), seconds(30), seconds(30)));
  EXPECT_EQ(breaker_.openings(), 1);
}

TEST_F(CircuitBreakerTest, FailsFastWhenTheOutageOutlastsThePatience) {
  fail(3);

  const Status refused = breaker_.wait(seconds(5), {});

  ASSERT_THAT(refused, IsError(ErrorCode::Unavailable,
                               AllOf(HasSubstr("https://api.example.com is out of order"),
                                     HasSubstr("next probe at 2024-01-02T03:04:18Z"),
                                     HasSubstr("3 requests in a row failed"))));
  EXPECT_EQ(refused.error().retry_after, seconds(10));
  EXPECT_EQ(clock_.slept(), seconds(0));
}

TEST_F(CircuitBreakerTest, AProbeWithoutAnOutcomeIsLeftToTheNext) {
  fail(3);
  clock_.advance(seconds(10));
  breaker_.enter();

  EXPECT_TRUE(breaker_.enter().has_value());
}

TEST_F(CircuitBreakerTest, ALateAnswerClosesIt) {
  std::optional<CircuitBreaker::Permit> slow = breaker_.enter();
  fail(3);

  EXPECT_EQ(slow->succeed().change, Change::Closed);
  EXPECT_FALSE(breaker_.is_open());
}

TEST_F(CircuitBreakerTest, EndsAWaitWhenAsked) {
  fail(3);
  std::stop_source stop;
  stop.request_stop();

  EXPECT_THAT(breaker_.wait(minutes(1), stop.get_token()), IsError(ErrorCode::Cancelled));
}

TEST_F(CircuitBreakerTest, OfManyThreadsOneProbes) {
  fail(3);
  clock_.advance(seconds(10));
  std::atomic<int> probes = 0;
  std::atomic<int> passed = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        for (;;) {
          EXPECT_THAT(breaker_.wait(minutes(10), {}), IsOk());
          if (std::optional<CircuitBreaker::Permit> permit = breaker_.enter()) {
            probes += breaker_.is_open() ? 1 : 0;
            permit->succeed();
            ++passed;
            return;
          }
        }
      });
    }
  }

  EXPECT_EQ(probes, 1);
  EXPECT_EQ(passed, 8);
}

}  // namespace
}  // namespace tendril
