// OAuth tokens: fetched, rotated, saved first, and renewed by one thread at a time.
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "core/encoding.h"
#include "http/authenticator.h"
#include "testing/fake_clock.h"
#include "testing/http_imposter.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class OAuthTokensTest : public ::testing::Test {
 protected:
  OAuthOptions options() {
    return {.token_url = imposter_.url("/token"),
            .client_id = "client 1",
            .client_secret = Secret("hidden-secret"),
            .refresh_token = Secret("hidden-refresh")};
  }

  std::unique_ptr<Authenticator> authenticator(OAuthOptions options) {
    return oauth(
        std::move(options), *transport_, clock_, redactor_,
        [this](const OAuthTokens& tokens) -> Status {
          const std::lock_guard lock(mutex_);
          saved_.push_back(tokens.access_token.reveal() + "/" + tokens.refresh_token.reveal());
          return save_status_;
        });
  }

  // What goes into the header, or the error.
  Result<std::string> header(Authenticator& authenticator,
                             const std::string& name = "Authorization") {
    Request request;
    TRY(authenticator.authorize(request, {}));
    return std::string(request.headers.find(name).value_or(""));
  }

  HttpImposter imposter_;
  HttpImposter::Route& token_ = imposter_.when("POST", "/token");
  std::unique_ptr<Transport> transport_ = std::move(curl_transport({}).value());
  FakeClock clock_;
  Redactor redactor_;
  std::mutex mutex_;
  std::vector<std::string> saved_;  // Guarded by mutex_.
  Status save_status_;
};

TEST_F(OAuthTokensTest, RefreshSendsAForm) {
  token_.answer(200, R"({"access_token":"a-1","expires_in":3600})");
  const auto tokens = authenticator(options());

  EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-1"));

  const ReceivedRequest asked = imposter_.requests().at(0);
  EXPECT_EQ(asked.body,
            "grant_type=refresh_token&client_id=client%201&client_secret=hidden-secret&"
            "refresh_token=hidden-refresh");
  EXPECT_EQ(asked.header("Content-Type"), "application/x-www-form-urlencoded");
}

TEST_F(OAuthTokensTest, ExtraParametersDoNotRepeatOurs) {
  token_.answer(200, R"({"access_token":"a-1","expires_in":3600})");
  OAuthOptions repeated = options();
  repeated.extra_parameters = {{"refresh_token", "another"}, {"type", "refresh"}};
  const auto tokens = authenticator(std::move(repeated));

  EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-1"));

  EXPECT_EQ(imposter_.requests().at(0).body,
            "grant_type=refresh_token&client_id=client%201&client_secret=hidden-secret&"
            "refresh_token=hidden-refresh&type=refresh");
}

TEST_F(OAuthTokensTest, CredentialsInAHeaderAreNotInTheBodyToo) {
  token_.answer(200, R"({"access_token":"a-1","expires_in":3600})");
  OAuthOptions in_header = options();
  in_header.extra_headers = {{"Authorization", "Basic Y2xpZW50"}};
  const auto tokens = authenticator(std::move(in_header));

  EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-1"));

  EXPECT_EQ(imposter_.requests().at(0).body,
            "grant_type=refresh_token&refresh_token=hidden-refresh");
}

TEST_F(OAuthTokensTest, ClientCredentialsInJsonWithEverythingRenamed) {
  token_.answer(200, R"({"data":{"token":"a-1","ttl":"3600"}})");
  OAuthOptions renamed = options();
  renamed.grant = OAuthOptions::Grant::ClientCredentials;
  renamed.client_id_name = "key";
  renamed.client_secret_name = "";
  renamed.scopes = {"read", "write"};
  renamed.extra_parameters = {{"audience", "x\"y"}};
  renamed.extra_headers = {{"X-Tenant", "7"}};
  renamed.body_format = OAuthOptions::BodyFormat::Json;
  renamed.access_token_name = "token";
  renamed.expires_in_name = "ttl";
  renamed.header_name = "X-Token";
  renamed.header_prefix = "";
  const auto tokens = authenticator(std::move(renamed));

  EXPECT_THAT(header(*tokens, "X-Token"), IsOkAndHolds("a-1"));

  const ReceivedRequest asked = imposter_.requests().at(0);
  EXPECT_EQ(asked.body,
            R"({"grant_type":"client_credentials","key":"client 1","scope":"read write",)"
            R"("audience":"x\"y"})");
  EXPECT_EQ(asked.header("X-Tenant"), "7");
  EXPECT_EQ(asked.header("Content-Type"), "application/json");
}

