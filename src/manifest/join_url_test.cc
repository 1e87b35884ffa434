#include "manifest/join_url.h"

#include <gtest/gtest.h>

namespace tendril {
namespace {

TEST(JoinUrl, PutsAPathBelowABase) {
  EXPECT_EQ(join_url("https://a.test", "b"), "https://a.test/b");
  EXPECT_EQ(join_url("https://a.test/v1", "b/c"), "https://a.test/v1/b/c");
  EXPECT_EQ(join_url("https://a.test/v1/", "b/"), "https://a.test/v1/b/");
  EXPECT_EQ(join_url("https://a.test/v1", "/b"), "https://a.test/b");
}

TEST(JoinUrl, LeavesABaseWithoutAPathAsItIs) {
  EXPECT_EQ(join_url("https://a.test/v1?x=1", ""), "https://a.test/v1?x=1");
  EXPECT_EQ(join_url("https://a.test/v1//", ""), "https://a.test/v1//");
}

TEST(JoinUrl, TakesAWholeUrlAsItIs) {
  EXPECT_EQ(join_url("https://a.test/v1", "https://b.test//c/../d?e"), "https://b.test//c/../d?e");
}

TEST(JoinUrl, LeavesOutEmptyParts) {
  EXPECT_EQ(join_url("https://a.test/v1//", "b//c/"), "https://a.test/v1/b/c/");
  EXPECT_EQ(join_url("https://a.test/v1", "groups//7"), "https://a.test/v1/groups/7");
  EXPECT_EQ(join_url("https://a.test", "/b//c"), "https://a.test/b//c");
}

TEST(JoinUrl, ResolvesDots) {
  EXPECT_EQ(join_url("https://a.test/v1/", "../b/./c"), "https://a.test/b/c");
  EXPECT_EQ(join_url("https://a.test/v1", "../../../b"), "https://a.test/b");
  EXPECT_EQ(join_url("https://a.test/v1", "b/.."), "https://a.test/v1/");
}

TEST(JoinUrl, KeepsTheQueryOfThePathOnly) {
  EXPECT_EQ(join_url("https://a.test/v1", "b//c?d=e//f#g"), "https://a.test/v1/b/c?d=e//f#g");
  EXPECT_EQ(join_url("https://a.test/v1", "?d=e"), "https://a.test/v1/?d=e");
  EXPECT_EQ(join_url("https://a.test/v1?x=1", "b"), "https://a.test/b");
}

}  // namespace
}  // namespace tendril
