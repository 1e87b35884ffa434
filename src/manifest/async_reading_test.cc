// Streams whose records the API prepares in jobs.
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "manifest/async_job_limit.h"
#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr const char* kExtractors =
    "    status_extractor: {type: DpathExtractor, field_path: [status]}\n"
    "    download_target_extractor: {type: DpathExtractor, field_path: [urls]}\n";
constexpr const char* kDelete =
    "    delete_requester: {type: HttpRequester, http_method: POST, url_base: \"{{ config['url'] "
    "}}\", path: \"jobs/{{ creation_response['id'] }}/delete\"}\n";
constexpr const char* kAbort =
    "    abort_requester: {type: HttpRequester, http_method: POST, url_base: \"{{ config['url'] "
    "}}\", path: \"jobs/{{ creation_response['id'] }}/abort\"}\n";

class AsyncReading : public SourceFixture {
 protected:
  std::unique_ptr<Source> made(const std::string& more = kExtractors) {
    return source(
        "- type: DeclarativeStream\n"
        "  name: items\n"
        "  primary_key: id\n"
        "  retriever:\n"
        "    type: AsyncRetriever\n"
        "    record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: "
        "[]}}\n"
        "    status_mapping: {type: AsyncJobStatusMap, running: [RUN], completed: [DONE], failed: "
        "[BAD], timeout: [LATE], skipped: [NONE]}\n"
        "    creation_requester: {type: HttpRequester, http_method: POST, url_base: \"{{ "
        "config['url'] }}\", path: jobs}\n"
        "    polling_requester: {type: HttpRequester, url_base: \"{{ config['url'] }}\", path: "
        "\"jobs/{{ creation_response['id'] }}\"}\n"
        "    download_requester: {type: HttpRequester, url_base: \"{{ download_target }}\"}\n"
        "    download_decoder: {type: GzipDecoder, decoder: {type: CsvDecoder}}\n" +
        more);
  }

  std::string done() {
    return R"({"status":"DONE","urls":[")" + imposter_.url("/r/1") + R"(",")" +
           imposter_.url("/r/2") + R"("]})";
  }

  void answer_results() {
    imposter_.when("GET", "/r/1").answer(200, "id,n\n1,a\n");
    imposter_.when("GET", "/r/2").answer(200, "id,n\n2,b\n");
  }
};