TEST_F(OAuthTokensTest, AreKeptUntilAMinuteBeforeTheirEnd) {
  token_.answer(200, R"({"access_token":"a-1","expires_in":3600})")
      .then(200, R"({"access_token":"a-2","expires_in":3600})");
  const auto tokens = authenticator(options());

  EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-1"));
  clock_.advance(seconds(3539));
  EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-1"));
  clock_.advance(seconds(1));
  EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-2"));
}

TEST_F(OAuthTokensTest, OfAShortLifeAreUsedForHalfOfIt) {
  token_.answer(200, R"({"access_token":"a-1","expires_in":20})")
      .then(200, R"({"access_token":"a-2","expires_in":20})");
  const auto tokens = authenticator(options());

  EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-1"));
  clock_.advance(seconds(9));
  EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-1"));
  clock_.advance(seconds(1));
  EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-2"));
}

TEST_F(OAuthTokensTest, ExpireAsTheAnswerSaysInWhateverSpelling) {
  for (const char* const expiry :
       {"600", "\"600\"", "600.0", "1704165245", "\"2024-01-02T03:14:05Z\""}) {
    HttpImposter imposter;
    imposter.when("POST", "/token")
        .answer(200, R"({"access_token":"a-1","expires_in":)" + std::string(expiry) + "}")
        .then(200, R"({"access_token":"a-2"})");
    FakeClock clock;
    OAuthOptions here = options();
    here.token_url = imposter.url("/token");
    const auto tokens = oauth(std::move(here), *transport_, clock, redactor_, nullptr);

    EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-1")) << expiry;
    clock.advance(seconds(539));
    EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-1")) << expiry;
    clock.advance(seconds(1));
    EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-2")) << expiry;
  }
}

TEST_F(OAuthTokensTest, WithoutExpiryLastUntilRefused) {
  token_.answer(200, R"({"access_token":"a-1","expires_in":0})")
      .then(200, R"({"access_token":"a-2","expires_in":null})");
  const auto tokens = authenticator(options());
  Request request;
  ASSERT_THAT(tokens->authorize(request, {}), IsOk());
  clock_.advance(std::chrono::hours(1000));
  EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-1"));

  EXPECT_THAT(tokens->renew_after_refusal(request, {}), IsOkAndHolds(true));
  EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-2"));
  EXPECT_THAT(tokens->renew_after_refusal(request, {}), IsOkAndHolds(true));

  EXPECT_EQ(imposter_.count(), 2) << "the refused token was replaced before";
}

TEST_F(OAuthTokensTest, KnownBeforehandAreUsedFirst) {
  token_.answer(200, R"({"access_token":"a-1"})");
  OAuthOptions known = options();
  known.access_token = Secret("hidden-known");
  known.expires_at = clock_.now() + seconds(100);
  const auto tokens = authenticator(std::move(known));

  EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer hidden-known"));
  clock_.advance(seconds(40));
  EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-1"));
}

TEST_F(OAuthTokensTest, RotateAndAreSavedBeforeTheirFirstUse) {
  token_.answer(200, R"({"access_token":"a-1","expires_in":100,"refresh_token":"r-1"})")
      .then(200, R"({"access_token":"a-2","expires_in":100})")
      .then(200, R"({"access_token":"a-3","expires_in":100,"refresh_token":""})");
  const auto tokens = authenticator(options());

  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(header(*tokens), IsOk());
    clock_.advance(seconds(100));
  }

  EXPECT_THAT(saved_, ElementsAre("a-1/r-1", "a-2/r-1", "a-3/r-1"));
  EXPECT_THAT(imposter_.requests().at(0).body, HasSubstr("refresh_token=hidden-refresh"));
  EXPECT_THAT(imposter_.requests().at(1).body, HasSubstr("refresh_token=r-1"));
  EXPECT_THAT(imposter_.requests().at(2).body, HasSubstr("refresh_token=r-1"));
}

