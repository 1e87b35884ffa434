// Streams beside the plain one: under a condition, chosen by state, counted instead of timed, with
// a state of another runtime, or with a cursor that the user chooses.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The clock stands at 2024-01-02T03:04:05Z.
class StreamKinds : public SourceFixture {
 protected:
  std::vector<std::string> targets() const {
    std::vector<std::string> result;
    for (const ReceivedRequest& request : imposter_.requests()) {
      result.push_back(request.target);
    }
    return result;
  }
};

// A stream in flow style, so that it fits anywhere; `more` begins with ", ".
std::string flow_stream(const std::string& name, const std::string& path,
                        const std::string& more = "", const std::string& retriever = "") {
  return "{type: DeclarativeStream, name: " + name +
         ", retriever: {type: SimpleRetriever, record_selector: {type: RecordSelector, extractor: "
         "{type: DpathExtractor, field_path: []}}, requester: {type: HttpRequester, url_base: "
         "\"{{ config['url'] }}\", path: \"" +
         path + "\"}" + retriever + "}" + more + "}";
}

std::string timed(const std::string& more = "") {
  return ", incremental_sync: {type: DatetimeBasedCursor, cursor_field: at, datetime_format: "
         "\"%Y-%m-%d\", start_datetime: \"2023-12-01\", start_time_option: {type: RequestOption, "
         "inject_into: request_parameter, field_name: since}" +
         more + "}";
}

TEST_F(StreamKinds, HasStreamsOnlyUnderTheirCondition) {
  imposter_.when("GET", "/more").answer(200, R"([{"id":1}])");
  const std::string streams = "- " + flow_stream("items", "items") +
                              "\n- type: ConditionalStreams\n"
                              "  condition: \"{{ config['wants_more'] }}\"\n"
                              "  streams:\n"
                              "  - " +
                              flow_stream("more", "more") + "\n";
  const auto with = source(streams, Map{{"wants_more", true}});
  const auto without = source(streams, Map{{"wants_more", false}});

  EXPECT_NE(with->discover({}).value().find("more"), nullptr);
  EXPECT_THAT(column(run(*with, "more").sink.rows, "id"), ElementsAre("1"));
  EXPECT_EQ(without->discover({}).value().find("more"), nullptr);
  EXPECT_EQ(run(*without, "more").error->code, ErrorCode::NotFound);
}

std::string delegating(const std::string& more = "") {
  return "- {type: StateDelegatingStream, name: items" + more +
         ", full_refresh_stream: " + flow_stream("items", "all") +
         ", incremental_stream: " + flow_stream("items", "changes", timed()) + "}\n";
}

TEST_F(StreamKinds, ReadsAnotherStreamOnceThereIsAState) {
  imposter_.when("GET", "/all").answer(200, R"([{"id":1}])");
  imposter_.when("GET", "/changes").answer(200, R"([{"id":2,"at":"2024-01-01"}])");
  const auto made = source(delegating());

  EXPECT_TRUE(made->discover({}).value().find("items")->incremental);
  const StreamRead first = run(*made, "items");
  EXPECT_EQ(to_json(first.state), R"({"__ab_full_refresh_sync_complete":true})");
  const StreamRead second =
      run(*made, {.stream = "items", .incremental = true, .state = first.state});
  EXPECT_EQ(to_json(second.state), R"({"__ab_full_refresh_sync_complete":true,"at":"2024-01-01"})");
  EXPECT_THAT(targets(), ElementsAre("/all", "/changes?since=2023-12-01"));
}

TEST_F(StreamKinds, GoesOnWithTheStreamThatWasChosen) {
  imposter_.when("GET", "*").answer(200, "[]");
  const auto made = source(delegating());
  const StreamRead first = run(*made, "items");

  run(*made, {.stream = "items",
              .incremental = true,
              .state = Map{{"at", "2024-01-01"}},
              .plan = first.plan});

  EXPECT_THAT(targets(), ElementsAre("/all", "/all"));
}

TEST_F(StreamKinds, ReadsAllAgainOnceTheApiHasForgotten) {
  imposter_.when("GET", "*").answer(200, "[]");
  const auto made = source(delegating(", api_retention_period: P10D"));

  run(*made, {.stream = "items", .incremental = true, .state = Map{{"at", "2023-12-31"}}});
  run(*made, {.stream = "items", .incremental = true, .state = Map{{"at", "2023-12-20"}}});

  EXPECT_THAT(targets(), ElementsAre("/changes?since=2023-12-31", "/all"));
}

