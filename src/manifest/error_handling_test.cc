// What manifests say about answers that are not what was hoped for.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "manifest/error_handler.h"
#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ErrorHandling : public SourceFixture {
 protected:
  // Reads "/items" with an error handler: YAML in flow style.
  StreamRead read(const std::string& handler) {
    source_ = source(
        "- type: DeclarativeStream\n"
        "  name: items\n"
        "  retriever:\n"
        "    type: SimpleRetriever\n"
        "    record_selector:\n"
        "      type: RecordSelector\n"
        "      extractor: {type: DpathExtractor, field_path: [data]}\n"
        "    requester:\n"
        "      type: HttpRequester\n"
        "      url_base: \"{{ config['url'] }}\"\n"
        "      path: items\n"
        "      error_handler: " +
        handler + "\n");
    return run(*source_, "items");
  }

  std::unique_ptr<Source> source_;
};

std::string handler(const std::string& filters, const std::string& more = "") {
  return "{type: DefaultErrorHandler, response_filters: [" + filters + "]" + more + "}";
}

std::string backoff(const std::string& strategy) {
  return handler("", ", backoff_strategies: [" + strategy + "]");
}

constexpr const char* kOne = R"({"data":[{"id":1}]})";

TEST_F(ErrorHandling, WaitsAsLongAsTheServerAsks) {
  imposter_.when("GET", "/items").answer(429, "", {{"Retry-After", "7"}}).then(200, kOne);

  const StreamRead result = read(handler(""));

  EXPECT_THAT(result.sink.rows, SizeIs(1));
  EXPECT_GE(clock_.slept(), seconds(7));
  EXPECT_LT(clock_.slept(), seconds(9));
}

TEST_F(ErrorHandling, NobodyTriesAgainWhatAFilterFails) {
  imposter_.when("GET", "/items").answer(429, "", {{"Retry-After", "7"}}).then(200, kOne);

  const StreamRead result =
      read(handler("{type: HttpResponseFilter, http_codes: [429], action: FAIL}"));

  ASSERT_TRUE(result.error);
  EXPECT_FALSE(is_retryable(result.error->code));
  EXPECT_FALSE(result.error->retry_after);
  EXPECT_THAT(imposter_.requests(), SizeIs(1));
}

TEST_F(ErrorHandling, IgnoresWhatAFilterSays) {
  imposter_.when("GET", "/items").answer(403, "no");

  const StreamRead result =
      read(handler("{type: HttpResponseFilter, http_codes: [403], action: IGNORE}"));

  EXPECT_FALSE(result.error);
  EXPECT_THAT(result.sink.rows, IsEmpty());
}

TEST_F(ErrorHandling, RetriesWhatAFilterSays) {
  imposter_.when("GET", "/items").answer(404, "not yet").then(200, kOne);

  const StreamRead result =
      read(handler("{type: HttpResponseFilter, http_codes: [404], action: RETRY}"));

  EXPECT_THAT(result.sink.rows, SizeIs(1));
}

TEST_F(ErrorHandling, FailsWithTheFiltersMessage) {
  imposter_.when("GET", "/items").answer(400, R"({"code":17})");

  const StreamRead result = read(handler(
      "{type: HttpResponseFilter, http_codes: [400], action: FAIL, failure_type: config_error, "
      "error_message: \"bad code {{ response['code'] }}\"}"));

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::InvalidConfig);
  EXPECT_THAT(result.error->message, HasSubstr("reading stream items"));
  EXPECT_THAT(result.error->message, HasSubstr(imposter_.origin()));
  EXPECT_THAT(result.error->message, HasSubstr("400"));
  EXPECT_THAT(result.error->message, HasSubstr("bad code 17"));
}

TEST_F(ErrorHandling, AsksPredicatesAboutGoodAnswersToo) {
  imposter_.when("GET", "/items")
      .answer(200, R"({"error":{"code":"busy"},"data":[]})")
      .then(200, kOne);

  const StreamRead result = read(handler(
      "{type: HttpResponseFilter, predicate: \"{{ response.get('error', {}).get('code') == 'busy' "
      "}}\", action: RETRY}"));

  EXPECT_THAT(result.sink.rows, SizeIs(1));
  EXPECT_EQ(imposter_.count(), 2);
}

TEST_F(ErrorHandling, LetsPredicatesLookAtHeaders) {
  imposter_.when("GET", "/items").answer(400, "", {{"X-Left", "0"}}).then(200, kOne);

  const StreamRead result = read(handler(
      "{type: HttpResponseFilter, predicate: \"{{ headers.get('x-left') == '0' }}\", action: "
      "RATE_LIMITED}"));

  EXPECT_THAT(result.sink.rows, SizeIs(1));
}

TEST_F(ErrorHandling, FindsMessagesInErrors) {
  imposter_.when("GET", "/items")
      .answer(400, R"({"errors":[{"message":"slow down"},{"detail":"please"}]})")
      .then(200, kOne);

  const StreamRead result = read(
      handler("{type: HttpResponseFilter, error_message_contains: \"slow down\", action: RETRY}"));

  EXPECT_THAT(result.sink.rows, SizeIs(1));
}

