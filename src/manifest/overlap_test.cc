// Overlap and load modes: our own additions to how a stream is read over many runs.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/encoding.h"
#include "data/json.h"
#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// The clock stands at 2024-01-02T03:04:05Z.
class Overlap : public SourceFixture {
 protected:
  std::vector<std::string> asked(const std::string& parameter) const {
    std::vector<std::string> result;
    for (const ReceivedRequest& request : imposter_.requests()) {
      result.push_back(request.parameter(parameter));
    }
    return result;
  }

  StreamRead go_on(Source& source, const StreamRead& before) {
    return run(source, {.stream = "items", .incremental = true, .state = before.state});
  }

  // What a stream has logged of something.
  std::vector<std::string> warnings(const std::string& part) const {
    std::vector<std::string> found;
    for (const std::string& line : lines_.lines) {
      if (line.find(part) != std::string::npos) {
        found.push_back(line);
      }
    }
    return found;
  }
};

std::string option(const std::string& name) {
  return "{type: RequestOption, inject_into: request_parameter, field_name: " + name + "}";
}

std::string items(const std::string& more) {
  return "- {type: DeclarativeStream, name: items, primary_key: id, retriever: {type: "
         "SimpleRetriever, record_selector: {type: RecordSelector, extractor: {type: "
         "DpathExtractor, field_path: []}}, requester: {type: HttpRequester, url_base: "
         "\"{{ config['url'] }}\", path: items, error_handler: {type: DefaultErrorHandler, "
         "max_retries: 0}}}" +
         more + "}";
}

std::string by_time(const std::string& more, const std::string& start = "2024-01-01T00:00:00Z") {
  return "{type: DatetimeBasedCursor, cursor_field: at, datetime_format: "
         "\"%Y-%m-%dT%H:%M:%SZ\", cursor_granularity: PT1S, start_datetime: \"" +
         start + "\", start_time_option: " + option("since") +
         ", end_time_option: " + option("until") + more + "}";
}

std::string overlapping(const std::string& cursor, const std::string& more = ", overlap: PT1H") {
  return ", incremental_sync: {type: Overlap" + more + ", cursor: " + cursor + "}";
}

Value since(const std::string& text) { return Map{{"at", text}}; }

TEST_F(Overlap, ReadsBelowTheStateAgainAndLeavesOutWhatIsKnown) {
  imposter_.when("GET", "/items")
      .answer(200, R"([{"id":1,"at":"2024-01-01T10:00:00Z"},{"id":2,"at":"2024-01-01T12:00:00Z"}])")
      .then(200, R"([{"id":3,"at":"2024-01-01T11:30:00Z"},{"id":2,"at":"2024-01-01T12:00:00Z"},
                     {"id":4,"at":"2024-01-01T12:00:00Z"}])");
  const auto made = source(items(overlapping(by_time(""))));

  const StreamRead first = run(*made, "items");
  const StreamRead second = go_on(*made, first);

  ASSERT_FALSE(second.error) << second.error->message;
  EXPECT_EQ(asked("since").at(1), "2024-01-01T11:00:00Z");
  EXPECT_THAT(column(second.sink.rows, "id"), ElementsAre("3", "4"));
  EXPECT_EQ(*second.state.find("at"), Value("2024-01-01T12:00:00Z"));
}

TEST_F(Overlap, TakesANewVersionOfTheSameTime) {
  imposter_.when("GET", "/items")
      .answer(200, R"([{"id":1,"at":"2024-01-01T10:00:00Z","name":"a"}])")
      .then(200, R"([{"id":1,"at":"2024-01-01T10:00:00Z","name":"b"}])");
  const auto made = source(items(overlapping(by_time(""))));

  const StreamRead second = go_on(*made, run(*made, "items"));
  const StreamRead third = go_on(*made, second);

  EXPECT_THAT(column(second.sink.rows, "name"), ElementsAre("b"));
  EXPECT_THAT(third.sink.rows, IsEmpty());
}

// Requirement I15.
TEST_F(Overlap, GoesOnFromTheStateAfterAPauseLongerThanTheStartReachesBack) {
  imposter_.when("GET", "/items").answer(200, "[]");
  const std::string start = "{{ day_delta(-1, format='%Y-%m-%dT%H:%M:%SZ') }}";
  const auto made = source(items(overlapping(by_time("", start))));
  StreamRead before;
  before.state = since("2023-12-20T00:00:00Z");

  const StreamRead after = go_on(*made, before);
  const StreamRead later = go_on(*made, after);

  EXPECT_THAT(asked("since"), ElementsAre("2023-12-20T00:00:00Z", "2023-12-20T00:00:00Z"));
  EXPECT_EQ(*later.state.find("at"), Value("2023-12-20T00:00:00Z"));
}

TEST_F(Overlap, NeverReadsBeforeTheFirstStart) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1,"at":"2024-01-01T00:10:00Z"}])");
  const auto made = source(items(overlapping(by_time(""))));

  go_on(*made, run(*made, "items"));

  EXPECT_THAT(asked("since"), ElementsAre("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"));
}

