// Bodies that a client gives on while they come.
#include <optional>
#include <string>

#include <gmock/gmock.h>

#include "http/client.h"
#include "testing/fake_clock.h"
#include "testing/http_imposter.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using Action = Verdict::Action;
using ::testing::HasSubstr;

class Receiving : public ::testing::Test {
 protected:
  class SilentSink final : public LogSink {
   public:
    void line(LogLevel, std::string_view) override {}
  };

  Result<Client::Answer> receive(const Judge& judge) {
    const auto take = [this](std::string_view bytes) -> Status {
      received_.append(bytes);
      return sink_fault_ ? Status(*sink_fault_) : Status();
    };
    return client_.receive({.url = imposter_.url("/items")}, judge, take, {});
  }
  Result<Client::Answer> receive() {
    const Request request{.url = imposter_.url("/items")};
    return receive(
        [&](const Outcome& outcome) { return judge_by_status(request, outcome, clock_.now()); });
  }

  HttpImposter imposter_;
  HttpImposter::Route& items_ = imposter_.when("GET", "/items");
  std::unique_ptr<Transport> transport_ = std::move(curl_transport({}).value());
  std::unique_ptr<Authenticator> authenticator_ = no_authentication();
  FakeClock clock_;
  Redactor redactor_;
  SilentSink lines_;
  Log log_{LogLevel::Off, LogFormat::Text, clock_, redactor_, lines_};
  Client client_{*transport_, *authenticator_, clock_, log_, {}};
  std::string received_;
  std::optional<Error> sink_fault_;
};

TEST_F(Receiving, GivesTheBodyToTheSink) {
  items_.answer(ScriptedAnswer(200, "0123456789").chunked(3));

  const auto answer = receive();

  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(received_, "0123456789");
  EXPECT_EQ(answer->response.body, "");
  EXPECT_EQ(answer->response.status, 200);
  EXPECT_EQ(client_.counters().bytes_received, 10);
}

TEST_F(Receiving, TakesAnEmptyBody) {
  items_.answer(204);

  ASSERT_TRUE(receive().ok());
  EXPECT_EQ(received_, "");
}

TEST_F(Receiving, KeepsRefusedAnswersFromTheSink) {
  items_.answer(500, "sorry").then(200, "data");

  ASSERT_TRUE(receive().ok());
  EXPECT_EQ(received_, "data");
  EXPECT_EQ(imposter_.count("/items"), 2);
}

TEST_F(Receiving, NamesWhatARefusedAnswerSays) {
  items_.answer(400, "no such thing");

  const auto answer = receive();

  ASSERT_FALSE(answer.ok());
  EXPECT_THAT(answer.error().message, HasSubstr("no such thing"));
}

TEST_F(Receiving, JudgesAnAnswerWholeThatItsHeadDoesNotJustify) {
  items_.answer(200, "ready");
  const Judge wants_body = [](const Outcome& outcome) -> Verdict {
    const bool ready = outcome.response != nullptr && outcome.response->body == "ready";
    return {ready ? Action::Accept : Action::Fail};
  };

  ASSERT_TRUE(receive(wants_body).ok());
  EXPECT_EQ(received_, "ready");
}

TEST_F(Receiving, HandsIgnoredAnswersToTheCaller) {
  items_.answer(404, "gone");
  const Judge ignore = [](const Outcome&) -> Verdict { return {Action::Ignore}; };

  const auto answer = receive(ignore);

  ASSERT_TRUE(answer.ok());
  EXPECT_TRUE(answer->ignored);
  EXPECT_EQ(answer->response.body, "gone");
  EXPECT_EQ(received_, "");
}

TEST_F(Receiving, TriesNothingAgainOnceTheSinkHasBytes) {
  items_.answer(ScriptedAnswer(200, "0123456789").cut_after(5));

  const auto answer = receive();

  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::Unavailable);
  EXPECT_EQ(imposter_.count("/items"), 1);
}

TEST_F(Receiving, EndsWithTheErrorOfTheSink) {
  items_.answer(200, "data");
  sink_fault_ = Error{ErrorCode::BadData, "not what was hoped for"};

  const auto answer = receive();

  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::BadData);
  EXPECT_EQ(imposter_.count("/items"), 1);
}

}  // namespace
}  // namespace tendril
