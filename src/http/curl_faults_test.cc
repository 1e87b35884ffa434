// What the transport makes of servers and callers that misbehave.
#include <atomic>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "http/transport.h"
#include "testing/http_imposter.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

// The query and a header carry what no message may show.
Request secretive(const std::string& url) {
  return {.url = url + "?api_key=hidden",
          .query = {{"token", "hidden"}},
          .headers = {{"Authorization", "Bearer hidden"}}};
}

class CurlFaults : public ::testing::Test {
 protected:
  Result<Response> send(const Request& request) { return transport_->send(request, {}); }

  // Waits until the server has been asked.
  void await_request(int count = 1) {
    while (imposter_.count() < count) {
      std::this_thread::sleep_for(milliseconds(1));
    }
  }

  auto is_fault(const std::string& words) {
    return IsError(ErrorCode::Unavailable,
                   AllOf(HasSubstr("GET " + imposter_.url("/items")), HasSubstr(words),
                         Not(HasSubstr("hidden")), Not(HasSubstr("api_key"))));
  }

  HttpImposter imposter_;
  HttpImposter::Route& items_ = imposter_.when("GET", "/items");
  std::unique_ptr<Transport> transport_ = std::move(curl_transport({}).value());
};

TEST_F(CurlFaults, RefusedConnection) {
  imposter_.kill();

  EXPECT_THAT(send(secretive(imposter_.url("/items"))), is_fault("onnect"));
}

TEST_F(CurlFaults, UnknownHost) {
  EXPECT_THAT(send(secretive("http://nowhere.invalid/items")),
              IsError(ErrorCode::Unavailable,
                      AllOf(HasSubstr("nowhere.invalid"), Not(HasSubstr("hidden")))));
}

TEST_F(CurlFaults, ResetInsteadOfAnAnswer) {
  items_.answer(ScriptedAnswer::reset());

  EXPECT_THAT(send(secretive(imposter_.url("/items"))), is_fault("reset"));
}

TEST_F(CurlFaults, SomethingElseThanHttp) {
  items_.answer(ScriptedAnswer::raw("hello\r\n\r\n"));

  EXPECT_THAT(send(secretive(imposter_.url("/items"))), is_fault("HTTP/0.9"));
}

TEST_F(CurlFaults, TruncatedBody) {
  items_.answer(
      ScriptedAnswer(200, std::string(1000, 'x')).header("X-Request-Id", "r1").cut_after(10));

  const auto result = send(secretive(imposter_.url("/items")));

  ASSERT_THAT(result, is_fault("bytes remaining"));
  EXPECT_EQ(result.error().request_id, "r1");
}

TEST_F(CurlFaults, TruncatedChunkedBody) {
  items_.answer(ScriptedAnswer(200, std::string(1000, 'x')).chunked(100).cut_after(200));

  EXPECT_THAT(send(secretive(imposter_.url("/items"))), is_fault("remaining"));
}

TEST_F(CurlFaults, ResetInTheBody) {
  items_.answer(ScriptedAnswer(200, std::string(1000, 'x')).reset_after(10));

  EXPECT_THAT(send(secretive(imposter_.url("/items"))), is_fault(""));
}

TEST_F(CurlFaults, BodyThatIsNotCodedAsItSays) {
  items_.answer(200, "plain", {{"Content-Encoding", "gzip"}});

  EXPECT_THAT(send(secretive(imposter_.url("/items"))), is_fault(""));
}

TEST_F(CurlFaults, ServerKilledInTheBody) {
  items_.answer(ScriptedAnswer(200, std::string(1000, 'x')).stall_after(10));
  const std::jthread killer([this] {
    await_request();
    imposter_.kill();
  });

  EXPECT_THAT(send(secretive(imposter_.url("/items"))), is_fault(""));
}

TEST_F(CurlFaults, ConnectionIsGoodForTheNextAfterAFault) {
  items_.answer(ScriptedAnswer(200, "[1,2]").cut_after(1)).then(200, "[]");

  EXPECT_THAT(send({.url = imposter_.url("/items")}), IsError(ErrorCode::Unavailable));
  EXPECT_THAT(send({.url = imposter_.url("/items")}), IsOk());
}

TEST_F(CurlFaults, SilenceBeforeTheAnswer) {
  items_.answer(ScriptedAnswer::silence());
  Request request = secretive(imposter_.url("/items"));
  request.timeouts.read = milliseconds(50);

  EXPECT_THAT(send(request), is_fault("no byte for 50 ms"));
}

