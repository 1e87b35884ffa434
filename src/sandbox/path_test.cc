#include "sandbox/path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::Optional;
using testing::Pair;

TEST(Path, FallsIntoSegments) {
  EXPECT_THAT(path_segments("/orgs/{org}/repos/"), ElementsAre("orgs", "{org}", "repos"));
  EXPECT_TRUE(path_segments("/").empty());
}

TEST(Path, MatchesSegmentBySegmentAndDecodesValues) {
  const auto pattern = path_segments("/users/{name}/posts");
  EXPECT_THAT(match_path(pattern, path_segments("/users/J%C3%B6rg%2FX/posts")),
              Optional(ElementsAre(Pair("name", "Jörg/X"))));
  EXPECT_EQ(match_path(pattern, path_segments("/users/a/posts/1")), std::nullopt);
  EXPECT_EQ(match_path(pattern, path_segments("/users/a/likes")), std::nullopt);
}

TEST(Path, ReadsQueries) {
  EXPECT_THAT(parse_query("a=1&b=x+y%26z&&c&=d"),
              ElementsAre(Pair("a", "1"), Pair("b", "x y&z"), Pair("c", ""), Pair("", "d")));
  EXPECT_EQ(query_text({{"a b", "1&2"}, {"c", ""}}), "a%20b=1%262&c=");
}

TEST(Path, TheLastValueOfANameCounts) {
  Pairs pairs = parse_query("a=1&b=2&a=3");
  EXPECT_EQ(*find_pair(pairs, "a"), "3");
  EXPECT_EQ(find_pair(pairs, "z"), nullptr);
  set_pair(pairs, "a", "9");
  set_pair(pairs, "z", "0");
  EXPECT_THAT(pairs, ElementsAre(Pair("a", "9"), Pair("b", "2"), Pair("z", "0")));
}

}  // namespace
}  // namespace tendril
