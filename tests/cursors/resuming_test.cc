// Loads of each mode through the engine: what an interrupted one asks for when it goes on.
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/log.h"
#include "core/secret.h"
#include "http/transport.h"
#include "manifest/manifest_document.h"
#include "manifest/manifest_source.h"
#include "sync/sync.h"
#include "testing/fake_clock.h"
#include "testing/http_imposter.h"
#include "testing/memory_destination.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;

class SilentLines final : public LogSink {
 public:
  void line(LogLevel, std::string_view) override {}
};

std::string option(const std::string& name) {
  return "{type: RequestOption, inject_into: request_parameter, field_name: " + name + "}";
}

// Windows of a day from the first of the year on; two records a page.
std::string manifest(const std::string& more, const std::string& cursor_more = "") {
  return "version: 6.0.0\n"
         "type: DeclarativeSource\n"
         "check: {type: CheckStream, stream_names: [items]}\n"
         "streams:\n"
         "- {type: DeclarativeStream, name: items, primary_key: id" +
         more +
         ", incremental_sync: {type: Overlap, overlap: PT10S, cursor: {type: "
         "DatetimeBasedCursor, cursor_field: at, datetime_format: \"%Y-%m-%dT%H:%M:%SZ\", "
         "cursor_granularity: PT1S, step: P1D, start_datetime: \"2023-12-30T00:00:00Z\", "
         "start_time_option: " +
         option("since") + ", end_time_option: " + option("until") + cursor_more +
         "}}, schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: "
         "{type: integer}, at: {type: string}, value: {type: string}}}}, retriever: {type: "
         "SimpleRetriever, record_selector: {type: RecordSelector, extractor: {type: "
         "DpathExtractor, field_path: []}}, requester: {type: HttpRequester, url_base: "
         "\"{{ config['url'] }}\", path: items}, paginator: {type: DefaultPaginator, "
         "page_token_option: " +
         option("page") +
         ", pagination_strategy: {type: PageIncrement, page_size: 2, start_from_page: 1}}}}\n"
         "spec: {type: Spec, connection_specification: {type: object, properties: {}}}\n";
}

// The clock stands at 2024-01-02T03:04:05Z.
class ResumingLoad : public ::testing::Test {
 protected:
  ResumingLoad() {
    options_.connection = "main";
    options_.concurrency = 1;
  }

  bool run(const std::string& text) {
    clock_.advance(std::chrono::seconds(1));
    MemoryDestination destination(store_, clock_);
    auto document = parse_manifest(text, "test.yaml");
    const auto source =
        manifest_source(std::move(document).value(), Map{{"url", imposter_.origin()}},
                        {*transport_, clock_, log_, redactor_}, nullptr);
    SyncProgress progress;
    const auto report =
        run_sync(**source, destination, options_, clock_, log_, progress, std::stop_token());
    return report.ok() && report->all_done();
  }

  // Since the last call: "30/1" for the first page of the window that begins on the 30th.
  std::vector<std::string> asked() {
    std::vector<std::string> result;
    const std::vector<ReceivedRequest> requests = imposter_.requests();
    for (; seen_ < requests.size(); ++seen_) {
      const std::string page = requests[seen_].parameter("page");
      result.push_back(requests[seen_].parameter("since").substr(8, 2) + "/" +
                       (page.empty() ? "1" : page));
    }
    return result;
  }

  std::vector<std::int64_t> ids() const {
    std::vector<std::int64_t> ids;
    for (const MemoryRow& row : store_.tables.at("items")) {
      if (!row.deleted) {
        ids.push_back(row.id);
      }
    }
    return ids;
  }

  HttpImposter imposter_;
  FakeClock clock_;
  MemoryStore store_;
  SyncOptions options_;
  Redactor redactor_;
  SilentLines lines_;
  Log log_{LogLevel::Off, LogFormat::Text, clock_, redactor_, lines_};
  std::unique_ptr<Transport> transport_ = curl_transport({}).value();
  std::size_t seen_ = 0;
};

std::string record(int id, const std::string& at) {
  return "{\"id\":" + std::to_string(id) + ",\"at\":\"" + at + "\",\"value\":\"v\"}";
}

