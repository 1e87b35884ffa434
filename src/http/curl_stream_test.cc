// Bodies that are taken piece by piece.
#include <thread>

#include <gmock/gmock.h>

#include "http/transport.h"
#include "testing/http_imposter.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using namespace std::string_literals;

// Different everywhere, so that a lost or doubled piece shows.
std::string numbered_lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text.append(std::to_string(i)).append("\n");
  }
  return text;
}

class CurlStream : public ::testing::Test {
 protected:
  HttpImposter imposter_;
  HttpImposter::Route& items_ = imposter_.when("GET", "/items");
  std::unique_ptr<Transport> transport_ = std::move(curl_transport({}).value());
  Request request_{.url = imposter_.url("/items")};
};

TEST_F(CurlStream, GivesAllPiecesInOrderOnTheCallersThread) {
  const std::string sent = numbered_lines(300'000);
  items_.answer(ScriptedAnswer(200, sent).chunked(10'000));
  std::string taken;

  const auto response = transport_->stream(
      request_,
      [&, caller = std::this_thread::get_id()](std::string_view piece) -> Status {
        EXPECT_EQ(std::this_thread::get_id(), caller);
        taken += piece;
        return {};
      },
      {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "");
  EXPECT_TRUE(taken == sent);
}

TEST_F(CurlStream, MakesTheServerWaitForTheSink) {
  const std::string sent = numbered_lines(1'500'000);
  items_.answer(200, sent);
  std::string taken;
  std::size_t largest = 0;

  const auto response = transport_->stream(request_,
                                           [&](std::string_view piece) -> Status {
                                             std::this_thread::sleep_for(milliseconds(5));
                                             largest = std::max(largest, piece.size());
                                             taken += piece;
                                             return {};
                                           },
                                           {});

  ASSERT_THAT(response, IsOk());
  EXPECT_TRUE(taken == sent);
  EXPECT_LE(largest, 1'100'000U) << "of " << sent.size();
}

TEST_F(CurlStream, ASlowSinkIsNoSilence) {
  items_.answer(200, numbered_lines(500'000));
  request_.timeouts.read = milliseconds(1000);
  bool slept = false;

  const auto response = transport_->stream(request_,
                                           [&](std::string_view piece) -> Status {
                                             if (!std::exchange(slept, true)) {
                                               std::this_thread::sleep_for(milliseconds(1500));
                                             }
                                             EXPECT_FALSE(piece.empty());
                                             return {};
                                           },
                                           {});

  EXPECT_THAT(response, IsOk());
}

TEST_F(CurlStream, DecodesWhatItPasses) {
  // Four MiB of the letter "a".
  items_.answer(200, "\x9b\xff\xff\x3f\xf8\x25\xc2\xe2\xb1\x40\x20\xf7\xfe\x07"s,
                {{"Content-Encoding", "br"}});
  std::size_t taken = 0;

  const auto response =
      transport_->stream(request_,
                         [&](std::string_view piece) -> Status {
                           EXPECT_EQ(piece.find_first_not_of('a'), std::string_view::npos);
                           taken += piece.size();
                           return {};
                         },
                         {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(taken, std::size_t{4} * 1024 * 1024);
}

TEST_F(CurlStream, EndsWithTheSinksError) {
  items_.answer(200, numbered_lines(500'000));

  const auto response = transport_->stream(request_,
                                           [](std::string_view) -> Status {
                                             return Error{ErrorCode::System, "disk full"};
                                           },
                                           {});

  EXPECT_THAT(response, IsError(ErrorCode::System, "disk full"));
}

TEST_F(CurlStream, EndsWhenCancelled) {
  items_.answer(ScriptedAnswer(200, "[1,2,3]").stall_after(3));
  std::stop_source stop;

  const auto response = transport_->stream(
      request_,
      [&](std::string_view) -> Status {
        stop.request_stop();
        return {};
      },
      stop.get_token());

  EXPECT_THAT(response, IsError(ErrorCode::Cancelled));
}

TEST_F(CurlStream, EndsAtTheLimit) {
  items_.answer(ScriptedAnswer(200, numbered_lines(1000)).chunked(100));
  request_.body_bytes_max = 1000;
  std::size_t taken = 0;

  const auto response = transport_->stream(request_,
                                           [&](std::string_view piece) -> Status {
                                             taken += piece.size();
                                             return {};
                                           },
                                           {});

  EXPECT_THAT(response, IsError(ErrorCode::BadData, HasSubstr("larger than 1000 bytes")));
  EXPECT_LE(taken, 1000U);
}

TEST_F(CurlStream, ReportsATruncatedBodyAfterItsPieces) {
  items_.answer(ScriptedAnswer(200, "0123456789").cut_after(4));
  std::string taken;

  const auto response = transport_->stream(request_,
                                           [&](std::string_view piece) -> Status {
                                             taken += piece;
                                             return {};
                                           },
                                           {});

  EXPECT_THAT(response, IsError(ErrorCode::Unavailable));
  EXPECT_EQ(taken, "0123");
}

TEST_F(CurlStream, KeepsTheBodyOfARedirectToItself) {
  imposter_.when("GET", "/old").answer(302, "moved", {{"Location", "/items"}});
  items_.answer(200, "[]");
  request_.url = imposter_.url("/old");
  std::string taken;

  const auto response = transport_->stream(request_,
                                           [&](std::string_view piece) -> Status {
                                             taken += piece;
                                             return {};
                                           },
                                           {});

  EXPECT_THAT(response, IsOk());
  EXPECT_EQ(taken, "[]");
}

}  // namespace
}  // namespace tendril
