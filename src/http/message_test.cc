#include "http/message.h"

#include <gmock/gmock.h>

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Headers, NamesCompareWithoutCase) {
  const Headers headers{{"Content-Type", "text/csv"}, {"content-type", "text/plain"}};

  EXPECT_EQ(headers.find("CONTENT-TYPE"), "text/csv");
  EXPECT_EQ(headers.find("Content-Typ"), std::nullopt);
}

TEST(Headers, SetReplacesAllOfThatName) {
  Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}};

  headers.set("a", "4");

  EXPECT_THAT(headers.fields(), ElementsAre(Pair("B", "2"), Pair("a", "4")));
}

TEST(Headers, AddKeepsOthersAndEraseRemovesAll) {
  Headers headers;

  headers.add("Accept", "a");
  headers.add("Accept", "b");
  EXPECT_EQ(headers.fields().size(), 2U);
  headers.erase("accept");

  EXPECT_TRUE(headers.fields().empty());
}

TEST(UrlWithQuery, AppendsEncodedInOrder) {
  EXPECT_EQ(url_with_query({.url = "https://a/b"}), "https://a/b");
  EXPECT_EQ(url_with_query({.url = "https://a/b", .query = {{"x y", "1&2"}, {"z", ""}}}),
            "https://a/b?x%20y=1%262&z=");
  EXPECT_EQ(url_with_query({.url = "https://a/b?c=d", .query = {{"e", "f"}}}),
            "https://a/b?c=d&e=f");
  EXPECT_EQ(url_with_query({.url = "https://a/b?", .query = {{"e", "f"}}}), "https://a/b?e=f");
}

TEST(UrlWithQuery, EncodesWhatMayNotStandInAUrl) {
  EXPECT_EQ(url_with_query({.url = "https://a/id 1/é\n\"x\"?q=a b&r=%20+"}),
            "https://a/id%201/%C3%A9%22x%22?q=a%20b&r=%20+");
}

TEST(UrlWithQuery, DropsTheFragment) {
  EXPECT_EQ(url_with_query({.url = "https://a/b#c", .query = {{"e", "f"}}}), "https://a/b?e=f");
}

TEST(OriginOf, IsLowerCaseWithoutDefaultPortAndUser) {
  EXPECT_EQ(origin_of("HTTPS://API.Example.com/x"), "https://api.example.com");
  EXPECT_EQ(origin_of("https://a:443?x"), "https://a");
  EXPECT_EQ(origin_of("http://a:80"), "http://a");
  EXPECT_EQ(origin_of("http://a:443/"), "http://a:443");
  EXPECT_EQ(origin_of("https://user:p@ss@a/x@y"), "https://a");
  EXPECT_EQ(origin_of("http://[::1]:8080/x"), "http://[::1]:8080");
}

TEST(OriginOf, IsEmptyWithoutOne) {
  for (const char* const url :
       {"", "/path", "a.example", "://a", "https://", "https:///x", "https://:80/x"}) {
    EXPECT_EQ(origin_of(url), "") << url;
  }
}

TEST(PlaceOf, NeverNamesQueryFragmentOrUser) {
  EXPECT_EQ(place_of({.url = "https://u:p@A.com/x/y?key=secret#f"}), "GET https://a.com/x/y");
  EXPECT_EQ(place_of({.method = "POST", .url = "https://a.com?key=secret"}), "POST https://a.com");
  EXPECT_EQ(place_of({.url = "secret"}), "GET a malformed url");
}

TEST(Response, FindsTheRequestIdUnderManyNames) {
  EXPECT_EQ(Response{}.request_id(), "");
  EXPECT_EQ((Response{.headers = {{"x-github-request-id", "AB:1"}}}.request_id()), "AB:1");
  EXPECT_EQ((Response{.headers = {{"CF-Ray", "2"}, {"X-Request-Id", "1"}}}.request_id()), "1");
}

}  // namespace
}  // namespace tendril