// Requirement I18.
TEST_F(ResumingLoad, DoesNotAskForEmptyWindowsAgain) {
  imposter_.when("GET", "/items").answer(200, "[]").then(200, "[]").then(403).then(200, "[]");

  EXPECT_FALSE(run(manifest("")));
  EXPECT_THAT(asked(), ElementsAre("30/1", "31/1", "01/1"));

  EXPECT_TRUE(run(manifest("")));
  EXPECT_THAT(asked(), ElementsAre("01/1", "02/1"));
}

// Requirement I13.
TEST_F(ResumingLoad, GoesOnAtTheSamePageOfTheSameWindow) {
  const std::string at = "2023-12-30T10:00:00Z";
  imposter_.when("GET", "/items")
      .answer(200, "[" + record(1, at) + "," + record(2, at) + "]")
      .then(200, "[" + record(3, at) + "," + record(4, at) + "]")
      .then(403)
      .then(200, "[" + record(5, at) + "]")
      .then(200, "[]");
  options_.mode = WriteMode::Append;

  EXPECT_FALSE(run(manifest("")));
  EXPECT_THAT(asked(), ElementsAre("30/1", "30/2", "30/3"));

  EXPECT_TRUE(run(manifest("")));
  EXPECT_THAT(asked(), ElementsAre("30/3", "31/1", "01/1", "02/1"));
  EXPECT_THAT(ids(), ElementsAre(1, 2, 3, 4, 5));
}

// Load mode RH: the newest window first, and again from there.
TEST_F(ResumingLoad, GoesOnInReverseAtTheSameWindow) {
  imposter_.when("GET", "/items")
      .answer(200, "[" + record(1, "2024-01-02T02:00:00Z") + "]")
      .then(200, "[]")
      .then(403)
      .then(200, "[]");

  EXPECT_FALSE(run(manifest(", load_mode: reverse")));
  EXPECT_THAT(asked(), ElementsAre("02/1", "01/1", "31/1"));
  EXPECT_THAT(ids(), ElementsAre(1));  // The newest are there although the load is not complete.

  clock_.advance(std::chrono::hours(30));
  EXPECT_TRUE(run(manifest(", load_mode: reverse")));
  EXPECT_THAT(asked(), ElementsAre("31/1", "30/1"));

  // What came since the load began is read from there, not from where it ended.
  EXPECT_TRUE(run(manifest(", load_mode: reverse")));
  EXPECT_THAT(asked(), ElementsAre("03/1", "02/1"));
}

// Requirement I12, load mode FL+I: the first load takes hours, and a record changes behind its
// back.
TEST_F(ResumingLoad, GoesOnIncrementallyFromTheStartOfTheFullLoad) {
  imposter_.when("GET", "/items").answers([&](const ReceivedRequest& request) {
    clock_.advance(std::chrono::hours(1));
    const bool is_last = request.parameter("since").starts_with("2024-01-02");
    return ScriptedAnswer(200, is_last ? "[" + record(1, "2024-01-02T06:00:00Z") + "]" : "[]");
  });
  ASSERT_TRUE(run(manifest("", ", end_datetime: \"2024-01-02T12:00:00Z\"")));
  asked();

  ASSERT_TRUE(run(manifest("")));

  const ReceivedRequest request = imposter_.requests().at(seen_);
  EXPECT_EQ(request.parameter("since"), "2024-01-02T03:03:56Z");
}

// Load mode FL: rows that are gone at the source are marked.
TEST_F(ResumingLoad, ReadsTheWholeStreamInModeFull) {
  const std::string at = "2023-12-30T10:00:00Z";
  imposter_.when("GET", "/items").answer(200, "[]");
  imposter_.when("GET", "/items")
      .with_query("since", "2023-12-30T00:00:00Z")
      .answer(200, "[" + record(1, at) + "," + record(2, at) + "]")
      .then(200, "[]")
      .then(200, "[" + record(2, at) + "]");

  ASSERT_TRUE(run(manifest(", load_mode: full")));
  EXPECT_THAT(ids(), ElementsAre(1, 2));
  ASSERT_TRUE(run(manifest(", load_mode: full")));

  EXPECT_THAT(ids(), ElementsAre(2));
}

}  // namespace
}  // namespace tendril