TEST_F(CurlFaults, SilenceInTheBody) {
  items_.answer(ScriptedAnswer(200, "[1,2,3]").stall_after(3));
  Request request = secretive(imposter_.url("/items"));
  request.timeouts.read = milliseconds(50);

  EXPECT_THAT(send(request), is_fault("no byte for 50 ms"));
}

TEST_F(CurlFaults, SlowIsNotSilent) {
  items_.answer(ScriptedAnswer(200, std::string(12, 'x')).slowly(1, milliseconds(100)));
  Request request = secretive(imposter_.url("/items"));
  request.timeouts.read = seconds(1);

  EXPECT_THAT(send(request), IsOk());
}

TEST_F(CurlFaults, TooSlowAsAWhole) {
  items_.answer(ScriptedAnswer(200, std::string(10'000, 'x')).slowly(1, milliseconds(10)));
  Request request = secretive(imposter_.url("/items"));
  request.timeouts.total = milliseconds(100);

  EXPECT_THAT(send(request), is_fault("not finished within 100 ms"));
}

TEST_F(CurlFaults, HandshakeThatNeverEnds) {
  Request request = secretive("https://127.0.0.1:" + std::to_string(imposter_.port()) + "/items");
  request.timeouts.connect = milliseconds(100);

  EXPECT_THAT(send(request),
              IsError(ErrorCode::Unavailable, AllOf(HasSubstr("time"), Not(HasSubstr("hidden")))));
}

TEST_F(CurlFaults, CancelledByAnotherThread) {
  items_.answer(ScriptedAnswer::silence());
  std::stop_source stop;
  const std::jthread canceller([&] {
    await_request();
    stop.request_stop();
  });

  EXPECT_THAT(transport_->send(secretive(imposter_.url("/items")), stop.get_token()),
              IsError(ErrorCode::Cancelled, Not(HasSubstr("hidden"))));
}

TEST_F(CurlFaults, CancelledBeforeTheStart) {
  items_.answer(200, "[]");
  std::stop_source stop;
  stop.request_stop();

  EXPECT_THAT(transport_->send({.url = imposter_.url("/items")}, stop.get_token()),
              IsError(ErrorCode::Cancelled));
}

TEST_F(CurlFaults, CancelledWhileWaitingForAConnection) {
  transport_ = std::move(curl_transport({.connections_per_host_max = 1}).value());
  items_.answer(ScriptedAnswer::silence());
  std::stop_source stop_first;
  std::stop_source stop_second;
  std::vector<std::jthread> threads;
  std::atomic<int> cancelled = 0;
  const auto send_until = [&](std::stop_token stop) {
    const auto result = transport_->send({.url = imposter_.url("/items")}, std::move(stop));
    cancelled += !result.ok() && result.error().code == ErrorCode::Cancelled ? 1 : 0;
  };
  threads.emplace_back([&] { send_until(stop_first.get_token()); });
  await_request();
  threads.emplace_back([&] { send_until(stop_second.get_token()); });

  stop_second.request_stop();
  threads[1].join();
  EXPECT_EQ(cancelled, 1);
  stop_first.request_stop();
  threads[0].join();

  EXPECT_EQ(cancelled, 2);
  EXPECT_EQ(imposter_.count(), 1);
}

TEST_F(CurlFaults, OthersGoOnAfterACancellation) {
  items_.answer(ScriptedAnswer::silence()).then(200, "[]");
  std::stop_source stop;
  std::jthread stuck([&] {
    EXPECT_THAT(transport_->send({.url = imposter_.url("/items")}, stop.get_token()),
                IsError(ErrorCode::Cancelled));
  });
  await_request();

  EXPECT_THAT(send({.url = imposter_.url("/items")}), IsOk());
  stop.request_stop();
  stuck.join();
  EXPECT_THAT(send({.url = imposter_.url("/items")}), IsOk());
}

TEST_F(CurlFaults, DestroyedWithTransfersInFlight) {
  items_.answer(ScriptedAnswer(200, std::string(1000, 'x')).stall_after(10));
  Transport& transport = *transport_;
  std::atomic<int> cancelled = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      const auto result = transport.send({.url = imposter_.url("/items")}, {});
      cancelled += !result.ok() && result.error().code == ErrorCode::Cancelled ? 1 : 0;
    });
  }
  await_request(4);

  transport_.reset();
  threads.clear();

  EXPECT_EQ(cancelled, 4);
}

}  // namespace
}  // namespace tendril