TEST_F(ErrorHandling, TakesTheFirstFilterThatMatches) {
  imposter_.when("GET", "/items").answer(404, "x");

  const StreamRead result =
      read(handler("{type: HttpResponseFilter, http_codes: [404], action: IGNORE}, "
                   "{type: HttpResponseFilter, http_codes: [404], action: FAIL}"));

  EXPECT_FALSE(result.error);
}

TEST_F(ErrorHandling, TreatsAnErrorAsSuccessWhereAFilterSaysSo) {
  imposter_.when("GET", "/items").answer(418, kOne);

  const StreamRead result =
      read(handler("{type: HttpResponseFilter, http_codes: [418], action: SUCCESS}"));

  EXPECT_THAT(result.sink.rows, SizeIs(1));
}

TEST_F(ErrorHandling, AsksTheNextHandlerOfAComposite) {
  imposter_.when("GET", "/items").answer(404, "x");
  const std::string first = handler("{type: HttpResponseFilter, http_codes: [400], action: RETRY}");
  const std::string second =
      handler("{type: HttpResponseFilter, http_codes: [404], action: IGNORE}");

  const StreamRead result =
      read("{type: CompositeErrorHandler, error_handlers: [" + first + ", " + second + "]}");

  EXPECT_FALSE(result.error);
}

TEST_F(ErrorHandling, EndsAfterAsManyRetriesAsTheManifestAllows) {
  imposter_.when("GET", "/items").answer(503, "down");

  const StreamRead result = read(handler("", ", max_retries: 2"));

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::Unavailable);
  EXPECT_EQ(imposter_.count(), 3);
}

TEST_F(ErrorHandling, WaitsAConstantTime) {
  imposter_.when("GET", "/items").answer(503).then(503).then(200, kOne);

  read(backoff("{type: ConstantBackoffStrategy, backoff_time_in_seconds: 3}"));

  EXPECT_THAT(clock_.sleeps(), ElementsAre(milliseconds(3000), milliseconds(3000)));
}

TEST_F(ErrorHandling, WaitsLongerEachTime) {
  imposter_.when("GET", "/items").answer(503).then(503).then(200, kOne);

  read(backoff("{type: ExponentialBackoffStrategy, factor: 2}"));

  EXPECT_THAT(clock_.sleeps(), ElementsAre(milliseconds(4000), milliseconds(8000)));
}

TEST_F(ErrorHandling, WaitsAsAHeaderSays) {
  imposter_.when("GET", "/items").answer(503, "", {{"X-Wait", "12 s"}}).then(200, kOne);

  read(backoff("{type: WaitTimeFromHeader, header: x-wait, regex: \"[0-9]+\"}"));

  EXPECT_THAT(clock_.sleeps(), ElementsAre(milliseconds(12000)));
}

TEST_F(ErrorHandling, WaitsUntilAHeaderSays) {
  // The clock stands at 1704164645.
  imposter_.when("GET", "/items").answer(503, "", {{"X-Reset", "1704164655"}}).then(200, kOne);

  read(backoff("{type: WaitUntilTimeFromHeader, header: X-Reset}"));

  EXPECT_THAT(clock_.sleeps(), ElementsAre(milliseconds(10000)));
}

TEST_F(ErrorHandling, AsksTheNextStrategyWhenAHeaderIsMissing) {
  imposter_.when("GET", "/items").answer(503).then(200, kOne);

  read(
      backoff("{type: WaitTimeFromHeader, header: x-wait}, "
              "{type: ConstantBackoffStrategy, backoff_time_in_seconds: 2}"));

  EXPECT_THAT(clock_.sleeps(), ElementsAre(milliseconds(2000)));
}

TEST_F(ErrorHandling, FailsRatherThanWaitTooLong) {
  imposter_.when("GET", "/items").answer(429, "", {{"X-Wait", "999"}});

  const StreamRead result =
      read(backoff("{type: WaitTimeFromHeader, header: X-Wait, max_waiting_time_in_seconds: 60}"));

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::RateLimited);
  EXPECT_EQ(result.error->retry_after, milliseconds(999'000));
}

TEST_F(ErrorHandling, RefusesABrokenRegularExpression) {
  const StreamRead result =
      read(backoff("{type: WaitTimeFromHeader, header: x-wait, regex: \"(\"}"));

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::InvalidConfig);
  EXPECT_THAT(result.error->message, HasSubstr("test.yaml:"));
}

TEST(MessageIn, LooksWhereApisPutTheirMessages) {
  const auto message = [](const char* json) { return message_in(parse_json(json).value()); };

  EXPECT_EQ(message(R"("plain")"), "plain");
  EXPECT_EQ(message(R"({"error":{"message":"deep"}})"), "deep");
  EXPECT_EQ(message(R"({"errors":["a",{"detail":"b"}]})"), "a, b");
  EXPECT_EQ(message(R"({"message":"","error":"next"})"), "next");
  EXPECT_EQ(message(R"({"data":[1]})"), "");
}

}  // namespace
}  // namespace tendril
