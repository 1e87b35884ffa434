#include "http/authenticator.h"

#include <gmock/gmock.h>

#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

Request authorized(Authenticator& authenticator, Request request = {.url = "https://a.com/"}) {
  EXPECT_THAT(authenticator.authorize(request, {}), IsOk());
  return request;
}

TEST(NoAuthentication, ChangesNothing) {
  const Request request = authorized(*no_authentication());

  EXPECT_TRUE(request.headers.fields().empty());
  EXPECT_TRUE(request.query.empty());
}

TEST(ApiKey, GoesIntoAHeaderOnce) {
  const auto authenticator = api_key(Placement::Header, "X-Api-Key", Secret("k1"));

  const Request request =
      authorized(*authenticator, {.url = "https://a.com/", .headers = {{"x-api-key", "old"}}});

  EXPECT_THAT(request.headers.fields(), ElementsAre(Pair("X-Api-Key", "k1")));
}

TEST(ApiKey, GoesIntoTheQuery) {
  const auto authenticator = api_key(Placement::Query, "api_key", Secret("k&1"));

  EXPECT_EQ(url_with_query(authorized(*authenticator)), "https://a.com/?api_key=k%261");
}

TEST(ApiKey, GoesIntoAForm) {
  const auto authenticator = api_key(Placement::FormBody, "api key", Secret("k&1"));

  const Request alone = authorized(*authenticator, {.method = "POST", .url = "https://a.com/"});
  const Request beside =
      authorized(*authenticator, {.method = "POST", .url = "https://a.com/", .body = "a=b"});

  EXPECT_EQ(alone.body, "api%20key=k%261");
  EXPECT_EQ(alone.headers.find("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(beside.body, "a=b&api%20key=k%261");
}

TEST(ApiKey, GoesIntoJsonAndLeavesTheRestAsItIs) {
  const auto authenticator = api_key(Placement::JsonBody, "key", Secret("k\"1"));
  const auto body_of = [&](const std::string& body) {
    return authorized(*authenticator, {.method = "POST", .url = "https://a.com/", .body = body})
        .body;
  };

  EXPECT_EQ(body_of(""), R"({"key":"k\"1"})");
  EXPECT_EQ(body_of(" { } "), R"( {"key":"k\"1" } )");
  EXPECT_EQ(body_of(R"({"id":12345678901234567890.10})"),
            R"({"key":"k\"1","id":12345678901234567890.10})");
}

TEST(ApiKey, DoesNotFitIntoOtherJson) {
  const auto authenticator = api_key(Placement::JsonBody, "key", Secret("hidden"));
  Request request{.method = "POST", .url = "https://a.com/", .body = "[1]"};

  EXPECT_THAT(authenticator->authorize(request, {}),
              IsError(ErrorCode::InvalidConfig, Not(HasSubstr("hidden"))));
}

TEST(Bearer, SetsTheAuthorizationHeader) {
  const auto authenticator = bearer(Secret("t1"));

  EXPECT_EQ(authorized(*authenticator).headers.find("Authorization"), "Bearer t1");
}

TEST(Basic, EncodesUserAndPassword) {
  const auto authenticator = basic("Aladdin", Secret("open sesame"));

  EXPECT_EQ(authorized(*authenticator).headers.find("Authorization"),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

TEST(StaticCredentials, CannotBeRenewed) {
  const auto authenticator = bearer(Secret("t1"));
  const Request request = authorized(*authenticator);

  EXPECT_THAT(authenticator->renew_after_refusal(request, {}), IsOkAndHolds(false));
}

TEST(StaticCredentials, AreBlankedInMessages) {
  EXPECT_EQ(bearer(Secret("hidden"))->redact("token hidden is bad"), "token *** is bad");
  EXPECT_EQ(api_key(Placement::Query, "k", Secret("hid den"))->redact("k=hid%20den"), "k=***");
  EXPECT_EQ(basic("u", Secret("hidden"))->redact("Basic dTpoaWRkZW4="), "Basic ***");
  EXPECT_EQ(no_authentication()->redact("as it is"), "as it is");
}

}  // namespace
}  // namespace tendril
