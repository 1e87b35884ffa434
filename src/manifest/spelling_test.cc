#include "manifest/spelling.h"

#include <gtest/gtest.h>

namespace tendril {
namespace {

constexpr std::string_view kKnown[] = {"api_key", "start_date", "path", "url", "page_size"};

TEST(NearestSpelling, FindsWhatWasMeant) {
  EXPECT_EQ(nearest_spelling("apikey", kKnown), "api_key");
  EXPECT_EQ(nearest_spelling("apiKey", kKnown), "api_key");
  EXPECT_EQ(nearest_spelling("API-KEY", kKnown), "api_key");
  EXPECT_EQ(nearest_spelling("statr_date", kKnown), "start_date");
  EXPECT_EQ(nearest_spelling("start_dates", kKnown), "start_date");
  EXPECT_EQ(nearest_spelling("pth", kKnown), std::nullopt);
  EXPECT_EQ(nearest_spelling("pathh", kKnown), "path");
  EXPECT_EQ(nearest_spelling("URL", kKnown), "url");
}

TEST(NearestSpelling, FindsNothingWhenAllIsFar) {
  EXPECT_EQ(nearest_spelling("token", kKnown), std::nullopt);
  EXPECT_EQ(nearest_spelling("uri", kKnown), std::nullopt);
  EXPECT_EQ(nearest_spelling("", kKnown), std::nullopt);
  EXPECT_EQ(nearest_spelling(std::string(1000, 'a'), kKnown), std::nullopt);
}

}  // namespace
}  // namespace tendril