TEST_F(Overlap, ComesDownFromAStateInTheFuture) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1,"at":"2024-01-02T01:00:00Z"}])");
  const auto made = source(items(overlapping(by_time(""))));
  StreamRead before;
  before.state = since("2030-01-01T00:00:00Z");

  const StreamRead after = go_on(*made, before);

  EXPECT_THAT(asked("since"), ElementsAre("2024-01-02T02:04:05Z"));
  EXPECT_EQ(*after.state.find("at"), Value("2024-01-02T03:04:05Z"));
  EXPECT_THAT(after.sink.rows, SizeIs(1));
}

// Requirement I12: what changes during the run may have a time before that of the last record.
TEST_F(Overlap, StaysAtTheStartOfARunThatReadsIntoTheFuture) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1,"at":"2024-01-02T05:00:00Z"}])");
  const auto made = source(items(overlapping(by_time(", end_datetime: \"2024-01-03T00:00:00Z\""))));

  const StreamRead result = run(*made, "items");

  EXPECT_EQ(*result.state.find("at"), Value("2024-01-02T03:04:05Z"));
  EXPECT_THAT(go_on(*made, result).sink.rows, IsEmpty());
}

TEST_F(Overlap, KeepsTheEdgeOfEachPartition) {
  imposter_.when("GET", "/items").answers([](const ReceivedRequest& request) {
    return ScriptedAnswer(
        200, R"([{"id":")" + request.parameter("team") + R"(","at":"2024-01-01T10:00:00Z"}])");
  });
  std::string stream = items(overlapping(by_time("")));
  const std::string place = "type: SimpleRetriever, ";
  stream.insert(stream.find(place) + place.size(),
                "partition_router: {type: ListPartitionRouter, cursor_field: team, values: [red, "
                "blue], request_option: " +
                    option("team") + "}, ");
  const auto made = source(stream);

  const StreamRead first = run(*made, "items");
  const StreamRead second = go_on(*made, first);

  EXPECT_THAT(first.sink.rows, SizeIs(2));
  ASSERT_FALSE(second.error) << second.error->message;
  EXPECT_THAT(second.sink.rows, IsEmpty());
}

TEST_F(Overlap, KnowsAfterAnInterruptionWhatItLeftOut) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1,"at":"2024-01-01T10:00:00Z"}])");
  const auto made = source(items(overlapping(by_time(""))));
  const StreamRead first = run(*made, "items");

  const Value progress = first.sink.checkpoints.back().progress;
  const auto reader = made->open({.stream = "items", .plan = first.plan}, {}).value();
  const auto slice = reader->next_slice({}).value();
  MemorySink sink;
  const Value result = reader->read(*slice, progress, sink, {}).value();

  EXPECT_THAT(sink.rows, IsEmpty());
  EXPECT_EQ(result, first.results.at(0).result);
}

TEST_F(Overlap, LosesNothingBeyondItsLimitButSaysThatRecordsComeTwice) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1,"at":"2024-01-01T10:00:00Z"},
      {"id":2,"at":"2024-01-01T10:00:00Z"},{"id":3,"at":"2024-01-01T10:00:00Z"}])");
  const auto made = source(items(overlapping(by_time(""), ", max_remembered: 2")));

  const StreamRead second = go_on(*made, run(*made, "items"));

  EXPECT_THAT(second.sink.rows, SizeIs(1));
  EXPECT_THAT(warnings("than are remembered"), Not(IsEmpty()));
}

TEST_F(Overlap, CountsIdsToo) {
  imposter_.when("GET", "/items")
      .answer(200, R"([{"id":7},{"id":9}])")
      .then(200, "[]")
      .then(200, R"([{"id":7},{"id":8},{"id":9}])")
      .then(200, "[]");
  const std::string cursor =
      "{type: IdCursor, cursor_field: id, id_option: " + option("above") + ", page_sizes: [100]}";
  const auto made = source(items(overlapping(cursor, ", overlap: \"5\"")));

  const StreamRead second = go_on(*made, run(*made, "items"));

  ASSERT_FALSE(second.error) << second.error->message;
  EXPECT_THAT(asked("above"), ElementsAre("0", "9", "4", "9"));
  EXPECT_THAT(column(second.sink.rows, "id"), ElementsAre("8"));
}

TEST_F(Overlap, RefusesWhatIsNoSpan) {
  for (const std::string more : {", overlap: P1M", ", overlap: soon", ", max_remembered: -1"}) {
    const auto made = try_source(items(overlapping(by_time(""), more)));
    ASSERT_THAT(made, IsOk());

    const StreamRead result = run(**made, "items");

    ASSERT_TRUE(result.error) << more;
    EXPECT_EQ(result.error->code, ErrorCode::InvalidConfig);
  }
}

class PlainCursor : public Overlap {};

