#include "manifest/account.h"

#include <gmock/gmock.h>

#include "manifest/component_fixture_test.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AccountTest : public ComponentFixture {
 protected:
  std::string account(const std::string& authenticator, const Value& config) {
    return account_of(node("type: HttpRequester\n" + authenticator), config, clock_);
  }

  const std::string bearer_ =
      "authenticator: {type: BearerAuthenticator, api_token: \"{{ config['token'] }}\"}\n";
};

TEST_F(AccountTest, IsTheSameForTheSameCredentialsWhateverElseIsConfigured) {
  const Value here = Map{{"token", "hush"}, {"start", "2024"}};
  const Value there = Map{{"token", "hush"}, {"start", "2020"}};
  const Value other = Map{{"token", "hushed"}, {"start", "2024"}};

  EXPECT_EQ(account(bearer_, here), account(bearer_, there));
  EXPECT_NE(account(bearer_, here), account(bearer_, other));
  EXPECT_NE(account(bearer_, here), account("path: /x\n", here));
  EXPECT_EQ(account("path: /x\n", here), account("path: /y\n", other));
}

TEST_F(AccountTest, ShowsNoSecret) {
  EXPECT_THAT(account(bearer_, Map{{"token", "hush"}}), Not(HasSubstr("hush")));
}

TEST_F(AccountTest, FallsBackOnTheWholeConfiguration) {
  const std::string broken =
      "authenticator: {type: BearerAuthenticator, api_token: \"{{ config['a'] + 1 / 0 }}\"}\n";

  EXPECT_NE(account(broken, Map{{"a", "1"}}), account(broken, Map{{"a", "2"}}));
}

}  // namespace
}  // namespace tendril
