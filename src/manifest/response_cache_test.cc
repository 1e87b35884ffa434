#include "manifest/response_cache.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/matchers.h"

namespace tendril {
namespace {

Client::Answer answer(std::string body, int status = 200) {
  Client::Answer result;
  result.response.status = status;
  result.response.body = std::move(body);
  return result;
}

TEST(ResponseCacheTest, FetchesOnceForAllThreads) {
  ResponseCache cache;
  std::atomic<int> fetched = 0;
  const auto fetch = [&]() -> Result<Client::Answer> {
    ++fetched;
    return answer("body");
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back(
          [&] { EXPECT_EQ(cache.get("a", fetch, {}).value().response.body, "body"); });
    }
  }
  EXPECT_EQ(fetched, 1);
  cache.clear();
  EXPECT_THAT(cache.get("a", fetch, {}), IsOk());
  EXPECT_EQ(fetched, 2);
}

TEST(ResponseCacheTest, KeepsNoFailures) {
  ResponseCache cache;
  int fetched = 0;
  const auto fail = [&]() -> Result<Client::Answer> {
    ++fetched;
    return Error{ErrorCode::Unavailable, "down"};
  };
  const auto refuse = [&]() -> Result<Client::Answer> {
    ++fetched;
    return answer("none", 404);
  };

  EXPECT_THAT(cache.get("a", fail, {}), IsError(ErrorCode::Unavailable));
  EXPECT_EQ(cache.get("a", refuse, {}).value().response.status, 404);
  EXPECT_EQ(cache.get("a", refuse, {}).value().response.status, 404);
  EXPECT_EQ(fetched, 3);
}

TEST(ResponseCacheTest, ForgetsWhatWasAskedForLongestAgo) {
  ResponseCache cache(10'000);
  int fetched = 0;
  const auto fetch = [&]() -> Result<Client::Answer> {
    ++fetched;
    return answer(std::string(1'400, 'x'));  // With what an entry costs beside: four fit.
  };
  for (const char* key : {"a", "b", "c", "d", "a", "e"}) {
    ASSERT_THAT(cache.get(key, fetch, {}), IsOk());
  }
  EXPECT_EQ(fetched, 5);
  ASSERT_THAT(cache.get("a", fetch, {}), IsOk());
  EXPECT_EQ(fetched, 5);
  ASSERT_THAT(cache.get("b", fetch, {}), IsOk());
  EXPECT_EQ(fetched, 6);
}

TEST(ResponseCacheTest, StopsWaiting) {
  ResponseCache cache;
  std::stop_source stop;
  const auto inner = [&]() -> Result<Client::Answer> { return answer(""); };
  const auto outer = [&]() -> Result<Client::Answer> {
    stop.request_stop();
    // Somebody else asks for the same meanwhile.
    EXPECT_THAT(cache.get("a", inner, stop.get_token()), IsError(ErrorCode::Cancelled));
    return answer("");
  };

  EXPECT_THAT(cache.get("a", outer, {}), IsOk());
}

}  // namespace
}  // namespace tendril
