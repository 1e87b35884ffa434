#include "testing/http_imposter.h"

#include <chrono>
#include <vector>

#include <gmock/gmock.h>

#include "http/transport.h"
#include "testing/fake_clock.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class HttpImposterTest : public ::testing::Test {
 protected:
  std::string body(const std::string& path, const std::string& method = "GET",
                   const std::string& sent = "", const Headers& headers = {}) {
    const auto response = transport_->send(
        {.method = method, .url = imposter_.url(path), .headers = headers, .body = sent}, {});
    return response.ok() ? response->body : "error: " + response.error().message;
  }

  HttpImposter imposter_;
  std::unique_ptr<Transport> transport_ = std::move(curl_transport({}).value());
};

TEST_F(HttpImposterTest, TheRouteWithMostConditionsAnswers) {
  imposter_.when("GET", "/items").with_query("page", "2").answer(200, "second");
  imposter_.when("GET", "/items").answer(200, "first");
  imposter_.when("*", "/*").answer(200, "any");

  EXPECT_EQ(body("/items"), "first");
  EXPECT_EQ(body("/items?page=2"), "second");
  EXPECT_EQ(body("/items?page=3"), "first");
  EXPECT_EQ(body("/items", "POST"), "any");
  EXPECT_EQ(body("/other"), "any");
}

TEST_F(HttpImposterTest, OfEqualRoutesTheLatestAnswers) {
  imposter_.when("GET", "/items").answer(200, "old");
  imposter_.when("GET", "/items").answer(200, "new");

  EXPECT_EQ(body("/items"), "new");
}

TEST_F(HttpImposterTest, ConditionsOnHeadersBodyAndAbsence) {
  imposter_.when("POST", "/items").answer(200, "none");
  imposter_.when("POST", "/items").with_header("x-key", "k").answer(200, "header");
  imposter_.when("POST", "/items").with_body("\"id\":7").answer(200, "body");
  imposter_.when("GET", "/items").answer(200, "with");
  imposter_.when("GET", "/items").without_query("since").answer(200, "without");

  EXPECT_EQ(body("/items", "POST"), "none");
  EXPECT_EQ(body("/items", "POST", "", {{"X-Key", "k"}}), "header");
  EXPECT_EQ(body("/items", "POST", R"({"id":7})"), "body");
  EXPECT_EQ(body("/items?since="), "with");
  EXPECT_EQ(body("/items"), "without");
}

TEST_F(HttpImposterTest, AnswersInSequenceAndRepeatsTheLast) {
  auto& route = imposter_.when("GET", "/items").answer(200, "1").then(200, "2").then(200, "3");

  std::vector<std::string> bodies;
  for (int i = 0; i < 4; ++i) {
    bodies.push_back(body("/items"));
  }

  EXPECT_THAT(bodies, ElementsAre("1", "2", "3", "3"));
  EXPECT_EQ(route.count(), 4);
}

TEST_F(HttpImposterTest, SaysWhatItHasNoRouteFor) {
  EXPECT_EQ(body("/items?a=b"), "no route for GET /items?a=b");
  EXPECT_EQ(imposter_.count("/items"), 1);
}

TEST_F(HttpImposterTest, KeepsALogOfWhatWasAsked) {
  imposter_.when("*", "/a b").answer(200);

  body("/a%20b?x=1&y=%26+z&x=2", "POST", "sent", {{"X-Key", "k"}});
  body("/other");

  ASSERT_EQ(imposter_.count(), 2);
  const ReceivedRequest asked = imposter_.requests("/a b").at(0);
  EXPECT_EQ(asked.method, "POST");
  EXPECT_THAT(asked.query, ElementsAre(Pair("x", "1"), Pair("y", "& z"), Pair("x", "2")));
  EXPECT_EQ(asked.parameter("x"), "1");
  EXPECT_EQ(asked.parameter("z"), "");
  EXPECT_EQ(asked.header("x-key"), "k");
  EXPECT_EQ(asked.body, "sent");
}

TEST_F(HttpImposterTest, ReadsChunkedRequests) {
  imposter_.when("POST", "/items").answers([](const ReceivedRequest& asked) {
    return ScriptedAnswer(200, asked.body);
  });

  EXPECT_EQ(body("/items", "POST", "hello!", {{"Transfer-Encoding", "chunked"}}), "hello!");
  EXPECT_EQ(imposter_.requests().at(0).headers.find("Content-Length"), std::nullopt);
}