TEST_F(StreamKinds, RefusesNamesThatDiffer) {
  const auto made = source("- {type: StateDelegatingStream, name: items, full_refresh_stream: " +
                           flow_stream("other", "all") + ", incremental_stream: " +
                           flow_stream("items", "changes", timed()) + "}\n");

  EXPECT_THAT(run(*made, "items").error->message,
              HasSubstr("name must be that of the StateDelegatingStream: items"));
}

TEST_F(StreamKinds, GoesOnByACount) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":7},{"id":"9"},{"id":8},{"id":null}])");
  const auto made =
      source("- " + flow_stream("items", "items",
                                ", incremental_sync: {type: IncrementingCountCursor, "
                                "cursor_field: id, start_value: \"{{ config['from'] "
                                "}}\", start_value_option: {type: RequestOption, "
                                "inject_into: request_parameter, field_name: above}}"),
             Map{{"from", 3}});

  const StreamRead first = run(*made, "items");
  ASSERT_FALSE(first.error) << first.error->message;
  EXPECT_EQ(to_json(first.state), R"({"id":9})");
  run(*made, {.stream = "items", .incremental = true, .state = first.state});
  EXPECT_THAT(targets(), ElementsAre("/items?above=3", "/items?above=9"));
}

TEST_F(StreamKinds, RefusesToCountInPartitions) {
  const auto made = source(
      "- " + flow_stream("items", "items",
                         ", incremental_sync: {type: IncrementingCountCursor, cursor_field: id}",
                         ", partition_router: {type: ListPartitionRouter, cursor_field: t, values: "
                         "[a]}"));

  EXPECT_EQ(run(*made, "items").error->code, ErrorCode::Unsupported);
}

TEST_F(StreamKinds, LetsTheUserChooseTheCursorWhereTheManifestDoes) {
  imposter_.when("GET", "*").answer(200, R"([{"at":"2024-01-01","made":"2023-12-24"}])");
  const auto free = source(
      "- " + flow_stream("items", "items", timed(", allow_catalog_defined_cursor_field: true")));
  const auto fixed = source("- " + flow_stream("items", "items", timed()));

  EXPECT_EQ(to_json(run(*free, StreamRequest{.stream = "items", .cursor_field = "made"}).state),
            R"({"made":"2023-12-24"})");
  EXPECT_EQ(to_json(run(*fixed, StreamRequest{.stream = "items", .cursor_field = "made"}).state),
            R"({"at":"2024-01-01"})");
  EXPECT_TRUE(free->discover({})->streams.at(0).cursor_is_chosen);
  EXPECT_FALSE(fixed->discover({})->streams.at(0).cursor_is_chosen);
}

TEST_F(StreamKinds, MigratesTheStateOfPartitions) {
  imposter_.when("GET", "/parents").answer(200, R"([{"id":1}])");
  imposter_.when("GET", "/items*").answer(200, "[]");
  const auto made = source(
      "- " +
      flow_stream("items", "items/{{ stream_partition.parent }}",
                  timed() + ", state_migrations: [{type: LegacyToPerPartitionStateMigration}]",
                  ", partition_router: {type: SubstreamPartitionRouter, parent_stream_configs: "
                  "[{type: ParentStreamConfig, parent_key: id, partition_field: parent, stream: " +
                      flow_stream("parents", "parents") + "}]}"));
  const Value legacy = parse_json(R"({"7":{"at":"2023-12-24"}})").value();

  const StreamRead result = run(*made, {.stream = "items", .incremental = true, .state = legacy});

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_EQ(to_json(*result.state.find("states")),
            R"([{"partition":{"parent":"7"},"cursor":{"at":"2023-12-24"}},)"
            R"({"partition":{"parent":1,"parent_slice":{}},"cursor":{"at":"2023-12-01"}}])");
}

TEST_F(StreamKinds, ClampsWindowsToWholePeriods) {
  imposter_.when("GET", "*").answer(200, "[]");
  const auto made =
      source("- " + flow_stream("items", "items",
                                timed(", end_time_option: {type: RequestOption, inject_into: "
                                      "request_parameter, field_name: until}, step: P1M, "
                                      "cursor_granularity: P1D, clamping: {target: MONTH}")));

  ASSERT_FALSE(run(*made, "items").error);
  EXPECT_THAT(targets(), ElementsAre("/items?since=2023-12-01&until=2023-12-31"));
}

}  // namespace
}  // namespace tendril
