// Our own additions to the manifest language.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "manifest/adaptive_windows.h"
#include "manifest/component_rules.h"
#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// The clock stands at 2024-01-02T03:04:05Z.
class Extensions : public SourceFixture {
 protected:
  std::vector<std::string> values_of(const std::string& parameter) const {
    std::vector<std::string> result;
    for (const ReceivedRequest& request : imposter_.requests()) {
      result.push_back(request.parameter(parameter));
    }
    return result;
  }
};

// Whatever fails is tried once only.
std::string once(const std::string& more, const std::string& retriever = "") {
  return "- {type: DeclarativeStream, name: items, retriever: {type: SimpleRetriever, "
         "record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: "
         "[]}}, requester: {type: HttpRequester, url_base: \"{{ config['url'] }}\", path: items, "
         "error_handler: {type: DefaultErrorHandler, max_retries: 0}}" +
         retriever + "}" + more + "}";
}

std::string option(const std::string& name) {
  return "{type: RequestOption, inject_into: request_parameter, field_name: " + name + "}";
}

std::string days(const std::string& step) {
  return "{type: DatetimeBasedCursor, cursor_field: at, datetime_format: \"%Y-%m-%d\", "
         "start_datetime: \"2023-12-01\", end_datetime: \"2023-12-31\", step: " +
         step + ", cursor_granularity: P1D, start_time_option: " + option("since") +
         ", end_time_option: " + option("until") + "}";
}

TEST(IsExtension, KnowsOurComponentsAndFields) {
  EXPECT_TRUE(is_extension("IdCursor"));
  EXPECT_TRUE(is_extension("DeclarativeStream", "on_error"));
  EXPECT_FALSE(is_extension("DeclarativeStream"));
  EXPECT_FALSE(is_extension("DeclarativeStream", "name"));
  EXPECT_FALSE(is_extension("HttpResponseFilter", "on_error"));
}

TEST_F(Extensions, ReadTheNewestWindowFirst) {
  imposter_.when("GET", "/items").answer(200, R"([{"at":"2023-12-20"}])");
  const auto made =
      source(once(", incremental_sync: {type: NewestFirst, cursor: " + days("P10D") + "}"));

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(values_of("since"), ElementsAre("2023-12-21", "2023-12-11", "2023-12-01"));
  EXPECT_EQ(to_json(result.state), R"({"at":"2023-12-20"})");
}

TEST_F(Extensions, ShortenWindowsThatTakeTooLong) {
  // Windows of more than five days fail.
  imposter_.when("GET", "/items").answers([](const ReceivedRequest& asked) {
    const auto day = [&](const char* name) { return std::stoi(asked.parameter(name).substr(8)); };
    const bool is_long = day("until") - day("since") >= 5;
    return is_long ? ScriptedAnswer(504)
                   : ScriptedAnswer(200, R"([{"at":")" + asked.parameter("until") + R"("}])");
  });
  const auto made =
      source(once(", incremental_sync: {type: AdaptiveWindow, min_step: P2D, "
                  "cursor: " +
                  days("P20D") + "}"));

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(result.slices, SizeIs(2));
  EXPECT_EQ(to_json(result.state), R"({"at":"2023-12-31"})");
  // Every day was read once, and each window has a checkpoint.
  std::vector<std::string> ends = column(result.sink.rows, "at");
  EXPECT_EQ(std::unique(ends.begin(), ends.end()), ends.end());
  EXPECT_EQ(result.sink.checkpoints.size(), result.sink.rows.size());
}

TEST_F(Extensions, GiveUpOnAWindowThatIsShortEnough) {
  imposter_.when("GET", "/items").answer(504);
  const auto made =
      source(once(", incremental_sync: {type: AdaptiveWindow, min_step: P5D, "
                  "max_tries: 3, cursor: " +
                  days("P20D") + "}"));

  const StreamRead result = run(*made, "items");

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::Unavailable);
  EXPECT_THAT(values_of("until"), ElementsAre("2023-12-20", "2023-12-10", "2023-12-05"));
}

Instant day(const char* text) { return parse_datetime(text).value().instant; }

