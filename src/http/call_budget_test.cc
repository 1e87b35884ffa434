#include "http/call_budget.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fake_clock.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class CallBudgets : public ::testing::Test {
 protected:
  CallBudget budget(std::unique_ptr<CallLimit> limit) {
    std::vector<CallBudget::Policy> policies;
    policies.push_back({[](const Request& request) {
                          return request.url.ends_with("/free") ? std::nullopt
                                                                : std::optional<std::int64_t>(1);
                        },
                        std::move(limit)});
    return CallBudget(std::move(policies), {}, clock_);
  }

  FakeClock clock_;
  const Request request_{.url = "https://a.com/items"};
};

TEST_F(CallBudgets, HoldAllRatesOfAMovingWindow) {
  CallBudget budget = this->budget(moving_window({{2, seconds(1)}, {3, seconds(10)}}));

  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(budget.wait_turn(request_, {}), IsOk());
  }
  EXPECT_EQ(clock_.slept(), milliseconds(0));
  ASSERT_THAT(budget.wait_turn(request_, {}), IsOk());
  EXPECT_EQ(clock_.slept(), seconds(1));
  ASSERT_THAT(budget.wait_turn(request_, {}), IsOk());
  EXPECT_EQ(clock_.slept(), seconds(10));
}

TEST_F(CallBudgets, StartAFixedWindowWithItsFirstCall) {
  CallBudget budget = this->budget(fixed_window({2, minutes(1)}));
  clock_.advance(minutes(5));

  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(budget.wait_turn(request_, {}), IsOk());
  }

  EXPECT_EQ(clock_.slept(), minutes(1));
}

TEST_F(CallBudgets, LearnFromAnswers) {
  CallBudget budget = this->budget(fixed_window({100, minutes(1)}));
  ASSERT_THAT(budget.wait_turn(request_, {}), IsOk());

  budget.observe(request_, {.status = 200,
                            .headers = {{"RateLimit-Remaining", "0"}, {"RateLimit-Reset", "7"}}});
  ASSERT_THAT(budget.wait_turn(request_, {}), IsOk());

  EXPECT_EQ(clock_.slept(), seconds(7));
}

TEST_F(CallBudgets, TakeARefusalForAnEmptyBudget) {
  CallBudget budget = this->budget(moving_window({{50, seconds(3)}}));
  ASSERT_THAT(budget.wait_turn(request_, {}), IsOk());

  budget.observe(request_, {.status = 429});
  ASSERT_THAT(budget.wait_turn(request_, {}), IsOk());

  EXPECT_EQ(clock_.slept(), seconds(3));
}

TEST_F(CallBudgets, LeaveOtherRequestsAlone) {
  CallBudget budget = this->budget(fixed_window({1, minutes(1)}));

  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(budget.wait_turn({.url = "https://a.com/free"}, {}), IsOk());
  }

  EXPECT_EQ(clock_.slept(), milliseconds(0));
}

TEST_F(CallBudgets, EndAWaitThatIsCancelled) {
  CallBudget budget = this->budget(fixed_window({1, minutes(1)}));
  ASSERT_THAT(budget.wait_turn(request_, {}), IsOk());
  std::stop_source stop;
  stop.request_stop();

  EXPECT_THAT(budget.wait_turn(request_, stop.get_token()), IsError(ErrorCode::Cancelled));
}

}  // namespace
}  // namespace tendril