TEST_F(OAuthTokensTest, ThatCannotBeSavedAreNotUsedButNotLostEither) {
  token_.answer(200, R"({"access_token":"a-1","refresh_token":"r-1"})");
  const auto tokens = authenticator(options());

  save_status_ = Error{ErrorCode::System, "disk full"};
  EXPECT_THAT(header(*tokens), IsError(ErrorCode::System, "disk full"));
  EXPECT_THAT(header(*tokens), IsError(ErrorCode::System, "disk full"));
  save_status_ = {};
  EXPECT_THAT(header(*tokens), IsOkAndHolds("Bearer a-1"));

  EXPECT_EQ(imposter_.count(), 1) << "the old refresh token may be void";
  EXPECT_THAT(saved_, ElementsAre("a-1/r-1", "a-1/r-1", "a-1/r-1"));
}

TEST_F(OAuthTokensTest, AreFetchedOnceForAllThreads) {
  token_.answers([](const ReceivedRequest&) {
    return ScriptedAnswer(200, R"({"access_token":"a-1","expires_in":3600})")
        .after(milliseconds(30));
  });
  const auto tokens = authenticator(options());
  std::atomic<int> right = 0;

  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        const auto value = header(*tokens);
        right += value.ok() && *value == "Bearer a-1" ? 1 : 0;
      });
    }
  }

  EXPECT_EQ(right, 8);
  EXPECT_EQ(imposter_.count(), 1);
  EXPECT_EQ(saved_.size(), 1U);
}

TEST_F(OAuthTokensTest, RefusedOnAllThreadsAreRenewedOnce) {
  token_.answer(200, R"({"access_token":"a-1"})").then(200, R"({"access_token":"a-2"})");
  const auto tokens = authenticator(options());
  Request refused;
  ASSERT_THAT(tokens->authorize(refused, {}), IsOk());

  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back(
          [&] { EXPECT_THAT(tokens->renew_after_refusal(refused, {}), IsOkAndHolds(true)); });
    }
  }

  EXPECT_EQ(imposter_.count(), 2);
}

TEST_F(OAuthTokensTest, FailuresAreSharedByThoseWhoWait) {
  std::atomic<bool> open = false;
  token_.answers([&](const ReceivedRequest&) {
    while (!open) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    return ScriptedAnswer(400, R"({"error":"invalid_grant"})");
  });
  const auto tokens = authenticator(options());
  std::atomic<int> refused = 0;

  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        const auto value = header(*tokens);
        refused += !value.ok() && value.error().code == ErrorCode::Unauthenticated ? 1 : 0;
      });
    }
    while (imposter_.count() == 0) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    open = true;
  }

  EXPECT_EQ(refused, 4);
}

TEST_F(OAuthTokensTest, RefusalsAskForAuthorisation) {
  for (const int status : {400, 401, 403}) {
    imposter_.when("POST", "/refused")
        .answer(status, R"({"error":"invalid_grant","error_description":"hidden-refresh is void"})",
                {{"X-Request-Id", "r9"}});
    OAuthOptions refused = options();
    refused.token_url = imposter_.url("/refused?k=hidden");
    const auto tokens = authenticator(std::move(refused));

    const auto value = header(*tokens);

    ASSERT_THAT(value, IsError(ErrorCode::Unauthenticated,
                               AllOf(HasSubstr("invalid_grant, *** is void"),
                                     HasSubstr(std::to_string(status)), Not(HasSubstr("hidden")))));
    EXPECT_EQ(value.error().request_id, "r9");
  }
}

