#include "manifest/oauth_component.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/fake_clock.h"
#include "testing/http_imposter.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class OAuthComponents : public ::testing::Test {
 protected:
  OAuthComponents() : transport_(curl_transport({}).value()) {
    save_ = [this](std::string_view pointer, const Value& value) -> Status {
      saved_.set(pointer, value);
      return {};
    };
    imposter_.when("POST", "/token")
        .answer(200, R"({"access_token":"acc3ss","refresh_token":"n3xt","expires_in":3600})");
  }

  // The request for a token, after the authenticator put one on a request.
  ReceivedRequest asked(const std::string& yaml) {
    node_ = parse_yaml(
                "type: OAuthAuthenticator\n"
                "token_refresh_endpoint: " +
                    imposter_.url("/token") + "\n" + yaml,
                "test.yaml")
                .value();
    auto made = authenticator_of(&node_, {config_, *transport_, clock_, redactor_, save_});
    EXPECT_THAT(made, IsOk());
    Request request;
    EXPECT_THAT(made.value()->authorize(request, {}), IsOk());
    authorization_ = request.headers.find("Authorization").value_or("");
    const auto requests = imposter_.requests("/token");
    return requests.empty() ? ReceivedRequest() : requests.back();
  }

  Value config_ =
      Map{{"id", "me"},
          {"secret", "s3cret"},
          {"credentials",
           Map{{"refresh_token", "k3pt"}, {"client_id", "c"}, {"client_secret", "d00r"}}}};
  HttpImposter imposter_;
  std::unique_ptr<Transport> transport_;
  FakeClock clock_;
  Redactor redactor_;
  ConfigSaver save_;
  Map saved_;
  Node node_;
  std::string authorization_;
};

constexpr const char* kClient =
    "client_id: \"{{ config['id'] }}\"\n"
    "client_secret: \"{{ config['secret'] }}\"\n";

TEST_F(OAuthComponents, AskWithAPasswordAndScopes) {
  const ReceivedRequest request = asked(std::string(kClient) +
                                        "grant_type: password\n"
                                        "scopes: [read, write]\n"
                                        "refresh_request_body: {username: u, client_id: other}\n");

  EXPECT_EQ(request.body,
            "grant_type=password&client_id=me&client_secret=s3cret&scopes=read&scopes=write"
            "&username=u");
  EXPECT_EQ(authorization_, "Bearer acc3ss");
}

TEST_F(OAuthComponents, SendARefreshTokenThatIsEmptyWhereTheManifestSaysSo) {
  EXPECT_EQ(asked(std::string(kClient) + "refresh_token: \"\"\n").body,
            "grant_type=refresh_token&client_id=me&client_secret=s3cret&refresh_token=");
}

TEST_F(OAuthComponents, LeaveCredentialsToTheHeaderThatHasThem) {
  const ReceivedRequest request =
      asked(std::string(kClient) +
            "grant_type: client_credentials\n"
            "refresh_request_headers: {Authorization: \"Basic abc=\"}\n");

  EXPECT_EQ(request.body, "grant_type=client_credentials");
  EXPECT_EQ(request.header("Authorization"), "Basic abc=");
}

TEST_F(OAuthComponents, AskInTheQuery) {
  const ReceivedRequest request = asked(std::string(kClient) +
                                        "grant_type: client_credentials\n"
                                        "grant_type_name: kind\n"
                                        "send_refresh_request_as_query_params: true\n");

  EXPECT_EQ(request.parameter("kind"), "client_credentials");
  EXPECT_EQ(request.parameter("client_secret"), "s3cret");
  EXPECT_THAT(request.body, IsEmpty());
}

TEST_F(OAuthComponents, ExchangeASignedAssertion) {
  const ReceivedRequest request = asked(
      "use_profile_assertion: true\n"
      "profile_assertion: {type: JwtAuthenticator, algorithm: HS256, secret_key: k3y}\n");

  EXPECT_THAT(request.body,
              HasSubstr("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"));
  EXPECT_THAT(request.body, HasSubstr("assertion=ey"));
  EXPECT_THAT(request.body, Not(HasSubstr("client_id")));
}

TEST_F(OAuthComponents, KeepTheirTokensInTheConfiguration) {
  const ReceivedRequest request = asked("refresh_token_updater: {}\n");

  EXPECT_EQ(request.body,
            "grant_type=refresh_token&client_id=c&client_secret=d00r&refresh_token=k3pt");
  EXPECT_EQ(*saved_.find("/credentials/refresh_token"), Value("n3xt"));
  EXPECT_EQ(*saved_.find("/credentials/access_token"), Value("acc3ss"));
  EXPECT_NE(saved_.find("/credentials/token_expiry_date"), nullptr);
  EXPECT_EQ(redactor_.redact("k3pt d00r n3xt"), "*** *** ***");
}

TEST_F(OAuthComponents, UseTheTokenThatIsKeptWhileItIsGood) {
  config_ = Map{{"t", Map{{"a", "st1ll"}, {"r", "k3pt"}, {"e", "2024-01-02T04:00:00Z"}}}};

  asked(
      "client_id: i\n"
      "client_secret: s\n"
      "refresh_token_updater: {access_token_config_path: [t, a], refresh_token_config_path: "
      "[t, r], token_expiry_date_config_path: [t, e]}\n");

  EXPECT_EQ(authorization_, "Bearer st1ll");
  EXPECT_EQ(imposter_.count("/token"), 0);
}

TEST_F(OAuthComponents, RenewATokenOfUnknownAge) {
  config_ = Map{{"t", Map{{"a", "0ld"}, {"r", "k3pt"}}}};

  asked(
      "client_id: i\n"
      "client_secret: s\n"
      "refresh_token_updater: {access_token_config_path: [t, a], refresh_token_config_path: "
      "[t, r], token_expiry_date_config_path: [t, e]}\n");

  EXPECT_EQ(authorization_, "Bearer acc3ss");
}

}  // namespace
}  // namespace tendril
