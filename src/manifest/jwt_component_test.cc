#include "manifest/jwt_component.h"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/encoding.h"
#include "data/json.h"
#include "testing/fake_clock.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Answers nothing: a token is signed, not asked for.
class SilentTransport final : public Transport {
 public:
  Result<Response> send(const Request&, std::stop_token) override {
    return Error{ErrorCode::Internal, "no request is expected"};
  }
  Result<Response> stream(const Request&, const BodySink&, std::stop_token) override {
    return Error{ErrorCode::Internal, "no request is expected"};
  }
};

// The JSON of one part of a token.
Value part_of(const std::string& token, int part) {
  std::size_t start = 0;
  for (int i = 0; i < part; ++i) {
    start = token.find('.', start) + 1;
  }
  std::string text = token.substr(start, token.find('.', start) - start);
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return parse_json(base64_decode(text).value()).value();
}

class JwtAuthenticators : public ::testing::Test {
 protected:
  Result<Request> authorized(const std::string& yaml, Request request = {}) {
    node_ = parse_yaml("type: JwtAuthenticator\n" + yaml, "test.yaml").value();
    auto made = TRY(authenticator_of(&node_, {config_, transport_, clock_, redactor_, save_}));
    TRY(made->authorize(request, {}));
    return request;
  }

  Value config_ = Map{{"key", "sh4red"},
                      {"id", "007"},
                      {"account", R"({"email":"a@b.test","uri":"https://t.test"})"}};
  SilentTransport transport_;
  FakeClock clock_;
  Redactor redactor_;
  ConfigSaver save_;
  Node node_;
};

constexpr const char* kSigned =
    "algorithm: HS256\n"
    "secret_key: \"{{ config['key'] }}\"\n";

TEST_F(JwtAuthenticators, SignHeaderAndPayload) {
  const auto request =
      authorized(std::string(kSigned) +
                 "token_duration: 60\n"
                 "header_prefix: Bearer\n"
                 "jwt_headers: {kid: \"{{ config['id'] }}\"}\n"
                 "additional_jwt_headers: {v: \"{{ 1 + 1 }}\"}\n"
                 "jwt_payload: {iss: \"{{ json_loads(config['account'])['email'] }}\", sub: \"{{ "
                 "config['id'] }}\"}\n"
                 "additional_jwt_payload: {scope: all, nested: {a: 1}}\n");

  ASSERT_THAT(request, IsOk());
  const std::string value(request->headers.find("Authorization").value_or(""));
  ASSERT_THAT(value, StartsWith("Bearer "));
  const std::string token = value.substr(7);
  const Value header = Map{{"typ", "JWT"}, {"alg", "HS256"}, {"v", 2}, {"kid", "007"}};
  EXPECT_EQ(part_of(token, 0), header);
  const Value claims =
      Map{{"scope", "all"},       {"nested", Map{{"a", 1}}}, {"iss", "a@b.test"},   {"sub", "007"},
          {"iat", 1'704'164'645}, {"exp", 1'704'164'705},    {"nbf", 1'704'164'645}};
  EXPECT_EQ(part_of(token, 1), claims);
  EXPECT_EQ(redactor_.redact("sh4red"), "***");
}

TEST_F(JwtAuthenticators, GoWhereTheRequestOptionSays) {
  const auto request = authorized(std::string(kSigned) +
                                  "request_option: {type: RequestOption, inject_into: "
                                  "request_parameter, field_name: jwt}\n");

  ASSERT_THAT(request, IsOk());
  ASSERT_EQ(request->query.size(), 1U);
  EXPECT_EQ(request->query.front().first, "jwt");
  EXPECT_FALSE(request->headers.find("Authorization"));
}

TEST_F(JwtAuthenticators, RefuseWhatIsTheirs) {
  EXPECT_THAT(authorized(std::string(kSigned) + "additional_jwt_payload: {exp: 1}\n"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("exp")));
  EXPECT_THAT(authorized(std::string(kSigned) + "additional_jwt_headers: {alg: none}\n"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("alg")));
  EXPECT_THAT(authorized("algorithm: RS256\nsecret_key: nothing\n"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("test.yaml")));
}

}  // namespace
}  // namespace tendril
