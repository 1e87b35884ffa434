#include "manifest/authentication.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fake_clock.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;

// Answers nothing: the authenticators here ask nobody.
class NoTransport final : public Transport {
 public:
  Result<Response> send(const Request&, std::stop_token) override {
    return Error{ErrorCode::Internal, "no request is expected"};
  }
  Result<Response> stream(const Request&, const BodySink&, std::stop_token) override {
    return Error{ErrorCode::Internal, "no request is expected"};
  }
};

class Authentication : public ::testing::Test {
 protected:
  Result<std::unique_ptr<Authenticator>> made(const std::string& yaml) {
    node_ = parse_yaml(yaml, "test.yaml").value();
    return authenticator_of(&node_, {config_, transport_, clock_, redactor_, save_});
  }

  Request authorized(const std::string& yaml) {
    Request request;
    EXPECT_THAT(made(yaml).value()->authorize(request, {}), IsOk());
    return request;
  }

  Value config_ = Map{{"auth", Map{{"kind", "token"}, {"token", "t0ken"}}}};
  NoTransport transport_;
  FakeClock clock_;
  Redactor redactor_;
  ConfigSaver save_;
  Node node_;
};

TEST_F(Authentication, IsChosenByTheConfiguration) {
  const Request request = authorized(
      "type: SelectiveAuthenticator\n"
      "authenticator_selection_path: [auth, kind]\n"
      "authenticators:\n"
      "  none: {type: NoAuth}\n"
      "  token: {type: BearerAuthenticator, api_token: \"{{ config['auth']['token'] }}\"}\n");

  EXPECT_EQ(request.headers.find("authorization"), "Bearer t0ken");
}

TEST_F(Authentication, NamesTheChoiceThatIsMissing) {
  const std::string selective =
      "type: SelectiveAuthenticator\n"
      "authenticators: {none: {type: NoAuth}}\n";

  EXPECT_THAT(made(selective + "authenticator_selection_path: [auth, kind]\n"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("token")));
  EXPECT_THAT(made(selective + "authenticator_selection_path: [login]\n"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("login")));
}

TEST_F(Authentication, KeepsATokenThatNeedsNoRenewal) {
  const Request request = authorized(
      "type: OAuthAuthenticator\n"
      "access_token_value: \"{{ config['auth']['token'] }}\"\n");

  EXPECT_EQ(request.headers.find("authorization"), "Bearer t0ken");
  EXPECT_EQ(redactor_.redact("t0ken"), "***");
}

TEST_F(Authentication, NamesPlaceAndKindOfWhatItDoesNotRun) {
  EXPECT_THAT(made("type: CustomAuthenticator"),
              IsError(ErrorCode::Unsupported, HasSubstr("test.yaml:1")));
  EXPECT_THAT(made("type: ApiKeyAuthenticator\napi_token: x"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("inject_into")));
}

}  // namespace
}  // namespace tendril