TEST_F(HttpImposterTest, AnswersAreJsonUnlessTheySayOtherwise) {
  imposter_.when("GET", "/json").answer(200, "[]");
  imposter_.when("GET", "/csv").answer(200, "a,b", {{"Content-Type", "text/csv"}});

  EXPECT_EQ(transport_->send({.url = imposter_.url("/json")}, {})->headers.find("Content-Type"),
            "application/json");
  EXPECT_EQ(transport_->send({.url = imposter_.url("/csv")}, {})->headers.find("Content-Type"),
            "text/csv");
}

TEST_F(HttpImposterTest, PlaysBodiesInPieces) {
  imposter_.when("GET", "/chunked").answer(ScriptedAnswer(200, "hello").chunked(2));
  imposter_.when("GET", "/slow").answer(ScriptedAnswer(200, "hello").slowly(2, milliseconds(1)));
  imposter_.when("GET", "/late").answer(ScriptedAnswer(200, "hello").after(milliseconds(1)));
  imposter_.when("GET", "/closing").answer(ScriptedAnswer(200, "hello").closing());

  for (const char* const path : {"/chunked", "/slow", "/late", "/closing"}) {
    EXPECT_EQ(body(path), "hello") << path;
  }
  EXPECT_EQ(imposter_.connections(), 1);
  EXPECT_EQ(body("/chunked"), "hello");
  EXPECT_EQ(imposter_.connections(), 2);
}

TEST_F(HttpImposterTest, PlaysFaults) {
  imposter_.when("GET", "/reset").answer(ScriptedAnswer::reset());
  imposter_.when("GET", "/cut").answer(ScriptedAnswer(200, "hello").cut_after(2));
  imposter_.when("GET", "/raw").answer(ScriptedAnswer::raw("HTTP/1.1 299 Odd\r\n\r\nraw"));

  EXPECT_THAT(body("/reset"), HasSubstr("error: "));
  EXPECT_THAT(body("/cut"), HasSubstr("error: "));
  EXPECT_EQ(body("/raw"), "raw");
}

TEST_F(HttpImposterTest, KilledItAnswersNobody) {
  imposter_.when("GET", "/items").answer(200, "[]");
  EXPECT_EQ(body("/items"), "[]");

  imposter_.kill();
  imposter_.kill();

  EXPECT_THAT(body("/items"), HasSubstr("error: "));
  EXPECT_EQ(imposter_.count(), 1);
}

TEST(FakeClock, SleepsTakeNoTimeAndAreRemembered) {
  FakeClock clock;
  const auto wall = clock.now();
  const auto monotonic = clock.monotonic();

  EXPECT_TRUE(clock.sleep(std::chrono::hours(1), {}));
  clock.advance(milliseconds(5));

  EXPECT_EQ(clock.now() - wall, milliseconds(3'600'005));
  EXPECT_EQ(clock.monotonic() - monotonic, milliseconds(3'600'005));
  EXPECT_THAT(clock.sleeps(), ElementsAre(std::chrono::hours(1)));
  EXPECT_EQ(clock.slept(), std::chrono::hours(1));
}

TEST(FakeClock, DoesNotSleepWhenStopped) {
  FakeClock clock;
  std::stop_source stop;
  stop.request_stop();

  EXPECT_FALSE(clock.sleep(milliseconds(1), stop.get_token()));
  EXPECT_TRUE(clock.sleeps().empty());
}

TEST(Matchers, TellValuesFromErrors) {
  const Result<int> seven = 7;
  const Result<int> broken = Error{ErrorCode::BadData, "no number: x"};

  EXPECT_THAT(seven, IsOk());
  EXPECT_THAT(seven, IsOkAndHolds(7));
  EXPECT_THAT(seven, Not(IsOkAndHolds(8)));
  EXPECT_THAT(seven, Not(IsError(ErrorCode::BadData)));
  EXPECT_THAT(broken, Not(IsOk()));
  EXPECT_THAT(broken, IsError(ErrorCode::BadData, HasSubstr("x")));
  EXPECT_THAT(broken, Not(IsError(ErrorCode::NotFound)));
  EXPECT_THAT(broken, Not(IsError(ErrorCode::BadData, "other")));
  EXPECT_EQ(::testing::PrintToString(broken), "bad_data: no number: x");
  EXPECT_THAT(Status(), IsOk());
}

}  // namespace
}  // namespace tendril
