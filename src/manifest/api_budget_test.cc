#include "manifest/api_budget.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fake_clock.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

class ApiBudgets : public ::testing::Test {
 protected:
  Result<std::unique_ptr<CallBudget>> made(const std::string& policies) {
    node_ = parse_yaml("type: HTTPAPIBudget\npolicies: [" + policies + "]\n", "test.yaml").value();
    return api_budget(node_, config_, clock_);
  }

  // How long the second of two such requests waits.
  milliseconds wait(CallBudget& budget, const Request& request) {
    EXPECT_THAT(budget.wait_turn(request, {}), IsOk());
    const milliseconds before = clock_.slept();
    EXPECT_THAT(budget.wait_turn(request, {}), IsOk());
    return clock_.slept() - before;
  }

  const Value config_ = Map{{"limit", 1}};
  FakeClock clock_;
  Node node_;
};

constexpr const char* kRates =
    "type: MovingWindowCallRatePolicy, rates: [{limit: \"{{ config['limit'] }}\", interval: PT9S}]";

TEST_F(ApiBudgets, HoldForTheRequestsThatTheirMatchersKnow) {
  auto budget = made("{" + std::string(kRates) +
                     ", matchers: [{method: get, url_base: \"https://a.com/\", url_path_pattern: "
                     "\"^/v1/(users|teams)$\", params: {kind: 1}, headers: {X-Plan: free}}]}");
  ASSERT_THAT(budget, IsOk());
  const Request known{.url = "https://a.com/v1/users/?kind=1", .headers = {{"X-Plan", "free"}}};

  EXPECT_EQ(wait(**budget, known), seconds(9));
  Request other = known;
  other.method = "POST";
  EXPECT_EQ(wait(**budget, other), seconds(0));
  other = known;
  other.url = "https://b.com/v1/users/?kind=1";
  EXPECT_EQ(wait(**budget, other), seconds(0));
  other.url = "https://a.com/v1/users/7?kind=1";
  EXPECT_EQ(wait(**budget, other), seconds(0));
  other.url = "https://a.com/v1/users?kind=2";
  EXPECT_EQ(wait(**budget, other), seconds(0));
  other = known;
  other.headers = {{"X-Plan", "gold"}};
  EXPECT_EQ(wait(**budget, other), seconds(0));
}

TEST_F(ApiBudgets, HoldByTheFirstPolicyThatFits) {
  auto budget = made(
      "{type: UnlimitedCallRatePolicy, matchers: [{url_path_pattern: status}]},"
      "{type: FixedWindowCallRatePolicy, period: PT1M, call_limit: 3, matchers: [{weight: 2}]}");
  ASSERT_THAT(budget, IsOk());

  EXPECT_EQ(wait(**budget, {.url = "https://a.com/status"}), seconds(0));
  EXPECT_EQ(wait(**budget, {.url = "https://a.com/items"}), seconds(60));
}

TEST_F(ApiBudgets, NameWhatIsWrong) {
  EXPECT_THAT(made("{type: FixedWindowCallRatePolicy, period: soon, call_limit: 3, matchers: []}"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("test.yaml")));
  EXPECT_THAT(made("{type: FixedWindowCallRatePolicy, period: PT1M, call_limit: 0, matchers: []}"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("call_limit")));
  EXPECT_THAT(made("{" + std::string(kRates) + ", matchers: [{url_path_pattern: \"(?=x)\"}]}"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("regular expression")));
  auto heavy = made("{" + std::string(kRates) + ", matchers: [{weight: 2}]}");
  ASSERT_THAT(heavy, IsOk());
  EXPECT_THAT((*heavy)->wait_turn({.url = "https://a.com/"}, {}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("weighs")));
}

}  // namespace
}  // namespace tendril