TEST_F(PlainCursor, WarnsOfAStateBeforeTheStart) {
  imposter_.when("GET", "/items").answer(200, "[]");
  const auto made = source(items(", incremental_sync: " + by_time("")));
  StreamRead before;
  before.state = since("2023-12-20T00:00:00Z");

  go_on(*made, before);

  EXPECT_THAT(asked("since"), ElementsAre("2024-01-01T00:00:00Z"));
  EXPECT_THAT(warnings("before the start"), SizeIs(1));
}

TEST_F(PlainCursor, WarnsOfAStateInTheFuture) {
  const auto made = source(items(", incremental_sync: " + by_time("")));
  StreamRead before;
  before.state = since("2030-01-01T00:00:00Z");

  go_on(*made, before);

  EXPECT_THAT(warnings("in the future"), SizeIs(1));
}

// A gap before all that was read holds records older than those.
TEST_F(PlainCursor, KeepsTheRecordsOfAGapWhereTheApiCanNotFilter) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1,"at":"2024-01-01T01:00:00Z"}])");
  const auto made = source(
      items(", incremental_sync: " + by_time(", step: P1D, is_client_side_incremental: true")));
  StreamRead before;
  before.state = parse_json(R"({"state_type":"date-range","slices":[
      {"start":"2024-01-02T00:00:00Z","end":"2024-01-02T02:00:00Z"}]})")
                     .value();

  const StreamRead result = go_on(*made, before);

  EXPECT_THAT(column(result.sink.rows, "id"), Not(IsEmpty()));
}

class LoadModes : public Overlap {};

TEST_F(LoadModes, ReadTheWholeStreamEachTime) {
  imposter_.when("GET", "/items").answer(200, "[]");
  const auto made = source(items(", load_mode: full, incremental_sync: " + by_time("")));

  const Catalog catalog = made->discover({}).value();

  EXPECT_FALSE(catalog.streams.at(0).incremental);
}

TEST_F(LoadModes, ReadInReverse) {
  imposter_.when("GET", "/items").answer(200, "[]");
  const auto made =
      source(items(", load_mode: reverse, incremental_sync: " + by_time(", step: PT12H")));

  run(*made, "items");

  EXPECT_THAT(asked("since"),
              ElementsAre("2024-01-02T00:00:00Z", "2024-01-01T12:00:00Z", "2024-01-01T00:00:00Z"));
}

TEST_F(LoadModes, ReverseNeedsWindows) {
  for (const std::string& more : {std::string(), ", incremental_sync: " + by_time("")}) {
    const auto made = source(items(", load_mode: reverse" + more));

    const StreamRead result = run(*made, "items");

    ASSERT_TRUE(result.error);
    EXPECT_THAT(result.error->message, HasSubstr("in reverse needs"));
  }
}

// The newest records come in the first run; each run after reads what is new, and a part of the
// past, until it has all of it.
TEST_F(LoadModes, ReadThePastInPartsWhileTheNewComesIn) {
  imposter_.when("GET", "/items").answers([](const ReceivedRequest& request) {
    return ScriptedAnswer(200, R"([{"id":1,"at":")" + request.parameter("since") + R"("}])");
  });
  const auto made =
      source(items(", incremental_sync: {type: NewestFirst, windows_per_run: 2, "
                   "cursor: " +
                   by_time(", step: PT6H") + "}"));

  const StreamRead first = run(*made, "items");
  clock_.advance(std::chrono::hours(1));
  const StreamRead second = go_on(*made, first);
  const StreamRead third = go_on(*made, second);

  EXPECT_EQ(to_json(first.state),
            R"({"state_type":"date-range","slices":[{"start":"2024-01-01T18:00:00Z",)"
            R"("end":"2024-01-02T00:00:00Z","most_recent_cursor_value":"2024-01-02T00:00:00Z"}]})");
  EXPECT_THAT(asked("since"),
              ElementsAre("2024-01-02T00:00:00Z", "2024-01-01T18:00:00Z",  // First.
                          "2024-01-02T00:00:00Z", "2024-01-01T12:00:00Z",  // Second.
                          "2024-01-01T06:00:00Z", "2024-01-02T00:00:00Z",  // Third.
                          "2024-01-01T00:00:00Z"));
  EXPECT_EQ(to_json(third.state), R"({"at":"2024-01-02T00:00:00Z"})");
}

TEST_F(LoadModes, GoOnWithTheSameWindowsAfterAnInterruption) {
  imposter_.when("GET", "/items").answer(200, "[]");
  const auto made =
      source(items(", incremental_sync: {type: NewestFirst, windows_per_run: 2, "
                   "cursor: " +
                   by_time(", step: PT6H") + "}"));
  const StreamRead first = run(*made, "items");
  clock_.advance(std::chrono::hours(30));

  const StreamRead again = run(*made, {.stream = "items", .plan = first.plan});

  ASSERT_THAT(again.slices, SizeIs(2));
  EXPECT_EQ(again.slices[0].id, first.slices[0].id);
  EXPECT_EQ(again.slices[1].id, first.slices[1].id);
}

}  // namespace
}  // namespace tendril
