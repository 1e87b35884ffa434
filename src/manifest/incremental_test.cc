// Streams read by time: windows, states, and partitions with a time of their own.
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
using ::testing::SizeIs;

// The clock stands at 2024-01-02T03:04:05Z.
class Incremental : public SourceFixture {};

// `cursor` is indented by four and follows start_datetime.
std::string items(std::string_view cursor, std::string_view retriever = "") {
  return "- type: DeclarativeStream\n"
         "  name: items\n"
         "  primary_key: id\n"
         "  incremental_sync:\n"
         "    type: DatetimeBasedCursor\n"
         "    cursor_field: updated_at\n"
         "    datetime_format: \"%Y-%m-%dT%H:%M:%SZ\"\n"
         "    start_datetime: \"{{ config['start'] }}\"\n" +
         std::string(cursor) +
         "  retriever:\n"
         "    type: SimpleRetriever\n"
         "    record_selector:\n"
         "      type: RecordSelector\n"
         "      extractor: {type: DpathExtractor, field_path: []}\n"
         "    requester:\n"
         "      type: HttpRequester\n"
         "      url_base: \"{{ config['url'] }}\"\n"
         "      path: \"items{{ '/' + stream_partition['team'] if stream_partition.team }}\"\n" +
         std::string(retriever) +
         "  schema_loader:\n"
         "    type: InlineSchemaLoader\n"
         "    schema: {type: object, properties: {id: {type: integer}, updated_at: {type: string, "
         "format: date-time}}}\n";
}

constexpr std::string_view kOptions =
    "    start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: "
    "since}\n"
    "    end_time_option: {type: RequestOption, inject_into: request_parameter, field_name: "
    "until}\n";

constexpr std::string_view kDaily =
    "    step: P1D\n"
    "    cursor_granularity: PT1S\n";

const Map kConfig{{"start", "2024-01-01T00:00:00Z"}};

std::string since(const std::string& text) { return R"({"updated_at":")" + text + R"("})"; }

StreamRequest with_state(const std::string& json) {
  return {.stream = "items", .incremental = true, .state = parse_json(json).value()};
}

std::vector<std::string> targets(const HttpImposter& imposter) {
  std::vector<std::string> result;
  for (const ReceivedRequest& request : imposter.requests()) {
    result.push_back(url_decode(request.target));
  }
  return result;
}

TEST_F(Incremental, AsksForWindowsThatTileTheTimeUntilNow) {
  imposter_.when("GET", "/items").answer(200, "[]");
  const auto made = source(items(std::string(kOptions) + std::string(kDaily)), kConfig);

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(targets(imposter_),
              ElementsAre("/items?since=2024-01-01T00:00:00Z&until=2024-01-01T23:59:59Z",
                          "/items?since=2024-01-02T00:00:00Z&until=2024-01-02T03:04:05Z"));
}

TEST_F(Incremental, KeepsTheTimeOfTheLatestRecord) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1,"updated_at":"2024-01-01T10:00:00Z"},
      {"id":2,"updated_at":"2024-01-01T12:00:00+01:00"},{"id":3,"updated_at":null},{"id":4}])");
  const auto made = source(items(kOptions), kConfig);

  const StreamRead first = run(*made, "items");

  EXPECT_THAT(first.sink.rows, SizeIs(4));
  EXPECT_EQ(to_json(first.state), since("2024-01-01T11:00:00Z"));
  const StreamRead second = run(*made, with_state(to_json(first.state)));
  EXPECT_EQ(targets(imposter_).back(),
            "/items?since=2024-01-01T11:00:00Z&until=2024-01-02T03:04:05Z");
}

TEST_F(Incremental, KeepsNoTimeAfterTheStartOfTheRun) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1,"updated_at":"2030-01-01T00:00:00Z"}])");
  const auto made = source(items(kOptions), kConfig);

  EXPECT_EQ(to_json(run(*made, "items").state), since("2024-01-02T03:04:05Z"));
}

TEST_F(Incremental, KeepsTheOldTimeOrTheStartWithoutRecords) {
  imposter_.when("GET", "/items").answer(200, "[]");
  const auto made = source(items(kOptions), kConfig);

  EXPECT_EQ(to_json(run(*made, "items").state), since("2024-01-01T00:00:00Z"));
  EXPECT_EQ(to_json(run(*made, with_state(since("2024-01-01T09:00:00Z"))).state),
            since("2024-01-01T09:00:00Z"));
}

