#include "core/near_miss.h"

#include <gtest/gtest.h>

namespace tendril {
namespace {

constexpr std::string_view kFields[] = {"api_key", "start_date", "path", "url", "page_size"};
const std::vector<std::string> kCommands = {"check", "connectors", "discover", "sync"};

TEST(NearMiss, IsAWordThatDiffersInCaseAndSeparators) {
  EXPECT_EQ(near_miss("apikey", kFields), "api_key");
  EXPECT_EQ(near_miss("apiKey", kFields), "api_key");
  EXPECT_EQ(near_miss("API-KEY", kFields), "api_key");
  EXPECT_EQ(near_miss("URL", kFields), "url");
}

TEST(NearMiss, IsAWordWithALetterWrong) {
  EXPECT_EQ(near_miss("pathh", kFields), "path");
  EXPECT_EQ(near_miss("pth", kFields), "path");
  EXPECT_EQ(near_miss("uri", kFields), "url");
  EXPECT_EQ(near_miss("statr_date", kFields), "start_date");
}

TEST(NearMiss, MayDifferInTwoLettersWhenItIsLong) {
  EXPECT_EQ(near_miss("strat_dates", kFields), "start_date");
  EXPECT_EQ(near_miss("phat", kFields), std::nullopt);
}

TEST(NearMiss, IsNothingWhenAllIsFar) {
  EXPECT_EQ(near_miss("token", kFields), std::nullopt);
  EXPECT_EQ(near_miss("ur", kFields), std::nullopt);
  EXPECT_EQ(near_miss("", kFields), std::nullopt);
  EXPECT_EQ(near_miss(std::string(1000, 'a'), kFields), std::nullopt);
}

TEST(NearMiss, IsNotABeginning) { EXPECT_EQ(near_miss("start", kFields), std::nullopt); }

TEST(DidYouMean, NamesAMisspeltWord) {
  EXPECT_EQ(did_you_mean("chek", kCommands), " (did you mean check?)");
  EXPECT_EQ(did_you_mean("snyc", kCommands), " (did you mean sync?)");
  EXPECT_EQ(did_you_mean("conectros", kCommands), " (did you mean connectors?)");
}

TEST(DidYouMean, NamesAWordOfWhichOnlyTheStartWasWritten) {
  EXPECT_EQ(did_you_mean("conn", kCommands), " (did you mean connectors?)");
  EXPECT_EQ(did_you_mean("co", kCommands), "");
}

TEST(DidYouMean, IsEmptyWhenNothingComesClose) {
  EXPECT_EQ(did_you_mean("banana", kCommands), "");
  EXPECT_EQ(did_you_mean("", kCommands), "");
}

}  // namespace
}  // namespace tendril
