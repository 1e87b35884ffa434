#include "manifest/session_token.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class SessionTokens : public SourceFixture {
 protected:
  // Reads "/items", two pages long, with an authenticator in YAML's flow style.
  StreamRead read(const std::string& authenticator, Map config = {}) {
    source_ = source(
        "- type: DeclarativeStream\n"
        "  name: items\n"
        "  retriever:\n"
        "    type: SimpleRetriever\n"
        "    record_selector:\n"
        "      type: RecordSelector\n"
        "      extractor: {type: DpathExtractor, field_path: []}\n"
        "    paginator:\n"
        "      type: DefaultPaginator\n"
        "      page_token_option: {type: RequestOption, inject_into: request_parameter, "
        "field_name: page}\n"
        "      pagination_strategy: {type: PageIncrement, page_size: 1, start_from_page: 1}\n"
        "    requester:\n"
        "      type: HttpRequester\n"
        "      url_base: \"{{ config['url'] }}\"\n"
        "      path: items\n"
        "      authenticator: " +
            authenticator + "\n",
        std::move(config));
    return run(*source_, "items");
  }

  void serve_items(const std::string& header, const std::string& value) {
    imposter_.when("GET", "/items").answer(401, R"({"error":"who?"})");
    imposter_.when("GET", "/items").with_header(header, value).answer(200, R"([{"id":1}])");
    imposter_.when("GET", "/items")
        .with_header(header, value)
        .with_query("page", "2")
        .answer(200, "[]");
  }

  static std::string session(const std::string& more) {
    return "{type: SessionTokenAuthenticator, login_requester: {type: HttpRequester, url_base: "
           "\"{{ config['url'] }}\", path: login, http_method: POST, request_body_json: "
           "{user: \"{{ config['user'] }}\", password: \"{{ config['password'] }}\"}}, "
           "session_token_path: [data, token], " +
           more + "}";
  }

  std::unique_ptr<Source> source_;
};

const Map kUser{{"user", "me"}, {"password", "pa55word"}};

TEST_F(SessionTokens, AreHadOnceAndCarriedByEveryRequest) {
  imposter_.when("POST", "/login")
      .with_body(R"({"user":"me","password":"pa55word"})")
      .answer(200, R"({"data":{"token":"s3ss1on"}})");
  serve_items("Authorization", "Bearer s3ss1on");

  const StreamRead result =
      read(session("expiration_duration: PT1H, request_authentication: {type: Bearer}"), kUser);

  EXPECT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(result.sink.rows, SizeIs(1));
  EXPECT_EQ(imposter_.count("/login"), 1);
  EXPECT_EQ(redactor_.redact("s3ss1on"), "***");
}

TEST_F(SessionTokens, AreHadAnewForEveryRequestWithoutADuration) {
  imposter_.when("POST", "/login").answer(200, R"({"data":{"token":"s3ss1on"}})");
  serve_items("X-Token", "Token s3ss1on");

  const StreamRead result = read(
      session("request_authentication: {type: ApiKey, api_token: \"Token {{ session_token }}\", "
              "inject_into: {type: RequestOption, inject_into: header, field_name: X-Token}}"),
      kUser);

  EXPECT_FALSE(result.error);
  EXPECT_EQ(imposter_.count("/login"), 2);
}

TEST_F(SessionTokens, AreHadAnewWhenTheyAreRefused) {
  imposter_.when("POST", "/login")
      .answer(200, R"({"data":{"token":"o1d-one"}})")
      .then(200, R"({"data":{"token":"n3w-one"}})");
  serve_items("Authorization", "Bearer n3w-one");

  const StreamRead result =
      read(session("expiration_duration: \"3600\", request_authentication: {type: Bearer}"), kUser);

  EXPECT_FALSE(result.error);
  EXPECT_EQ(imposter_.count("/login"), 2);
}

TEST_F(SessionTokens, SayWhatIsWrongWithTheLoginButNoSecret) {
  imposter_.when("POST", "/login").answer(200, R"({"data":{}})");

  const StreamRead result =
      read(session("expiration_duration: PT1H, request_authentication: {type: Bearer}"), kUser);

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::Unauthenticated);
  EXPECT_THAT(result.error->message, HasSubstr("logging in"));
  EXPECT_THAT(result.error->message, Not(HasSubstr("pa55word")));
}

constexpr const char* kLegacy =
    "{type: LegacySessionTokenAuthenticator, header: X-Session, login_url: /session, "
    "validate_session_url: /me, session_token_response_key: id, "
    "session_token: \"{{ config.get('token', '') }}\", username: \"{{ config.get('user', '') }}\", "
    "password: \"{{ config.get('password', '') }}\"}";

TEST_F(SessionTokens, InTheirOlderFormAreTheUsersWhereTheyAreGood) {
  imposter_.when("GET", "/me").with_header("X-Session", "my-own").answer(200, "{}");
  serve_items("X-Session", "my-own");

  const StreamRead result = read(kLegacy, Map{{"token", "my-own"}});

  EXPECT_FALSE(result.error);
  EXPECT_EQ(imposter_.count("/me"), 1);
}

TEST_F(SessionTokens, InTheirOlderFormAreBoughtWhereTheUsersIsRefused) {
  imposter_.when("GET", "/me").answer(401, "{}");
  imposter_.when("POST", "/session")
      .with_body(R"({"username":"me","password":"pa55word"})")
      .answer(200, R"({"id":"b0ught"})");
  serve_items("X-Session", "b0ught");
  Map config = kUser;
  config.set("token", "my-own");

  const StreamRead result = read(kLegacy, config);

  EXPECT_FALSE(result.error);
  EXPECT_EQ(imposter_.count("/session"), 1);
}

TEST_F(SessionTokens, InTheirOlderFormNeedOneOrTheOther) {
  imposter_.when("GET", "/me").answer(401, "{}");

  const StreamRead result = read(kLegacy, Map{{"token", "my-own"}});

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::Unauthenticated);
  EXPECT_THAT(result.error->message, Not(HasSubstr("my-own")));
}

}  // namespace
}  // namespace tendril
