#include "http/http_cache.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kUrl = "https://api.example.com/items?page=1";

Response answer(Headers headers, std::string body = "[1]", int status = 200) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body), .url = kUrl};
}

class HttpCacheTest : public ::testing::Test {
 protected:
  std::unique_ptr<HttpCache> open(std::size_t bytes_max = 1U << 20U) {
    return std::move(
        HttpCache::open({.folder = folder_.path() / "kept", .bytes_max = bytes_max}).value());
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    for (const auto& file : fs::directory_iterator(folder_.path() / "kept")) {
      found.push_back(file.path());
    }
    return found;
  }

  TemporaryFolder folder_;
  Request request_{.url = "https://api.example.com/items", .query = {{"page", "1"}}};
};

TEST_F(HttpCacheTest, KeepsAnAnswerForTheNextProcess) {
  ASSERT_TRUE(open()->keep(request_, "me", answer({{"ETag", "W/\"a\""}, {"Link", "<x>"}})));

  const auto kept = open()->find(request_, "me");

  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->etag, "W/\"a\"");
  EXPECT_EQ(kept->body, "[1]");
  EXPECT_EQ(kept->headers.find("link"), "<x>");
  EXPECT_GE(kept->body.capacity(), kept->body.size() + kBodySpareBytes);
}

TEST_F(HttpCacheTest, KeepsNothingWithoutAValidatorOrAgainstTheServersWill) {
  const auto cache = open();

  EXPECT_FALSE(cache->keep(request_, "me", answer({})));
  EXPECT_FALSE(cache->keep(request_, "me", answer({{"ETag", "a"}, {"Vary", "*"}})));
  EXPECT_FALSE(
      cache->keep(request_, "me", answer({{"ETag", "a"}, {"Cache-Control", "private, No-Store"}})));
  EXPECT_FALSE(cache->keep(request_, "me", answer({{"ETag", "a"}}, "[]", 203)));
  EXPECT_TRUE(files().empty());
}

TEST_F(HttpCacheTest, BelievesADateOfChangeOnlyWhenItIsOld) {
  const auto cache = open();
  const Headers fresh = {{"Last-Modified", "Tue, 02 Jan 2024 03:04:05 GMT"},
                         {"Date", "Tue, 02 Jan 2024 03:04:35 GMT"}};
  const Headers old = {{"Last-Modified", "Tue, 02 Jan 2024 03:04:05 GMT"},
                       {"Date", "Tue, 02 Jan 2024 03:05:05 GMT"}};

  EXPECT_FALSE(cache->keep(request_, "me", answer(fresh)));
  EXPECT_TRUE(cache->keep(request_, "me", answer(old)));
  Request asked = request_;
  ask_whether_modified(*cache->find(request_, "me"), asked);

  EXPECT_EQ(asked.headers.find("If-Modified-Since"), "Tue, 02 Jan 2024 03:04:05 GMT");
  EXPECT_EQ(asked.headers.find("If-None-Match"), std::nullopt);
}

TEST_F(HttpCacheTest, TellsApartAccountsUrlsAndWhatTheAnswerVariesBy) {
  const auto cache = open();
  request_.headers = {{"Accept-Language", "en"}, {"Authorization", "Bearer 1"}};
  ASSERT_TRUE(cache->keep(request_, "me",
                          answer({{"ETag", "a"}, {"Vary", "Accept-Language, Authorization"}})));
  Request renewed = request_;
  renewed.headers.set("Authorization", "Bearer 2");
  Request german = request_;
  german.headers.set("Accept-Language", "de");
  Request next = request_;
  next.query = {{"page", "2"}};

  EXPECT_TRUE(cache->find(renewed, "me").has_value());
  EXPECT_FALSE(cache->find(request_, "you").has_value());
  EXPECT_FALSE(cache->find(german, "me").has_value());
  EXPECT_FALSE(cache->find(next, "me").has_value());
}

TEST_F(HttpCacheTest, IsForPlainGetsOnly) {
  Request partial = request_;
  partial.headers.set("Range", "bytes=0-9");
  Request refused = request_;
  refused.may_be_kept = false;

  EXPECT_TRUE(HttpCache::is_for(request_));
  EXPECT_FALSE(HttpCache::is_for({.method = "POST", .url = kUrl}));
  EXPECT_FALSE(HttpCache::is_for({.url = kUrl, .body = "query"}));
  EXPECT_FALSE(HttpCache::is_for(partial));
  EXPECT_FALSE(HttpCache::is_for(refused));
}

TEST_F(HttpCacheTest, ADamagedFileCountsAsNone) {
  open()->keep(request_, "me", answer({{"ETag", "a"}}, "[1,2,3]"));
  fs::resize_file(files().at(0), fs::file_size(files().at(0)) - 1);

  const auto cache = open();

  EXPECT_FALSE(cache->find(request_, "me").has_value());
  EXPECT_TRUE(files().empty());
  EXPECT_EQ(cache->bytes(), 0U);
}

TEST_F(HttpCacheTest, MakesRoomByForgettingWhatWasUsedLongestAgo) {
  const auto cache = open(12'000);
  const auto page = [](int number) {
    return Request{.url = "https://api.example.com/p" + std::to_string(number)};
  };
  for (const int number : {1, 2, 3}) {
    cache->keep(page(number), "me", answer({{"ETag", "a"}}, std::string(3'000, 'x')));
  }
  ASSERT_TRUE(cache->find(page(1), "me").has_value());
  cache->keep(page(4), "me", answer({{"ETag", "a"}}, std::string(3'000, 'x')));

  EXPECT_TRUE(cache->find(page(1), "me").has_value());
  EXPECT_FALSE(cache->find(page(2), "me").has_value());
  EXPECT_TRUE(cache->find(page(4), "me").has_value());
  EXPECT_LE(cache->bytes(), 12'000U);
}

TEST_F(HttpCacheTest, FilesAreForTheUserAloneAndShowNeitherUrlNorCookie) {
  open()->keep(request_, "me", answer({{"ETag", "a"}, {"Set-Cookie", "session=hush"}}));

  std::ifstream stream(files().at(0), std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(stream), {});

  EXPECT_THAT(text, Not(HasSubstr("hush")));
  EXPECT_THAT(text, Not(HasSubstr("example.com")));
  EXPECT_EQ(fs::status(files().at(0)).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(folder_.path() / "kept").permissions(), fs::perms::owner_all);
}

TEST_F(HttpCacheTest, ANotModifiedUpdatesHeadersButNotTheBodys) {
  KeptResponse kept{.etag = "a",
                    .headers = {{"Content-Length", "3"}, {"X-Quota", "9"}, {"Link", "<x>"}},
                    .body = "[1]"};

  const Response whole =
      revived(std::move(kept), answer({{"Content-Length", "0"}, {"X-Quota", "8"}}, "", 304));

  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body, "[1]");
  EXPECT_EQ(whole.url, kUrl);
  EXPECT_EQ(whole.headers.find("Content-Length"), "3");
  EXPECT_EQ(whole.headers.find("X-Quota"), "8");
  EXPECT_EQ(whole.headers.find("Link"), "<x>");
}

TEST_F(HttpCacheTest, SaysWhyAFolderCanNotBeUsed) {
  std::ofstream(folder_.path() / "file") << "x";

  EXPECT_THAT(HttpCache::open({.folder = folder_.path() / "file"}),
              IsError(ErrorCode::System, HasSubstr("the HTTP cache can not be used")));
}

}  // namespace
}  // namespace tendril
