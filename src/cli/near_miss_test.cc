#include "cli/near_miss.h"

#include <vector>

#include <gtest/gtest.h>

namespace tendril {
namespace {

const std::vector<std::string> kCommands = {"check", "connectors", "discover", "sync"};

TEST(NearMiss, FindsAWordWithTwoLettersSwapped) { EXPECT_EQ(near_miss("snyc", kCommands), "sync"); }

TEST(NearMiss, FindsAWordOfWhichOnlyTheStartWasTyped) {
  EXPECT_EQ(near_miss("conn", kCommands), "connectors");
}

TEST(NearMiss, FindsALongWordWithSeveralFaults) {
  EXPECT_EQ(near_miss("conectros", kCommands), "connectors");
}

TEST(NearMiss, FindsNothingForAnUnlikeWord) {
  EXPECT_EQ(near_miss("banana", kCommands), std::nullopt);
}

TEST(NearMiss, FindsNothingForAnEmptyWord) { EXPECT_EQ(near_miss("", kCommands), std::nullopt); }

TEST(DidYouMean, IsEmptyWhenNothingComesClose) { EXPECT_EQ(did_you_mean("banana", kCommands), ""); }

TEST(DidYouMean, NamesTheWord) {
  EXPECT_EQ(did_you_mean("chek", kCommands), " (did you mean check?)");
}

}  // namespace
}  // namespace tendril
