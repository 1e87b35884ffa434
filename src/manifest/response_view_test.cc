#include "manifest/response_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"

namespace tendril {
namespace {

const std::vector<std::string> kItems{"data", "items"};

TEST(ReachesRecords, KnowsWhatStandsBesideThem) {
  EXPECT_FALSE(reaches_records("{{ response['next'] }}", kItems));
  EXPECT_FALSE(reaches_records("{{ response.data.cursor }}", kItems));
  EXPECT_FALSE(reaches_records("{{ response.get('data', {}).get('cursor') }}", kItems));
  EXPECT_FALSE(reaches_records("{{ last_record.id }}", kItems));
}

TEST(ReachesRecords, KnowsWhatHoldsThem) {
  EXPECT_TRUE(reaches_records("{{ response['data']['items'][-1].id }}", kItems));
  EXPECT_TRUE(reaches_records("{{ response.data }}", kItems));
  EXPECT_TRUE(reaches_records("{{ response | length }}", kItems));
  EXPECT_TRUE(reaches_records("{{ response.next or response }}", kItems));
  EXPECT_TRUE(reaches_records("{{ response.next }}", {}));
  EXPECT_TRUE(reaches_records("{{ response.next }}", {"*"}));
}

TEST(HeadersView, FindsHeadersInUsualSpellings) {
  const Value view = headers_view(Headers{{"x-next-page", "2"}, {"X-RateLimit-Left", "0"}});

  EXPECT_EQ(*view.find("X-Next-Page"), Value("2"));
  EXPECT_EQ(*view.find("x-next-page"), Value("2"));
  EXPECT_EQ(*view.find("X-RateLimit-Left"), Value("0"));
  EXPECT_EQ(*view.find("x-ratelimit-left"), Value("0"));
}

TEST(HeadersView, ReadsLinks) {
  const Value view = headers_view(Headers{
      {"Link", R"(<https://a.test/i?page=2,3>; rel="next", <https://a.test/i?page=9>; rel=last)"}});

  EXPECT_EQ(to_json(*view.find("link")),
            R"({"next":{"url":"https://a.test/i?page=2,3","rel":"next"},)"
            R"("last":{"url":"https://a.test/i?page=9","rel":"last"}})");
}

TEST(HeadersView, HasNoLinksWithoutTheHeader) {
  EXPECT_EQ(*headers_view(Headers()).find("link"), Value(Map()));
}

TEST(BodyView, LeavesTheRecordsOut) {
  const std::string body = R"({"data":{"items":[{"a":1}],"next":2}})";

  EXPECT_EQ(to_json(body_view(body, nullptr)), body);
  EXPECT_EQ(to_json(body_view(body, &kItems)), R"({"data":{"items":[],"next":2}})");
}

TEST(BodyView, IsEmptyForWhatIsNoJson) {
  EXPECT_EQ(body_view("<html>", nullptr), Value(Map()));
  EXPECT_EQ(body_view("<html>", &kItems), Value(Map()));
}

TEST(UrlView, HidesQueriesAndCredentials) {
  EXPECT_EQ(url_view("https://user:pw@a.test:8/b/c?key=1#x"), "https://a.test:8/b/c");
  EXPECT_EQ(url_view("https://a.test"), "https://a.test");
  EXPECT_EQ(url_view("https://a.test/@me"), "https://a.test/@me");
}

}  // namespace
}  // namespace tendril
