#include "http/client.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "testing/fake_clock.h"
#include "testing/http_imposter.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using Action = Verdict::Action;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::EndsWith;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;

class KeptLines final : public LogSink {
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

class ClientTest : public ::testing::Test {
 protected:
  Client& client(ClientOptions options = {}) {
    client_.emplace(*transport_, *authenticator_, clock_, log_, options);
    return *client_;
  }

  Request items() { return {.url = imposter_.url("/items")}; }

  HttpImposter imposter_;
  HttpImposter::Route& items_ = imposter_.when("GET", "/items");
  std::unique_ptr<Transport> transport_ = std::move(curl_transport({}).value());
  std::unique_ptr<Authenticator> authenticator_ = no_authentication();
  FakeClock clock_;
  Redactor redactor_;
  KeptLines lines_;
  Log log_{LogLevel::Info, LogFormat::Text, clock_, redactor_, lines_};
  std::optional<Client> client_;
};

TEST(FullJitter, GrowsUpToTheCapAndStaysWithin) {
  const RetryPolicy policy{.backoff_base = milliseconds(100), .backoff_cap = milliseconds(1000)};
  Random random(1);
  const auto largest = [&](int attempt) {
    milliseconds most{0};
    for (int i = 0; i < 1000; ++i) {
      const milliseconds wait = full_jitter(policy, attempt, random);
      EXPECT_GE(wait.count(), 0);
      most = std::max(most, wait);
    }
    return most.count();
  };

  EXPECT_THAT(largest(0), AllOf(Ge(90), Le(100)));
  EXPECT_THAT(largest(2), AllOf(Ge(360), Le(400)));
  EXPECT_THAT(largest(10), AllOf(Ge(900), Le(1000)));
  EXPECT_THAT(largest(1'000'000), Le(1000));
}

TEST_F(ClientTest, RetriesWithBackOffUntilItWorks) {
  items_.answer(ScriptedAnswer(503).closing()).then(ScriptedAnswer::reset()).then(200, "[1]");

  const auto response = client().send(items(), {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "[1]");
  EXPECT_THAT(clock_.sleeps(), SizeIs(2));
  EXPECT_LE(clock_.sleeps().at(0), milliseconds(500));
  EXPECT_LE(clock_.sleeps().at(1), milliseconds(1000));
  const ClientCounters counters = client_->counters();
  EXPECT_EQ(counters.requests, 3);
  EXPECT_EQ(counters.retries, 2);
  EXPECT_EQ(counters.bytes_received, 3);
  EXPECT_EQ(counters.waited(), clock_.slept());
}

TEST_F(ClientTest, GivesUpAfterTheLastAttempt) {
  items_.answer(502, "down", {{"X-Request-Id", "r7"}});

  const auto response = client({.retry = {.attempts_max = 3}}).send(items(), {});

  ASSERT_THAT(response, IsError(ErrorCode::Unavailable, AllOf(HasSubstr("status 502: down"),
                                                              EndsWith("after 3 attempts"))));
  EXPECT_EQ(response.error().request_id, "r7");
  EXPECT_EQ(imposter_.count(), 3);
}

TEST_F(ClientTest, GivesUpAtTheDeadline) {
  items_.answer(503, "", {{"Retry-After", "40"}});

  const auto response =
      client({.retry = {.attempts_max = 100, .deadline = seconds(100)}}).send(items(), {});

  ASSERT_THAT(response, IsError(ErrorCode::Unavailable));
  EXPECT_EQ(response.error().retry_after, seconds(40));
  EXPECT_EQ(clock_.slept(), seconds(80));
  EXPECT_EQ(imposter_.count(), 3);
}

TEST_F(ClientTest, WaitsAsRetryAfterSays) {
  items_.answer(503, "", {{"Retry-After", "7"}})
      .then(429, "", {{"Retry-After", "Tue, 02 Jan 2024 03:04:35 GMT"}})
      .then(200);

  ASSERT_THAT(client().send(items(), {}), IsOk());

  EXPECT_EQ(clock_.slept(), seconds(30)) << "until 03:04:35";
}

TEST_F(ClientTest, RateLimitsDoNotCountAsAttempts) {
  items_.answer(429, "", {{"Retry-After", "60"}})
      .then(429, "", {{"Retry-After", "60"}})
      .then(403, "", {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "120"}})
      .then(200, "[1]");

  const auto response =
      client({.retry = {.attempts_max = 1, .deadline = seconds(1)}}).send(items(), {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(clock_.slept(), seconds(240));
  EXPECT_EQ(client_->counters().waited(), seconds(240));
  EXPECT_THAT(lines_.text(), HasSubstr("rate limit reached"));
}

TEST_F(ClientTest, ALimitWithoutAWaitIsMetWithBackOff) {
  items_.answer(429).then(429).then(429, "", {{"Retry-After", "0"}}).then(200);

  ASSERT_THAT(client().send(items(), {}), IsOk());

  EXPECT_THAT(clock_.sleeps(), AllOf(SizeIs(3), Each(Ge(milliseconds(500)))));
}

TEST_F(ClientTest, ALimitThatLastsTooLongIsAnError) {
  items_.answer(429, "slow down", {{"Retry-After", "400"}, {"X-Request-Id", "r1"}});

  const auto response = client({.pacing = {.wait_max = seconds(1000)}}).send(items(), {});

  ASSERT_THAT(response, IsError(ErrorCode::RateLimited, HasSubstr("slow down")));
  EXPECT_EQ(response.error().retry_after, seconds(400));
  EXPECT_EQ(response.error().request_id, "r1");
  EXPECT_EQ(clock_.slept(), seconds(800));
}

TEST_F(ClientTest, AnExhaustedQuotaHoldsTheNextRequest) {
  items_.answer(200, "[]", {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "30"}});

  ASSERT_THAT(client().send(items(), {}), IsOk());
  EXPECT_EQ(clock_.slept(), seconds(0));
  ASSERT_THAT(client_->send(items(), {}), IsOk());

  EXPECT_EQ(clock_.slept(), seconds(30));
}

TEST_F(ClientTest, OwnLimitsAreKept) {
  items_.answer(200, "[]");
  client({.pacing = {.requests_per_second = 2}});

  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(client_->send(items(), {}), IsOk());
  }

  EXPECT_EQ(clock_.slept(), seconds(2));
}

TEST_F(ClientTest, FailsWithoutRetryWhereNothingHelps) {
  items_.answer(404, "nothing here");

  EXPECT_THAT(
      client().send(items(), {}),
      IsError(ErrorCode::NotFound, HasSubstr("/items: the server answered with status 404")));
  EXPECT_EQ(imposter_.count(), 1);
}

TEST_F(ClientTest, UnsafeRequestsAreSentOnceIfTheTransportFails) {
  items_.answer(ScriptedAnswer::reset());
  Request request = items();
  request.safe_to_retry = false;

  EXPECT_THAT(client().send(request, {}), IsError(ErrorCode::Unavailable));

  EXPECT_EQ(imposter_.count(), 1);
}

TEST_F(ClientTest, UnsafeRequestsAreRepeatedIfTheServerSaysSo) {
  items_.answer(503).then(200);
  Request request = items();
  request.safe_to_retry = false;

  EXPECT_THAT(client().send(request, {}), IsOk());
}

TEST_F(ClientTest, TheJudgeDecides) {
  items_.answer(200, "busy").then(404, "none");
  int attempts = 0;
  const Judge judge = [&](const Outcome& outcome) -> Verdict {
    EXPECT_EQ(outcome.attempt, attempts++);
    if (outcome.response->body == "busy") {
      return {.action = Action::Retry, .wait = seconds(3)};
    }
    return {.action = Action::Ignore};
  };

  const auto answer = client().send(items(), judge, {});

  ASSERT_THAT(answer, IsOk());
  EXPECT_TRUE(answer->ignored);
  EXPECT_EQ(answer->response.status, 404);
  EXPECT_EQ(clock_.slept(), seconds(3));
}

TEST_F(ClientTest, TheJudgeWordsTheError) {
  items_.answer(200, R"({"ok":false})", {{"X-Request-Id", "r3"}});
  const Judge judge = [](const Outcome&) -> Verdict {
    return {.action = Action::Fail, .error = Error{ErrorCode::PermissionDenied, "missing scope"}};
  };

  const auto answer = client().send(items(), judge, {});

  ASSERT_THAT(answer, IsError(ErrorCode::PermissionDenied, "missing scope"));
  EXPECT_EQ(answer.error().request_id, "r3");
}

TEST_F(ClientTest, AnIgnoredFaultIsAnEmptyAnswer) {
  items_.answer(ScriptedAnswer::reset());
  const Judge judge = [](const Outcome& outcome) -> Verdict {
    EXPECT_NE(outcome.error, nullptr);
    return {.action = Action::Ignore};
  };

  const auto answer = client().send(items(), judge, {});

  ASSERT_THAT(answer, IsOk());
  EXPECT_TRUE(answer->ignored);
  EXPECT_EQ(answer->response.body, "");
}

TEST_F(ClientTest, RenewsARefusedTokenOnce) {
  imposter_.when("POST", "/token")
      .answer(200, R"({"access_token":"token-1"})")
      .then(200, R"({"access_token":"token-2"})");
  items_.answer(401);
  imposter_.when("GET", "/items").with_header("Authorization", "Bearer token-2").answer(200, "[1]");
  authenticator_ = oauth({.token_url = imposter_.url("/token"), .refresh_token = Secret("refresh")},
                         *transport_, clock_, redactor_, nullptr);

  const auto response = client({.retry = {.attempts_max = 1}}).send(items(), {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "[1]");
  EXPECT_EQ(imposter_.count("/items"), 2);
  EXPECT_EQ(imposter_.count("/token"), 2);
}

TEST_F(ClientTest, ASecondRefusalIsFinal) {
  imposter_.when("POST", "/token")
      .answer(200, R"({"access_token":"token-1"})")
      .then(200, R"({"access_token":"token-2"})");
  items_.answer(401, "token-2 is bad");
  authenticator_ = oauth({.token_url = imposter_.url("/token"), .refresh_token = Secret("refresh")},
                         *transport_, clock_, redactor_, nullptr);

  EXPECT_THAT(client().send(items(), {}),
              IsError(ErrorCode::Unauthenticated, HasSubstr("*** is bad")));
  EXPECT_EQ(imposter_.count("/items"), 2);
}

TEST_F(ClientTest, ARefusedKeyIsFinal) {
  items_.answer(401, "no");
  authenticator_ = bearer(Secret("hidden"));

  EXPECT_THAT(client().send(items(), {}), IsError(ErrorCode::Unauthenticated));
  EXPECT_EQ(imposter_.count(), 1);
}

TEST_F(ClientTest, AFaultWhileRenewingIsRetried) {
  imposter_.when("POST", "/token")
      .answer(ScriptedAnswer::reset())
      .then(500)
      .then(200, R"({"access_token":"token-1"})");
  items_.answer(200, "[]");
  authenticator_ = oauth({.token_url = imposter_.url("/token"), .refresh_token = Secret("refresh")},
                         *transport_, clock_, redactor_, nullptr);

  EXPECT_THAT(client().send(items(), {}), IsOk());
  EXPECT_THAT(clock_.sleeps(), SizeIs(2));
}

TEST_F(ClientTest, ARefusalToRenewIsFinal) {
  imposter_.when("POST", "/token").answer(400, R"({"error":"invalid_grant"})");
  authenticator_ = oauth({.token_url = imposter_.url("/token"), .refresh_token = Secret("refresh")},
                         *transport_, clock_, redactor_, nullptr);

  EXPECT_THAT(client().send(items(), {}),
              IsError(ErrorCode::Unauthenticated, HasSubstr("invalid_grant")));
  EXPECT_EQ(imposter_.count("/token"), 1);
  EXPECT_EQ(imposter_.count("/items"), 0);
}

TEST_F(ClientTest, NoErrorAndNoLineShowsACredential) {
  items_.answers([](const ReceivedRequest& asked) {
    return ScriptedAnswer(500, "bad key " + asked.parameter("key") + " in " + asked.target);
  });
  redactor_.add(Secret("hidden key"));
  authenticator_ = api_key(Placement::Query, "key", Secret("hidden key"));

  const auto response = client().send(items(), {});

  EXPECT_THAT(response, IsError(ErrorCode::Unavailable,
                                AllOf(HasSubstr("bad key ***"), Not(HasSubstr("hidden")))));
  EXPECT_THAT(lines_.text(), AllOf(HasSubstr("trying again"), Not(HasSubstr("hidden"))));
}

TEST_F(ClientTest, CancellationEndsABackOff) {
  std::stop_source stop;
  items_.answers([&](const ReceivedRequest&) {
    stop.request_stop();
    return ScriptedAnswer(503).after(milliseconds(1));
  });

  EXPECT_THAT(client().send(items(), stop.get_token()), IsError(ErrorCode::Cancelled));
  EXPECT_EQ(imposter_.count(), 1);
}

TEST_F(ClientTest, IsSharedByThreads) {
  items_.answers([count = std::make_shared<std::atomic<int>>(0)](const ReceivedRequest&) {
    return ScriptedAnswer(count->fetch_add(1) % 3 == 0 ? 503 : 200, "[]");
  });
  client({.retry = {.attempts_max = 50}});
  std::atomic<int> right = 0;

  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          right += client_->send(items(), {}).ok() ? 1 : 0;
        }
      });
    }
  }

  EXPECT_EQ(right, 80);
  EXPECT_EQ(client_->counters().requests, imposter_.count());
  EXPECT_EQ(client_->counters().retries, imposter_.count() - 80);
}

}  // namespace
}  // namespace tendril