TEST(AdaptiveWindowsTest, ShrinkGrowAndGoOn) {
  const Micros unit = std::chrono::hours(24);
  const Window whole{day("2024-01-01"), day("2024-01-16")};
  AdaptiveWindows windows({unit, 8}, whole, unit, Value());

  EXPECT_EQ(windows.next(), whole);
  EXPECT_TRUE(windows.shrink());
  EXPECT_TRUE(windows.shrink());
  EXPECT_EQ(windows.next()->end, day("2024-01-04"));
  windows.finish();
  EXPECT_EQ(windows.next(), (Window{day("2024-01-05"), day("2024-01-12")}));

  AdaptiveWindows later({unit, 8}, whole, unit, windows.progress());
  EXPECT_EQ(later.next(), windows.next());
  later.finish();
  EXPECT_EQ(later.next(), (Window{day("2024-01-13"), day("2024-01-16")}));
  later.finish();
  EXPECT_EQ(later.next(), std::nullopt);
  EXPECT_EQ(AdaptiveWindows({unit, 8}, whole, unit, later.progress()).next(), std::nullopt);
}

std::string by_id(const std::string& more = "") {
  return ", incremental_sync: {type: IdCursor, cursor_field: id, id_option: " + option("above") +
         ", page_size_option: " + option("limit") + ", page_sizes: [4, 2, 1]" + more + "}";
}

// What `is_bad` names can not be sent.
HttpImposter::Respond records(bool (*is_bad)(int id),
                              std::vector<int> ids = {1, 2, 3, 10, 11, 20}) {
  return [is_bad, ids = std::move(ids)](const ReceivedRequest& asked) {
    const int above = std::stoi(asked.parameter("above"));
    const std::string end = asked.parameter("until");
    std::size_t limit = std::stoul(asked.parameter("limit"));
    std::string body;
    for (const int id : ids) {
      if (id <= above || limit == 0 || (!end.empty() && id > std::stoi(end))) {
        continue;
      }
      if (is_bad(id)) {
        return ScriptedAnswer(500);
      }
      body += (body.empty() ? "{\"id\":" : ",{\"id\":") + std::to_string(id) + "}";
      --limit;
    }
    return ScriptedAnswer(200, "[" + body + "]");
  };
}

TEST_F(Extensions, ReadByIdAndGoOn) {
  imposter_.when("GET", "/items").answers(records([](int) { return false; }));
  const auto made = source(once(by_id()));

  const StreamRead first = run(*made, "items");

  ASSERT_FALSE(first.error) << first.error->message;
  EXPECT_THAT(column(first.sink.rows, "id"), ElementsAre("1", "2", "3", "10", "11", "20"));
  EXPECT_THAT(values_of("above"), ElementsAre("0", "10", "20"));
  EXPECT_EQ(to_json(first.state), R"({"id":20})");
  const StreamRead second =
      run(*made, {.stream = "items", .incremental = true, .state = Map{{"id", 10}}});
  EXPECT_THAT(column(second.sink.rows, "id"), ElementsAre("11", "20"));
}

TEST_F(Extensions, LeaveARecordBehindThatCanNotBeHad) {
  imposter_.when("GET", "/items").answers(records([](int id) { return id == 10; }));
  const auto made = source(once(by_id()));

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2", "3", "11", "20"));
  ASSERT_THAT(result.sink.rejected, SizeIs(1));
  EXPECT_EQ(result.sink.rejected[0].position, "id above 3, up to 10");
  EXPECT_THAT(result.sink.rejected[0].payload, HasSubstr("/items?above=3&limit=1"));
}

TEST_F(Extensions, FailWhenTooManyRecordsCanNotBeHad) {
  imposter_.when("GET", "/items").answers(records([](int id) { return id == 10; }));
  const auto made = source(once(by_id(", max_rejected: 0")));

  EXPECT_EQ(run(*made, "items").error->code, ErrorCode::Unavailable);
}

TEST_F(Extensions, ReadRangesOfIds) {
  imposter_.when("GET", "/items").answers(records([](int) { return false; }));
  const auto made = source(once(by_id(", range_size: 5, end_id_option: " + option("until"))));

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  ASSERT_THAT(result.slices, SizeIs(4));
  EXPECT_EQ(result.slices[1].id, R"({"end_id":10,"start_id":5})");
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2", "3", "10", "11", "20"));
  EXPECT_EQ(to_json(result.state), R"({"id":20})");
}