TEST_F(Incremental, LooksBackFromTheStateButNotBeforeTheStart) {
  imposter_.when("GET", "/items").answer(200, "[]");
  const auto made = source(items(std::string(kOptions) + "    lookback_window: PT6H\n"), kConfig);

  const StreamRead near = run(*made, with_state(since("2024-01-01T02:00:00Z")));
  const StreamRead far = run(*made, with_state(since("2024-01-01T10:00:00Z")));

  EXPECT_THAT(targets(imposter_).at(0), HasSubstr("since=2024-01-01T00:00:00Z"));
  EXPECT_THAT(targets(imposter_).at(1), HasSubstr("since=2024-01-01T04:00:00Z"));
  EXPECT_EQ(to_json(far.state), since("2024-01-01T10:00:00Z"));
}

TEST_F(Incremental, PlansTheSameSlicesAgainAfterAnInterruption) {
  imposter_.when("GET", "/items").answer(200, "[]");
  const auto made = source(items(std::string(kOptions) + std::string(kDaily)), kConfig);
  const StreamRead first = run(*made, "items");
  clock_.advance(std::chrono::hours(30));

  const StreamRead again = run(*made, {.stream = "items", .plan = first.plan});

  ASSERT_THAT(again.slices, SizeIs(2));
  EXPECT_EQ(again.slices[0].id, first.slices[0].id);
  EXPECT_EQ(again.slices[1].id, first.slices[1].id);
}

TEST_F(Incremental, ReadsAllAgainInAFullRefresh) {
  imposter_.when("GET", "/items").answer(200, "[]");
  const auto made = source(items(kOptions), kConfig);
  StreamRequest request = with_state(since("2024-01-01T09:00:00Z"));
  request.incremental = false;

  const StreamRead result = run(*made, request);

  EXPECT_THAT(targets(imposter_).at(0), HasSubstr("since=2024-01-01T00:00:00Z"));
}

TEST_F(Incremental, ReadsOtherFormatsOfRecords) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1,"updated_at":1704103200}])");
  const auto made =
      source(items(std::string(kOptions) + "    cursor_datetime_formats: [\"%s\"]\n"), kConfig);

  EXPECT_EQ(to_json(run(*made, "items").state), since("2024-01-01T10:00:00Z"));
}

TEST_F(Incremental, WarnsOfTimesThatCanNotBeRead) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1,"updated_at":"yesterday"}])");
  const auto made = source(items(kOptions), kConfig);

  EXPECT_EQ(to_json(run(*made, "items").state), since("2024-01-01T00:00:00Z"));
  EXPECT_THAT(lines_.lines.back(), HasSubstr("yesterday"));
}

TEST_F(Incremental, NamesTheSettingThatIsNoDate) {
  const auto made = source(items(kOptions), Map{{"start", "soon"}});

  const StreamRead result = run(*made, "items");

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::InvalidConfig);
  EXPECT_THAT(result.error->message, HasSubstr("config['start']"));
}

TEST_F(Incremental, HonoursLimitsOfDates) {
  imposter_.when("GET", "/items").answer(200, "[]");
  const std::string cursor = std::string(kOptions) +
                             "    end_datetime:\n"
                             "      type: MinMaxDatetime\n"
                             "      datetime: \"{{ now_utc().strftime('%Y-%m-%dT%H:%M:%SZ') }}\"\n"
                             "      max_datetime: \"2024-01-01T12:00:00Z\"\n";
  const auto made = source(items(cursor), kConfig);

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(targets(imposter_).at(0), HasSubstr("until=2024-01-01T12:00:00Z"));
}

TEST_F(Incremental, ReadsAFeedUntilKnownRecords) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":9,"updated_at":"2024-01-01T20:00:00Z"},
                       {"id":8,"updated_at":"2024-01-01T19:00:00Z"}])");
  imposter_.when("GET", "/items")
      .with_query("page", "1")
      .answer(200, R"([{"id":7,"updated_at":"2024-01-01T12:00:00Z"},
                       {"id":6,"updated_at":"2024-01-01T08:00:00Z"}])");
  const auto made = source(items("    is_data_feed: true\n",
                                 "    paginator:\n"
                                 "      type: DefaultPaginator\n"
                                 "      page_token_option: {type: RequestOption, inject_into: "
                                 "request_parameter, field_name: page}\n"
                                 "      pagination_strategy: {type: PageIncrement}\n"),
                           kConfig);

  const StreamRead result = run(*made, with_state(since("2024-01-01T10:00:00Z")));

  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("9", "8", "7"));
  EXPECT_THAT(imposter_.requests(), SizeIs(2));
  EXPECT_EQ(to_json(result.state), since("2024-01-01T20:00:00Z"));
}

