// What clients share: limits of an account, the breaker of a server, answers of earlier runs.
#include <atomic>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "core/limiter_pool.h"
#include "http/client.h"
#include "http/http_cache.h"
#include "http/paced_transport.h"
#include "testing/fake_clock.h"
#include "testing/http_imposter.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Le;

class SharedLines final : public LogSink {
 public:
  void line(LogLevel /*level*/, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    text_.append(text).append("\n");
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;  // Guarded by mutex_.
};

class KeptRequests final : public RequestObserver {
 public:
  void request_ended(const SentRequest& request) override {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  std::vector<SentRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<SentRequest> requests_;  // Guarded by mutex_.
};

class ClientSharingTest : public ::testing::Test {
 protected:
  std::unique_ptr<Client> client(ClientOptions options = {}) {
    options.limiters = &limiters_;
    return std::make_unique<Client>(*transport_, *authenticator_, clock_, log_, options);
  }

  Request items() { return {.url = imposter_.url("/items")}; }

  HttpImposter imposter_;
  HttpImposter::Route& items_ = imposter_.when("GET", "/items");
  std::unique_ptr<Transport> transport_ = std::move(curl_transport({}).value());
  std::unique_ptr<Authenticator> authenticator_ = no_authentication();
  FakeClock clock_;
  LimiterPool limiters_{clock_,
                        {.failures_min = 4, .span = milliseconds(0), .open_first = seconds(20)}};
  Redactor redactor_;
  SharedLines lines_;
  Log log_{LogLevel::Info, LogFormat::Text, clock_, redactor_, lines_};
};

TEST_F(ClientSharingTest, AHoldIsForAllClientsOfAnAccount) {
  items_.answer(200, "[]");
  const auto first = client({.account = "me"});
  const auto second = client({.retry = {.attempts_max = 2}, .account = "me"});
  const auto stranger = client({.account = "you"});
  limiters_.limiter(imposter_.origin(), "me", {})->hold(seconds(30));

  ASSERT_THAT(stranger->send(items(), {}), IsOk());
  ASSERT_THAT(second->send(items(), {}), IsOk());
  ASSERT_THAT(first->send(items(), {}), IsOk());

  EXPECT_EQ(stranger->counters().waited_for_rate_limit, seconds(0));
  EXPECT_EQ(second->counters().waited_for_rate_limit, seconds(30));
  EXPECT_EQ(first->counters().waited_for_rate_limit, seconds(0));
}

TEST_F(ClientSharingTest, LoginsWaitForTheHoldOfTheirAccount) {
  imposter_.when("POST", "/login").answer(200, "{}");
  const auto logins = paced_transport(*transport_, limiters_, "me");
  limiters_.limiter(imposter_.origin(), "me", {})->hold(seconds(12));

  ASSERT_THAT(logins->send({.method = "POST", .url = imposter_.url("/login")}, {}), IsOk());

  EXPECT_EQ(clock_.slept(), seconds(12));
}

TEST_F(ClientSharingTest, AnOpenBreakerHoldsAllClientsBackUntilAProbeSucceeds) {
  items_.answer(503).then(503).then(503).then(503).then(200, "[1]");
  const RetryPolicy quick{.attempts_max = 5, .backoff_base = milliseconds(0)};

  const auto first = client({.retry = quick});
  const auto answer = first->send(items(), {});

  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(clock_.slept(), seconds(20));
  EXPECT_EQ(first->counters().waited_for_breaker, seconds(20));
  EXPECT_EQ(first->counters().breaker_openings, 1);
  EXPECT_THAT(lines_.text(), AllOf(HasSubstr("circuit breaker opened"), HasSubstr("failures=4"),
                                   HasSubstr("circuit breaker closed")));
  EXPECT_THAT(first->counters().answers, ElementsAre(0, 0, 1, 0, 0, 4));
}

TEST_F(ClientSharingTest, AnOpenBreakerFailsFastOnceTheOutageIsOld) {
  items_.answer(500);
  const RetryPolicy quick{.attempts_max = 4, .backoff_base = milliseconds(0)};
  EXPECT_THAT(client({.retry = quick})->send(items(), {}), IsError(ErrorCode::Unavailable));
  ASSERT_EQ(imposter_.count(), 4);

  const auto impatient = client({.outage_patience = seconds(5)});
  const auto refused = impatient->send(items(), {});

  ASSERT_THAT(refused, IsError(ErrorCode::Unavailable,
                               AllOf(HasSubstr("out of order"), HasSubstr(imposter_.origin()),
                                     HasSubstr("next probe at 2024-01-02T03:0"))));
  EXPECT_THAT(refused.error().retry_after.value(), Le(seconds(20)));
  EXPECT_EQ(imposter_.count(), 4);
}

TEST_F(ClientSharingTest, AnAnswerThatIsExpectedIsNoOutage) {
  items_.answer(500);
  const auto judge = [](const Outcome&) { return Verdict{.action = Verdict::Action::Ignore}; };
  const auto calm = client();

  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT(calm->send(items(), judge, {}), IsOk());
  }