// A row that came or went in the meantime must not make other slices of those that are done.
TEST_F(Extensions, FindTheirRangesOfIdsAgainAfterAnInterruption) {
  imposter_.when("GET", "/items").answers(records([](int) { return false; }));
  const auto made = source(once(by_id(", range_size: 5, end_id_option: " + option("until"))));
  const StreamRead first = run(*made, "items");
  imposter_.when("GET", "/items").answers(records([](int) { return false; }, {2, 3, 11, 20}));

  const StreamRead again = run(*made, {.stream = "items", .plan = first.plan});

  ASSERT_THAT(again.slices, SizeIs(3));
  EXPECT_EQ(again.slices[0].id, first.slices[0].id);
  EXPECT_EQ(again.slices[1].id, first.slices[2].id);
}

TEST_F(Extensions, RefuseIdsOutOfOrder) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":2},{"id":1}])");
  const auto made = source(once(by_id()));

  EXPECT_THAT(run(*made, "items").error->message,
              HasSubstr("records are not in the order of id: 1 after 2"));
}

std::string hydrated(const std::string& more = "") {
  return ", hydration: {type: BatchHydration, id_path: [id], batch_size: 2, requester: {type: "
         "HttpRequester, url_base: \"{{ config['url'] }}\", path: details, request_parameters: "
         "{ids: \"{{ stream_slice['ids'] | join('-') }}\"}, error_handler: {type: "
         "DefaultErrorHandler, max_retries: 0}}, record_selector: {type: RecordSelector, "
         "extractor: {type: DpathExtractor, field_path: [list]}}, detail_id_path: [of]" +
         more + "}";
}

TEST_F(Extensions, FetchDetailsForManyIdsAtOnce) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1},{"id":2},{"id":1},{"no":0},{"id":3}])");
  imposter_.when("GET", "/details")
      .with_query("ids", "1-2")
      .answer(200, R"({"list":[{"of":2,"text":"b"},{"of":"1","text":"a"}]})");
  imposter_.when("GET", "/details").with_query("ids", "1-3").answer(200, R"({"list":[]})");
  const auto made = source(once(hydrated(", into: [detail]")));

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(
      column(result.sink.rows, "detail"),
      ElementsAre(R"({"of":"1","text":"a"})", R"({"of":2,"text":"b"})", "null", "null", "null"));
}

TEST_F(Extensions, KeepRecordsWhoseDetailsFail) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1}])");
  imposter_.when("GET", "/details").answer(500, "broken");
  const auto stops = source(once(hydrated()));
  const auto goes_on = source(once(hydrated(", on_error: continue")));

  EXPECT_THAT(run(*stops, "items").error->message, HasSubstr("fetching details"));
  const StreamRead result = run(*goes_on, "items");
  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1"));
  ASSERT_THAT(result.sink.rejected, SizeIs(1));
  EXPECT_EQ(result.sink.rejected[0].payload, "[1]");
}

TEST_F(Extensions, RejectRecordsThatATransformationCanNotCopeWith) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1,"n":"x"},{"id":2,"n":4}])");
  const std::string faulty =
      ", transformations: [{type: AddFields, fields: [{path: [half], value: \"{{ 8 / record['n'] "
      "}}\"}]}]";
  const auto forgives = source(once(faulty));
  const auto goes_on = source(once(faulty + ", on_error: continue"));

  // Without it the template stands for its own text, as in the reference.
  EXPECT_THAT(column(run(*forgives, "items").sink.rows, "half"),
              ElementsAre("{{ 8 / record['n'] }}", "2.0"));
  const StreamRead result = run(*goes_on, "items");
  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("2"));
  ASSERT_THAT(result.sink.rejected, SizeIs(1));
  EXPECT_EQ(result.sink.rejected[0].position, "page 1, record 1");
  EXPECT_EQ(result.sink.rejected[0].payload, R"({"id":1,"n":"x"})");
}

}  // namespace
}  // namespace tendril