TEST_F(Incremental, DropsOldRecordsWhereTheApiCanNot) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1,"updated_at":"2024-01-01T09:00:00Z"},
      {"id":2,"updated_at":"2024-01-01T10:00:00Z"},{"id":3,"updated_at":"2024-01-01T11:00:00Z"},
      {"id":4}])");
  const auto made = source(items("    is_client_side_incremental: true\n"), kConfig);

  const StreamRead result = run(*made, with_state(since("2024-01-01T10:00:00Z")));

  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("2", "3", "4"));
}

constexpr std::string_view kTeams =
    "    partition_router: {type: ListPartitionRouter, cursor_field: team, values: [red, blue]}\n";

TEST_F(Incremental, KeepsATimeForEachPartition) {
  imposter_.when("GET", "/items/red")
      .answer(200, R"([{"id":1,"updated_at":"2024-01-01T10:00:00Z"}])");
  imposter_.when("GET", "/items/blue").answer(200, "[]");
  const auto made = source(items(kOptions, kTeams), kConfig);

  const StreamRead first = run(*made, "items");

  ASSERT_FALSE(first.error) << first.error->message;
  EXPECT_EQ(to_json(first.state),
            R"({"use_global_cursor":false,"states":[)"
            R"({"partition":{"team":"red"},"cursor":{"updated_at":"2024-01-01T10:00:00Z"}},)"
            R"({"partition":{"team":"blue"},"cursor":{"updated_at":"2024-01-01T00:00:00Z"}}],)"
            R"("state":{"updated_at":"2024-01-01T10:00:00Z"},"lookback_window":1})");
  const StreamRead second = run(*made, with_state(to_json(first.state)));
  EXPECT_THAT(targets(imposter_).at(2), HasSubstr("/items/red?since=2024-01-01T10:00:00Z"));
  EXPECT_THAT(targets(imposter_).at(3), HasSubstr("/items/blue?since=2024-01-01T00:00:00Z"));
}

TEST_F(Incremental, StartsANewPartitionFromTheStateOfAllLessTheTimeOfTheLastRun) {
  imposter_.when("GET", "/items/*").answer(200, "[]");
  const auto made = source(items(kOptions, kTeams), kConfig);

  const StreamRead result = run(*made, with_state(R"({"states":[{"partition":{"team":"red"},
      "cursor":{"updated_at":"2024-01-01T10:00:00Z"}}],
      "state":{"updated_at":"2024-01-01T10:00:00Z"},"lookback_window":60})"));

  EXPECT_THAT(targets(imposter_).at(1), HasSubstr("/items/blue?since=2024-01-01T09:59:00Z"));
}

TEST_F(Incremental, SharesOneTimeWhereTheManifestSaysSo) {
  imposter_.when("GET", "/items/red")
      .answer(200, R"([{"id":1,"updated_at":"2024-01-01T10:00:00Z"}])");
  imposter_.when("GET", "/items/blue").answer(200, "[]");
  const auto made =
      source(items(std::string(kOptions) + "    global_substream_cursor: true\n", kTeams), kConfig);

  const StreamRead first = run(*made, "items");

  EXPECT_EQ(to_json(first.state),
            R"({"use_global_cursor":true,"state":{"updated_at":"2024-01-01T10:00:00Z"},)"
            R"("lookback_window":1})");
  const StreamRead second = run(*made, with_state(to_json(first.state)));
  EXPECT_THAT(targets(imposter_).at(3), HasSubstr("/items/blue?since=2024-01-01T09:59:59Z"));
}

TEST_F(Incremental, RefusesAStateWhoseTimeCanNotBeRead) {
  const auto made = source(items(kOptions), kConfig);

  const StreamRead result = run(*made, with_state(since("never")));

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::BadData);
}

}  // namespace
}  // namespace tendril