  EXPECT_EQ(imposter_.count(), 10);
  EXPECT_FALSE(limiters_.breaker(imposter_.origin())->is_open());
}

TEST_F(ClientSharingTest, ManyThreadsDoNotBeatOnADeadServer) {
  std::atomic<int> asked = 0;
  items_.answers([&](const ReceivedRequest&) { return ScriptedAnswer(++asked > 12 ? 200 : 503); });
  // The sleeps of all threads move the one clock, so nobody looks at it.
  const auto shared = client(
      {.retry = {.attempts_max = 20, .backoff_base = milliseconds(1), .deadline = hours(1'000)},
       .outage_patience = hours(1'000)});
  std::atomic<int> succeeded = 0;

  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] { succeeded += shared->send(items(), {}).ok() ? 1 : 0; });
    }
  }

  // Eight were under way when it opened, at most; after that one probe at a time.
  EXPECT_EQ(succeeded, 8);
  EXPECT_EQ(imposter_.count(), 12 + 8);
  EXPECT_GE(shared->counters().breaker_openings, 1);
}

TEST_F(ClientSharingTest, AnUnchangedPageComesOutOfTheCache) {
  const TemporaryFolder folder;
  const auto cache = HttpCache::open({.folder = folder.path() / "http"}).value();
  items_.answers([](const ReceivedRequest& asked) {
    return asked.header("If-None-Match") == "\"v1\""
               ? ScriptedAnswer(304, "", {{"ETag", "\"v1\""}, {"X-Fresh", "yes"}})
               : ScriptedAnswer(200, "[1,2,3]", {{"ETag", "\"v1\""}, {"Link", "next"}});
  });
  KeptRequests seen;
  const auto first = client({.account = "me", .cache = cache.get()});
  ASSERT_THAT(first->send(items(), {}), IsOk());

  const auto second = client({.account = "me", .cache = cache.get(), .observer = &seen});
  const auto again = second->send(items(), {});
  const auto other_account = client({.account = "you", .cache = cache.get()});
  ASSERT_THAT(other_account->send(items(), {}), IsOk());

  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->status, 200);
  EXPECT_EQ(again->body, "[1,2,3]");
  EXPECT_EQ(again->headers.find("Link"), "next");
  EXPECT_EQ(again->headers.find("X-Fresh"), "yes");
  EXPECT_EQ(second->counters().not_modified, 1);
  EXPECT_EQ(second->counters().bytes_received, 0);
  EXPECT_EQ(other_account->counters().not_modified, 0);
  EXPECT_THAT(seen.requests(), ElementsAre(AllOf(Field(&SentRequest::status, 304),
                                                 Field(&SentRequest::path, "/items"),
                                                 Field(&SentRequest::was_kept, true))));
}

TEST_F(ClientSharingTest, ObserversSeeEachAttemptWithoutTheQuery) {
  items_.answer(503).then(200, "[]");
  KeptRequests seen;
  const auto watched = client({.observer = &seen});

  ASSERT_THAT(watched->send({.url = imposter_.url("/items"), .query = {{"key", "hush"}}}, {}),
              IsOk());

  ASSERT_EQ(seen.requests().size(), 2U);
  EXPECT_EQ(seen.requests()[0].status, 503);
  EXPECT_EQ(seen.requests()[1].attempt, 1);
  EXPECT_EQ(seen.requests()[1].origin + seen.requests()[1].path, imposter_.url("/items"));
}

}  // namespace
}  // namespace tendril