TEST_F(AsyncReading, CreatesPollsDownloadsAndDeletes) {
  imposter_.when("POST", "/jobs").answer(200, R"({"id":"j1"})");
  imposter_.when("GET", "/jobs/j1").answer(200, R"({"status":"RUN"})").then(200, done());
  imposter_.when("POST", "/jobs/j1/delete").answer(204);
  answer_results();
  const auto source = made(std::string(kExtractors) + kDelete);

  const StreamRead result = run(*source, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2"));
  EXPECT_THAT(column(result.sink.rows, "n"), ElementsAre("a", "b"));
  EXPECT_THAT(clock_.sleeps(), ElementsAre(milliseconds(seconds(5))));
  EXPECT_EQ(imposter_.count("/jobs/j1/delete"), 1);
  // The job is remembered as soon as it is there.
  ASSERT_THAT(result.sink.checkpoints, SizeIs(3));
  EXPECT_EQ(result.sink.checkpoints[0].rows, 0U);
  EXPECT_THAT(to_json(result.sink.checkpoints[0].progress), HasSubstr(R"("id":"j1")"));
}

TEST_F(AsyncReading, GoesOnWithTheJobOfACrashedRun) {
  imposter_.when("POST", "/jobs").answer(200, R"({"id":"j1"})");
  imposter_.when("GET", "/jobs/j1").answer(400).then(200, done());
  answer_results();
  const auto source = made();
  StreamRead crashed = run(*source, "items");
  ASSERT_TRUE(crashed.error);
  ASSERT_THAT(crashed.sink.checkpoints, ::testing::Not(::testing::IsEmpty()));

  auto reader = source->open(StreamRequest{.stream = "items"}, {}).value();
  const auto slice = reader->next_slice({}).value();
  MemorySink sink;
  const auto read = reader->read(*slice, crashed.sink.checkpoints.front().progress, sink, {});

  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_THAT(column(sink.rows, "id"), ElementsAre("1", "2"));
  EXPECT_EQ(imposter_.count("/jobs"), 1) << "the job is created once";
}

TEST_F(AsyncReading, CreatesAJobAgainThatIsGone) {
  imposter_.when("POST", "/jobs").answer(200, R"({"id":"j2"})");
  imposter_.when("GET", "/jobs/j1").answer(404);
  imposter_.when("GET", "/jobs/j2").answer(200, done());
  answer_results();
  const auto source = made();
  auto reader = source->open(StreamRequest{.stream = "items"}, {}).value();
  const auto slice = reader->next_slice({}).value();
  const Value progress =
      parse_json(R"({"job":{"creation_response":{"id":"j1"},"attempts":1,"position":1}})").value();
  MemorySink sink;

  const auto read = reader->read(*slice, progress, sink, {});

  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_THAT(column(sink.rows, "id"), ElementsAre("1", "2"));
}

TEST_F(AsyncReading, GoesOnBehindTheResultsThatAreThere) {
  imposter_.when("GET", "/jobs/j1").answer(200, done());
  answer_results();
  const auto source = made();
  auto reader = source->open(StreamRequest{.stream = "items"}, {}).value();
  const auto slice = reader->next_slice({}).value();
  const Value progress =
      parse_json(R"({"job":{"creation_response":{"id":"j1"},"attempts":1,"position":1}})").value();
  MemorySink sink;

  const auto read = reader->read(*slice, progress, sink, {});

  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_THAT(column(sink.rows, "id"), ElementsAre("2"));
}

TEST_F(AsyncReading, CreatesJobsThatFailAgain) {
  imposter_.when("POST", "/jobs").answer(200, R"({"id":"j1"})").then(200, R"({"id":"j2"})");
  imposter_.when("GET", "/jobs/j1").answer(200, R"({"status":"BAD"})");
  imposter_.when("GET", "/jobs/j2").answer(200, done());
  answer_results();
  const auto source =
      made(std::string(kExtractors) + "    failed_retry_wait_time_in_seconds: 60\n");

  const StreamRead result = run(*source, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2"));
  EXPECT_THAT(clock_.sleeps(), ElementsAre(milliseconds(seconds(60))));
}

TEST_F(AsyncReading, GivesUpAfterThreeJobs) {
  imposter_.when("POST", "/jobs").answer(200, R"({"id":"j1"})");
  imposter_.when("GET", "/jobs/j1").answer(200, R"({"status":"BAD"})");
  const auto source = made();

  const StreamRead result = run(*source, "items");

  ASSERT_TRUE(result.error);
  EXPECT_THAT(result.error->message, HasSubstr("job failed, 3 times"));
  EXPECT_EQ(imposter_.count("/jobs"), 3);
}

TEST_F(AsyncReading, AbortsJobsThatTakeTooLong) {
  imposter_.when("POST", "/jobs").answer(200, R"({"id":"j1"})");
  imposter_.when("GET", "/jobs/j1").answer(200, R"({"status":"RUN"})");
  imposter_.when("POST", "/jobs/j1/abort").answer(200);
  const auto source = made(std::string(kExtractors) + kAbort + "    polling_job_timeout: 1\n");

  const StreamRead result = run(*source, "items");

  ASSERT_TRUE(result.error);
  EXPECT_THAT(result.error->message, HasSubstr("job took too long, 3 times"));
  EXPECT_EQ(imposter_.count("/jobs/j1/abort"), 3);
  EXPECT_EQ(imposter_.count("/jobs/j1"), 3 * 14) << "every five seconds for a minute";
}

TEST_F(AsyncReading, ReadsNothingFromASkippedJob) {
  imposter_.when("POST", "/jobs").answer(200, R"({"id":"j1"})");
  imposter_.when("GET", "/jobs/j1").answer(200, R"({"status":"NONE"})");
  const auto source = made();

  const StreamRead result = run(*source, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(result.sink.rows, SizeIs(0));
}

TEST_F(AsyncReading, RefusesAStatusThatTheManifestDoesNotKnow) {
  imposter_.when("POST", "/jobs").answer(200, R"({"id":"j1"})");
  imposter_.when("GET", "/jobs/j1").answer(200, R"({"status":true})");
  const auto source = made();

  const StreamRead result = run(*source, "items");

  ASSERT_TRUE(result.error);
  EXPECT_THAT(result.error->message, HasSubstr("status of the job is not in the manifest: True"));
}

TEST_F(AsyncReading, AsksAnotherEndpointWhereTheResultsAre) {
  imposter_.when("POST", "/jobs").answer(200, R"({"id":"j1"})");
  imposter_.when("GET", "/jobs/j1").answer(200, R"({"status":"DONE","document":"d1"})");
  imposter_.when("GET", "/documents/d1")
      .answer(200, R"({"urls":")" + imposter_.url("/r/1") + R"("})");
  answer_results();
  const auto source = made(
      std::string(kExtractors) +
      "    download_target_requester: {type: HttpRequester, url_base: \"{{ config['url'] }}\", "
      "path: \"documents/{{ polling_response['document'] }}\"}\n");

  const StreamRead result = run(*source, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1"));
}

TEST(AsyncJobLimits, LetOnlySoManyRun) {
  AsyncJobLimit limit(1);
  std::optional<AsyncJobLimit::Slot> first(limit.acquire({}).value());
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(limit.acquire(stop.get_token()).error().code, ErrorCode::Cancelled);
  std::jthread waiting([&] { EXPECT_TRUE(limit.acquire({}).ok()); });
  first.reset();
  waiting.join();
  EXPECT_TRUE(limit.acquire({}).ok());
}

}  // namespace
}  // namespace tendril
