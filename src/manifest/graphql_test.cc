#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/graphql_answer.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;

std::optional<Verdict> judged(const std::string& body) {
  return judge_graphql({.method = "POST", .url = "https://a.com/graphql"},
                       {.status = 200, .body = body}, {"data", "items"});
}

bool asks(const std::string& yaml) { return asks_graphql(parse_yaml(yaml, "test.yaml").value()); }

TEST(GraphQl, IsKnownByItsBody) {
  EXPECT_TRUE(asks("request_body: {type: RequestBodyGraphQL, value: {query: x}}"));
  EXPECT_TRUE(asks("request_body_json: {query: \"{ shop { name } }\"}"));
  EXPECT_TRUE(asks("request_body_json: {query: \"query($a: Int) { shop }\"}"));
  EXPECT_FALSE(asks("request_body_json: {query: \"SELECT a FROM b\"}"));
  EXPECT_FALSE(asks("request_body_json: {query: \"{{ config['query'] }}\"}"));
  EXPECT_FALSE(asks("request_body_json: {query: {match: all}}"));
}

TEST(GraphQl, FailsWhereTheAnswerListsErrors) {
  const auto verdict =
      judged(R"({"data":null,"errors":[{"message":"no such field"},{"message":"twice"}]})");

  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->action, Verdict::Action::Fail);
  EXPECT_EQ(verdict->error->code, ErrorCode::BadData);
  EXPECT_THAT(verdict->error->message, HasSubstr("https://a.com/graphql"));
  EXPECT_THAT(verdict->error->message, HasSubstr("no such field, twice"));
}

TEST(GraphQl, WaitsWhereTheBudgetIsSpent) {
  for (const char* error : {R"({"type":"RATE_LIMITED","message":"m"})",
                            R"({"message":"m","extensions":{"code":"THROTTLED"}})",
                            R"({"message":"m","extensions":{"code":"RATELIMITED"}})"}) {
    const auto verdict = judged(std::string(R"({"errors":[)") + error + "]}");
    ASSERT_TRUE(verdict) << error;
    EXPECT_EQ(verdict->action, Verdict::Action::RateLimited) << error;
  }
}

TEST(GraphQl, LeavesOtherAnswersAlone) {
  EXPECT_FALSE(judged(R"({"data":{"items":[{"errors":["a record's own"]}]}})"));
  EXPECT_FALSE(judged(R"({"data":{"items":[]},"errors":[]})"));
  EXPECT_FALSE(judged("no JSON at all, but \"errors\""));
}

}  // namespace
}  // namespace tendril
