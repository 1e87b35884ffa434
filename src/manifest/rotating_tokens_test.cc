#include "manifest/rotating_tokens.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fake_clock.h"
#include "testing/http_imposter.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

class RotatingTokensTest : public ::testing::Test {
 protected:
  RotatingTokensTest() : transport_(curl_transport({}).value()) {}

  std::unique_ptr<Authenticator> made(const std::string& more = "") {
    node_ = parse_yaml(
                "type: RateLimitedMultipleTokenAuthenticator\n"
                "tokens: \"{{ config['tokens'] }}\"\n"
                "budget_min_reserve: 0\n"
                "budget_reserve_fraction: 0\n"
                "quota_status_source: {type: QuotaStatusSource, url: \"{{ config['url'] }}/quota\","
                " unavailable_status_codes: [404]}\n"
                "quotas:\n"
                "  - {type: TokenQuota, name: core, remaining_path: [core, left], reset_path: "
                "[core, reset], remaining_header: X-Left, exhaustion_status_codes: [403]}\n" +
                    more,
                "test.yaml")
                .value();
    config_ = Map{{"tokens", "t0ken-a, t0ken-b"}, {"url", imposter_.origin()}};
    return authenticator_of(&node_, {config_, *transport_, clock_, redactor_, save_}).value();
  }

  // What the API says is left for a token, and in how many seconds there is more.
  void left(const std::string& token, int calls, int seconds_to_reset = 30) {
    const auto reset = 1'704'164'645 + seconds_to_reset;
    imposter_.when("GET", "/quota")
        .with_header("Authorization", "Bearer " + token)
        .answer(200, R"({"core":{"left":)" + std::to_string(calls) + R"(,"reset":)" +
                         std::to_string(reset) + "}}");
  }

  std::string token_of(Authenticator& authenticator) {
    Request request{.url = "https://a.com/items"};
    const Status status = authenticator.authorize(request, {});
    return status.ok() ? std::string(request.headers.find("Authorization").value_or(""))
                       : status.error().message;
  }

  HttpImposter imposter_;
  std::unique_ptr<Transport> transport_;
  FakeClock clock_;
  Redactor redactor_;
  ConfigSaver save_;
  Value config_;
  Node node_;
};

TEST_F(RotatingTokensTest, UseOneTokenUntilItsQuotaIsSpent) {
  left("t0ken-a", 2);
  left("t0ken-b", 1);
  const auto authenticator = made();

  EXPECT_EQ(token_of(*authenticator), "Bearer t0ken-a");
  EXPECT_EQ(token_of(*authenticator), "Bearer t0ken-a");
  EXPECT_EQ(token_of(*authenticator), "Bearer t0ken-b");
  EXPECT_EQ(clock_.slept(), milliseconds(0));
  EXPECT_EQ(redactor_.redact("t0ken-b"), "***");
}

TEST_F(RotatingTokensTest, WaitForTheFirstResetWhenAllAreSpent) {
  left("t0ken-a", 0, 40);
  imposter_.when("GET", "/quota")
      .with_header("Authorization", "Bearer t0ken-b")
      .answer(200, R"({"core":{"left":0,"reset":1704164675}})")
      .then(200, R"({"core":{"left":5,"reset":1704164775}})");
  const auto authenticator = made();

  EXPECT_EQ(token_of(*authenticator), "Bearer t0ken-b");
  EXPECT_EQ(clock_.slept(), seconds(30));
}

TEST_F(RotatingTokensTest, GiveUpWhenTheResetIsTooFarAway) {
  left("t0ken-a", 0, 4000);
  left("t0ken-b", 0, 4000);
  const auto authenticator = made("max_wait_time: PT1H\n");
  Request request{.url = "https://a.com/items"};

  EXPECT_THAT(authenticator->authorize(request, {}),
              IsError(ErrorCode::RateLimited, HasSubstr("core")));
}

TEST_F(RotatingTokensTest, LearnFromAnswers) {
  left("t0ken-a", 100);
  left("t0ken-b", 100);
  const auto authenticator = made();
  Request request{.url = "https://a.com/items"};
  ASSERT_THAT(authenticator->authorize(request, {}), IsOk());
  EXPECT_FALSE(authenticator->has_others(request));

  authenticator->observe(request, {.status = 403});

  EXPECT_TRUE(authenticator->has_others(request));
  EXPECT_EQ(token_of(*authenticator), "Bearer t0ken-b");
}

TEST_F(RotatingTokensTest, TakeTurnsWhereTheServerKeepsNoQuota) {
  imposter_.when("GET", "/quota").answer(404, "{}");
  const auto authenticator = made();

  EXPECT_EQ(token_of(*authenticator), "Bearer t0ken-a");
  EXPECT_EQ(token_of(*authenticator), "Bearer t0ken-b");
  EXPECT_EQ(token_of(*authenticator), "Bearer t0ken-a");
}

TEST_F(RotatingTokensTest, NameAQuotaThatIsNotWhereTheManifestLooks) {
  imposter_.when("GET", "/quota").answer(200, R"({"else":1})");
  const auto authenticator = made();
  Request request{.url = "https://a.com/items"};

  EXPECT_THAT(authenticator->authorize(request, {}),
              IsError(ErrorCode::BadData, HasSubstr("\"core\"")));
}

}  // namespace
}  // namespace tendril