TEST_F(OAuthTokensTest, FaultsOfTheServerAreTransient) {
  token_.answer(ScriptedAnswer::reset())
      .then(503, "", {{"Retry-After", "7"}})
      .then(429, "", {{"Retry-After", "9"}})
      .then(200, R"({"access_token":"a-1"})");
  const auto tokens = authenticator(options());

  EXPECT_THAT(header(*tokens), IsError(ErrorCode::Unavailable, Not(HasSubstr("hidden"))));
  const auto unavailable = header(*tokens);
  ASSERT_THAT(unavailable, IsError(ErrorCode::Unavailable));
  EXPECT_EQ(unavailable.error().retry_after, seconds(7));
  const auto limited = header(*tokens);
  ASSERT_THAT(limited, IsError(ErrorCode::RateLimited));
  EXPECT_EQ(limited.error().retry_after, seconds(9));
  EXPECT_THAT(header(*tokens), IsOk());
}

TEST_F(OAuthTokensTest, AnswersWithoutATokenAreErrors) {
  token_.answer(200, R"({"error":"bad_verification_code"})")
      .then(200, R"({"hello":"world"})")
      .then(200, "<html>")
      .then(404, "no such page")
      .then(302, "", {{"Location", "/elsewhere"}});
  const auto tokens = authenticator(options());

  EXPECT_THAT(header(*tokens),
              IsError(ErrorCode::Unauthenticated, HasSubstr("bad_verification_code")));
  EXPECT_THAT(header(*tokens), IsError(ErrorCode::BadData, HasSubstr("no access_token")));
  EXPECT_THAT(header(*tokens), IsError(ErrorCode::BadData));
  EXPECT_THAT(header(*tokens), IsError(ErrorCode::InvalidConfig, HasSubstr("404")));
  EXPECT_THAT(header(*tokens), IsError(ErrorCode::InvalidConfig, HasSubstr("302")));
}

TEST_F(OAuthTokensTest, WithoutARefreshTokenAskForAuthorisation) {
  OAuthOptions without = options();
  without.refresh_token = Secret();

  EXPECT_THAT(header(*authenticator(std::move(without))), IsError(ErrorCode::Unauthenticated));
  EXPECT_EQ(imposter_.count(), 0);
}

TEST_F(OAuthTokensTest, ARefreshOnceSentIsNotCancelled) {
  std::stop_source stop;
  token_.answers([&](const ReceivedRequest&) {
    stop.request_stop();
    return ScriptedAnswer(200, R"({"access_token":"a-1","refresh_token":"r-1"})")
        .after(milliseconds(20));
  });
  const auto tokens = authenticator(options());
  Request request;

  EXPECT_THAT(tokens->authorize(request, stop.get_token()), IsOk());

  EXPECT_THAT(saved_, ElementsAre("a-1/r-1"));
}

TEST_F(OAuthTokensTest, WaitingForAnotherThreadsRenewalCanBeCancelled) {
  std::atomic<bool> open = false;
  token_.answers([&](const ReceivedRequest&) {
    while (!open) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    return ScriptedAnswer(200, R"({"access_token":"a-1"})");
  });
  const auto tokens = authenticator(options());
  const std::jthread renewing([&] { EXPECT_THAT(header(*tokens), IsOk()); });
  while (imposter_.count() == 0) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  std::stop_source stop;
  std::jthread waiting([&] {
    Request request;
    EXPECT_THAT(tokens->authorize(request, stop.get_token()), IsError(ErrorCode::Cancelled));
  });

  stop.request_stop();
  waiting.join();
  open = true;
}

TEST_F(OAuthTokensTest, EveryTokenIsKnownToTheRedactor) {
  token_.answer(200, R"({"access_token":"a-new","refresh_token":"r-new"})");
  OAuthOptions known = options();
  known.access_token = Secret("a-old");
  known.expires_at = clock_.now();

  const auto tokens = authenticator(std::move(known));
  ASSERT_THAT(header(*tokens), IsOk());

  EXPECT_EQ(redactor_.redact("a-old a-new r-new hidden-secret hidden-refresh"),
            "*** *** *** *** ***");
  EXPECT_EQ(tokens->redact("Bearer a-new"), "Bearer ***");
}

}  // namespace
}  // namespace tendril
