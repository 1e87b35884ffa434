#include "manifest/request_draft.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(RequestDraft, AddsFieldsInOrder) {
  RequestDraft draft;
  ASSERT_THAT(draft.add_query("limit", 100), IsOk());
  ASSERT_THAT(draft.add_query("zero", 0), IsOk());
  ASSERT_THAT(draft.add_query("no", false), IsOk());
  ASSERT_THAT(draft.add_query("absent", Value()), IsOk());
  ASSERT_THAT(draft.add_query("id", List{"a", 2}), IsOk());

  const Request request = std::move(draft).finish("GET", "https://a.test/x");

  EXPECT_THAT(request.query, ElementsAre(Pair("limit", "100"), Pair("zero", "0"),
                                         Pair("no", "False"), Pair("id", "a"), Pair("id", "2")));
}

TEST(RequestDraft, RefusesTwoValuesForAName) {
  RequestDraft draft;
  ASSERT_THAT(draft.add_query("page", 1), IsOk());

  EXPECT_THAT(draft.add_query("page", 1), IsOk());
  EXPECT_THAT(draft.add_query("page", 2), IsError(ErrorCode::InvalidConfig, HasSubstr("page")));
  EXPECT_THAT(draft.add_query("filter", Map()), IsError(ErrorCode::InvalidConfig));
}

TEST(RequestDraft, SaysNothingThatTheUrlSays) {
  RequestDraft draft;
  ASSERT_THAT(draft.add_query("a b", "c&d"), IsOk());
  ASSERT_THAT(draft.add_query("page", 1), IsOk());

  const Request request =
      std::move(draft).finish("GET", "https://a.test/x?a%20b=c%26d&page=2&flag#top");

  EXPECT_THAT(request.query, ElementsAre(Pair("page", "1")));
}

TEST(RequestDraft, MergesJsonByPath) {
  RequestDraft draft;
  ASSERT_THAT(draft.add_json({"query"}, "q"), IsOk());
  ASSERT_THAT(draft.add_json({"variables"}, Map{{"first", 10}}), IsOk());
  ASSERT_THAT(draft.add_json({"variables", "page", "after"}, "x"), IsOk());
  EXPECT_THAT(draft.add_json({"query", "deep"}, 1), IsError(ErrorCode::InvalidConfig));

  const Request request = std::move(draft).finish("POST", "https://a.test/x");

  EXPECT_EQ(request.body, R"({"query":"q","variables":{"first":10,"page":{"after":"x"}}})");
  EXPECT_EQ(request.headers.find("content-type"), "application/json");
}

TEST(RequestDraft, EncodesForms) {
  RequestDraft draft;
  ASSERT_THAT(draft.add_form("a b", "c&d"), IsOk());
  ASSERT_THAT(draft.add_form("n", 1), IsOk());

  const Request request = std::move(draft).finish("POST", "https://a.test/x");

  EXPECT_EQ(request.body, "a%20b=c%26d&n=1");
  EXPECT_EQ(request.headers.find("content-type"), "application/x-www-form-urlencoded");
}

TEST(RequestDraft, MergesObjectsOfABody) {
  RequestDraft draft;
  ASSERT_THAT(draft.add_json({"variables", "after"}, "c1"), IsOk());
  ASSERT_THAT(draft.add_json({"variables"}, Map{{"first", 2}, {"after", "c1"}}), IsOk());
  EXPECT_THAT(draft.add_json({"variables"}, Map{{"first", 3}}), IsError(ErrorCode::InvalidConfig));

  const Request request = std::move(draft).finish("POST", "https://a.test/x");

  EXPECT_EQ(request.body, R"({"variables":{"after":"c1","first":2}})");
}

TEST(RequestDraft, SendsABodyWithGetButNotWithDelete) {
  RequestDraft get;
  ASSERT_THAT(get.add_json({"a"}, 1), IsOk());
  RequestDraft remove = get;

  const Request asking = std::move(get).finish("GET", "https://a.test/x");
  const Request removing = std::move(remove).finish("DELETE", "https://a.test/x");

  EXPECT_EQ(asking.body, R"({"a":1})");
  EXPECT_EQ(asking.headers.find("content-type"), "application/json");
  EXPECT_THAT(removing.body, IsEmpty());
  EXPECT_EQ(removing.headers.find("content-type"), std::nullopt);
}

}  // namespace
}  // namespace tendril
