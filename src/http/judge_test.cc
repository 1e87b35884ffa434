// The usual verdicts and how their errors are worded.
#include <gmock/gmock.h>

#include "http/client.h"

namespace tendril {
namespace {

using Action = Verdict::Action;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr Clock::Wall kNow(seconds(1'704'164'645));
const Request kRequest{.url = "https://a.com/items?key=hidden"};

Verdict judged(const Response& response) {
  return judge_by_status(kRequest, {.response = &response}, kNow);
}

Verdict judged(const Error& error) { return judge_by_status(kRequest, {.error = &error}, kNow); }

TEST(JudgeByStatus, KnowsEveryStatus) {
  const auto action = [](int status) { return judged({.status = status}).action; };
  const auto code = [](int status) { return judged({.status = status}).error->code; };

  for (const int status : {200, 201, 204, 206, 301, 304}) {
    EXPECT_EQ(action(status), Action::Accept) << status;
  }
  for (const int status : {408, 425, 500, 502, 503, 504, 520}) {
    EXPECT_EQ(action(status), Action::Retry) << status;
    EXPECT_EQ(code(status), ErrorCode::Unavailable) << status;
  }
  for (const int status : {400, 402, 405, 409, 415, 422}) {
    EXPECT_EQ(action(status), Action::Fail) << status;
    EXPECT_EQ(code(status), ErrorCode::BadData) << status;
  }
  for (const int status : {404, 410}) {
    EXPECT_EQ(action(status), Action::Fail) << status;
    EXPECT_EQ(code(status), ErrorCode::NotFound) << status;
  }
  EXPECT_EQ(action(429), Action::RateLimited);
  EXPECT_EQ(action(401), Action::Renew);
  EXPECT_EQ(code(401), ErrorCode::Unauthenticated);
  EXPECT_EQ(action(403), Action::Fail);
  EXPECT_EQ(code(403), ErrorCode::PermissionDenied);
}

TEST(JudgeByStatus, ForbiddenMayMeanALimit) {
  EXPECT_EQ(judged({.status = 403, .headers = {{"X-RateLimit-Remaining", "0"}}}).action,
            Action::RateLimited);
  EXPECT_EQ(judged({.status = 403, .headers = {{"Retry-After", "60"}}}).action,
            Action::RateLimited);
  EXPECT_EQ(judged({.status = 403, .headers = {{"X-RateLimit-Remaining", "9"}}}).action,
            Action::Fail);
}

TEST(JudgeByStatus, RetriesTransportErrorsThatMayPass) {
  EXPECT_EQ(judged(Error{ErrorCode::Unavailable, "reset"}).action, Action::Retry);
  EXPECT_EQ(judged(Error{ErrorCode::BadData, "too large"}).action, Action::Fail);
  EXPECT_EQ(judged(Error{ErrorCode::InvalidConfig, "bad url"}).error->message, "bad url");
}

TEST(JudgeByStatus, PassesRetryAfterOn) {
  EXPECT_EQ(judged({.status = 503, .headers = {{"Retry-After", "7"}}}).error->retry_after,
            seconds(7));
}

TEST(ErrorOf, NamesPlaceStatusBodyAndRequestId) {
  const Error error = error_of(
      kRequest, {.status = 422, .headers = {{"X-Request-Id", "r1"}}, .body = "{\n \"a\":\t1\r\n}"});

  EXPECT_EQ(error.message,
            "GET https://a.com/items: the server answered with status 422: { \"a\": 1 }");
  EXPECT_EQ(error.request_id, "r1");
  EXPECT_THAT(error.message, Not(HasSubstr("hidden")));
}

TEST(ErrorOf, QuotesAtMostTwoHundredBytesAndWholeCharacters) {
  const std::string prefix(199, 'x');

  const Error cut = error_of(kRequest, {.status = 500, .body = prefix + "ä" + prefix});
  const Error whole = error_of(kRequest, {.status = 500, .body = std::string(198, 'x') + "ä"});

  EXPECT_THAT(cut.message, EndsWith(": " + prefix));
  EXPECT_THAT(whole.message, EndsWith("xä"));
}

}  // namespace
}  // namespace tendril
