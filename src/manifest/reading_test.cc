// Streams read over HTTP: requests, pages, columns, and going on inside a slice.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "manifest/slice_copy.h"
#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Reading : public SourceFixture {};

// `retriever` is indented by six.
std::string items(std::string_view retriever, std::string_view rest = "") {
  return "- type: DeclarativeStream\n"
         "  name: items\n"
         "  primary_key: id\n" +
         std::string(rest) +
         "  retriever:\n"
         "    type: SimpleRetriever\n" +
         std::string(retriever) +
         "  schema_loader:\n"
         "    type: InlineSchemaLoader\n"
         "    schema:\n"
         "      type: object\n"
         "      properties:\n"
         "        id: {type: integer}\n"
         "        name: {type: [string, \"null\"]}\n";
}

constexpr std::string_view kSelector =
    "    record_selector:\n"
    "      type: RecordSelector\n"
    "      extractor: {type: DpathExtractor, field_path: [data]}\n";

constexpr std::string_view kRequester =
    "    requester:\n"
    "      type: HttpRequester\n"
    "      url_base: \"{{ config['url'] }}/v1/\"\n"
    "      path: /items\n";

std::string offset_paginator(bool first) {
  return "    paginator:\n"
         "      type: DefaultPaginator\n"
         "      page_token_option: {type: RequestOption, inject_into: request_parameter, "
         "field_name: offset}\n"
         "      page_size_option: {type: RequestOption, inject_into: request_parameter, "
         "field_name: limit}\n"
         "      pagination_strategy: {type: OffsetIncrement, page_size: 2, "
         "inject_on_first_request: " +
         std::string(first ? "true" : "false") + "}\n";
}

TEST_F(Reading, ReadsOnePageIntoColumns) {
  imposter_.when("GET", "/v1/items").answer(200, R"({"data":[{"id":1,"name":"a"},{"id":2}]})");
  const auto made = source(items(std::string(kSelector) + std::string(kRequester)));

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2"));
  EXPECT_THAT(column(result.sink.rows, "name"), ElementsAre("a", "null"));
  EXPECT_THAT(result.slices, SizeIs(1));
  EXPECT_EQ(result.slices[0].id, "all");
  EXPECT_EQ(result.sink.batches.at(0).schema->primary_key, std::vector<std::string>{"id"});
  EXPECT_EQ(result.state, Value());
}

TEST_F(Reading, TakesTextsInQuotesAndNumbersOfHeadersAsTheirValues) {
  imposter_.when("GET", "/v1/items").answer(200, R"({"data":[]})");
  const auto made = source(items(std::string(kSelector) + std::string(kRequester) +
                                 "      request_parameters:\n"
                                 "        filter: \"'[{{ 1 }}]'\"\n"
                                 "        version: \"{{ '1.50' }}\"\n"
                                 "      request_headers: {X-Version: \"{{ '1.50' }}\"}\n"));

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_EQ(imposter_.requests().at(0).target, "/v1/items?filter=%5B1%5D&version=1.50");
  EXPECT_EQ(imposter_.requests().at(0).header("X-Version"), "1.5");
}

TEST_F(Reading, PagesByOffsetUntilAShortPage) {
  imposter_.when("GET", "/v1/items").answer(200, R"({"data":[{"id":1},{"id":2}]})");
  imposter_.when("GET", "/v1/items")
      .with_query("offset", "2")
      .answer(200, R"({"data":[{"id":3}]})");
  const auto made =
      source(items(std::string(kSelector) + std::string(kRequester) + offset_paginator(false)));

  const StreamRead result = run(*made, "items");

  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2", "3"));
  const auto asked = imposter_.requests();
  ASSERT_THAT(asked, SizeIs(2));
  EXPECT_EQ(asked[0].target, "/v1/items?limit=2");
  EXPECT_EQ(asked[1].target, "/v1/items?offset=2&limit=2");
}

TEST_F(Reading, SendsTheFirstOffsetWhenAskedTo) {
  imposter_.when("GET", "/v1/items").answer(200, R"({"data":[]})");
  const auto made =
      source(items(std::string(kSelector) + std::string(kRequester) + offset_paginator(true)));

  EXPECT_THAT(run(*made, "items").sink.rows, IsEmpty());
  EXPECT_EQ(imposter_.requests().at(0).target, "/v1/items?offset=0&limit=2");
}

TEST_F(Reading, PagesByNumberUntilAnEmptyPage) {
  imposter_.when("GET", "/v1/items").answer(200, R"({"data":[{"id":1}]})");
  imposter_.when("GET", "/v1/items").with_query("page", "3").answer(200, R"({"data":[]})");
  const auto made = source(items(std::string(kSelector) + std::string(kRequester) +
                                 "    paginator:\n"
                                 "      type: DefaultPaginator\n"
                                 "      page_token_option: {type: RequestOption, inject_into: "
                                 "request_parameter, field_name: page}\n"
                                 "      pagination_strategy: {type: PageIncrement, "
                                 "start_from_page: 1}\n"));

  EXPECT_THAT(run(*made, "items").sink.rows, SizeIs(2));
  EXPECT_THAT(imposter_.requests(), SizeIs(3));
}

std::string cursor_paginator(std::string_view value, std::string_view stop,
                             std::string_view option) {
  return "    paginator:\n"
         "      type: DefaultPaginator\n"
         "      page_token_option: " +
         std::string(option) +
         "\n"
         "      pagination_strategy:\n"
         "        type: CursorPagination\n"
         "        cursor_value: \"" +
         std::string(value) + "\"\n" +
         (stop.empty() ? "" : "        stop_condition: \"" + std::string(stop) + "\"\n");
}

constexpr std::string_view kAfter =
    "{type: RequestOption, inject_into: request_parameter, field_name: after}";

TEST_F(Reading, PagesByACursorInTheBody) {
  imposter_.when("GET", "/v1/items").answer(200, R"({"data":[{"id":1}],"next":"a/b"})");
  imposter_.when("GET", "/v1/items")
      .with_query("after", "a/b")
      .answer(200, R"({"data":[{"id":2}],"next":null})");
  const auto made = source(items(std::string(kSelector) + std::string(kRequester) +
                                 cursor_paginator("{{ response['next'] }}", "", kAfter)));

  EXPECT_THAT(column(run(*made, "items").sink.rows, "id"), ElementsAre("1", "2"));
}

TEST_F(Reading, PagesByTheLastRecordUntilTheStopCondition) {
  imposter_.when("GET", "/v1/items").answer(200, R"({"data":[{"id":1},{"id":7}],"more":true})");
  imposter_.when("GET", "/v1/items")
      .with_query("after", "7")
      .answer(200, R"({"data":[{"id":9}],"more":false})");
  const auto made =
      source(items(std::string(kSelector) + std::string(kRequester) +
                   cursor_paginator("{{ last_record['id'] }}", "{{ not response.more }}", kAfter)));

  EXPECT_THAT(column(run(*made, "items").sink.rows, "id"), ElementsAre("1", "7", "9"));
}

TEST_F(Reading, LooksAtTheRecordsOfThePageWhereATemplateDoes) {
  imposter_.when("GET", "/v1/items").answer(200, R"({"data":[{"id":1},{"id":7}]})");
  imposter_.when("GET", "/v1/items").with_query("after", "7").answer(200, R"({"data":[]})");
  const auto made = source(items(
      std::string(kSelector) + std::string(kRequester) +
      cursor_paginator("{{ response['data'][-1]['id'] }}", "{{ not response['data'] }}", kAfter)));

  EXPECT_THAT(column(run(*made, "items").sink.rows, "id"), ElementsAre("1", "7"));
}

TEST_F(Reading, FollowsLinksInTheHeader) {
  const std::string next = "<" + imposter_.url("/v1/items?page=2&q=x") + ">; rel=\"next\"";
  imposter_.when("GET", "/v1/items").answer(200, R"({"data":[{"id":1}]})", {{"Link", next}});
  imposter_.when("GET", "/v1/items").with_query("page", "2").answer(200, R"({"data":[{"id":2}]})");
  const auto made = source(items(
      std::string(kSelector) + std::string(kRequester) + "      request_parameters: {q: x}\n" +
      cursor_paginator("{{ headers['link']['next']['url'] }}",
                       "{{ 'next' not in headers['link'] }}", "{type: RequestPath}")));

  EXPECT_THAT(column(run(*made, "items").sink.rows, "id"), ElementsAre("1", "2"));
  EXPECT_EQ(imposter_.requests().at(1).target, "/v1/items?page=2&q=x");
}

TEST_F(Reading, BuildsRequestsFromTemplates) {
  imposter_.when("POST", "/v1/items").answer(200, R"({"data":[]})");
  const auto made =
      source(items(std::string(kSelector) + std::string(kRequester) +
                   "      http_method: POST\n"
                   "      request_parameters:\n"
                   "        fields: \"{{ ['a', 'b'] }}\"\n"
                   "        limit: 10\n"
                   "        absent: \"{{ config['absent'] }}\"\n"
                   "        none: \"{{ config['team'] if not config['team'] else None }}\"\n"
                   "      request_headers: {X-Team: \"{{ config['team'] }}\"}\n"
                   "      request_body_json:\n"
                   "        query: {name: \"{{ config['team'] }}\", tags: [\"x\", 1, true], none: "
                   "\"{{ config['absent'] "
                   "}}\"}\n"
                   "        page_size: \"{{ 5 }}\"\n"),
             Map{{"team", "red"}});

  ASSERT_FALSE(run(*made, "items").error);
  const ReceivedRequest asked = imposter_.requests().at(0);
  EXPECT_EQ(asked.target, "/v1/items?fields=a&fields=b&limit=10&none=None");
  EXPECT_EQ(asked.header("x-team"), "red");
  EXPECT_EQ(asked.header("content-type"), "application/json");
  EXPECT_EQ(asked.body, R"({"query":{"name":"red","tags":["x",1,true]},"page_size":5})");
}

TEST_F(Reading, GoesOnInsideASliceAtThePageThatWasNext) {
  imposter_.when("GET", "/v1/items").answer(200, R"({"data":[{"id":1},{"id":2}]})");
  imposter_.when("GET", "/v1/items")
      .with_query("offset", "2")
      .answer(ScriptedAnswer(404, "gone"))
      .then(200, R"({"data":[{"id":3},{"id":4}]})");
  imposter_.when("GET", "/v1/items").with_query("offset", "4").answer(200, R"({"data":[]})");
  const auto made =
      source(items(std::string(kSelector) + std::string(kRequester) + offset_paginator(false)));
  const StreamRead broken = run(*made, "items");
  ASSERT_TRUE(broken.error);
  ASSERT_THAT(broken.sink.checkpoints, SizeIs(1));
  EXPECT_EQ(broken.sink.checkpoints[0].rows, 2U);
  // As it comes back from where it was stored.
  const Value progress = parse_json(to_json(broken.sink.checkpoints[0].progress)).value();

  const auto reader =
      made->open({.stream = "items", .incremental = false, .state = {}, .plan = broken.plan}, {});
  const auto slice = reader.value()->next_slice({});
  MemorySink rest;
  const auto result = reader.value()->read(**slice, progress, rest, {});

  ASSERT_THAT(result, IsOk());
  EXPECT_EQ((*slice)->id, broken.slices.at(0).id);
  EXPECT_THAT(column(rest.rows, "id"), ElementsAre("3", "4"));
  EXPECT_EQ(imposter_.requests().at(2).target, "/v1/items?offset=2&limit=2");
}

TEST_F(Reading, ReadsNothingOfASliceThatWasFinished) {
  imposter_.when("GET", "/v1/items").answer(200, R"({"data":[{"id":1}]})");
  const auto made = source(items(std::string(kSelector) + std::string(kRequester)));
  const StreamRead first = run(*made, "items");
  const Value progress = first.sink.checkpoints.back().progress;

  const auto reader = made->open({.stream = "items"}, {});
  const auto slice = reader.value()->next_slice({});
  MemorySink rest;

  ASSERT_THAT(reader.value()->read(**slice, progress, rest, {}), IsOk());
  EXPECT_THAT(rest.rows, IsEmpty());
  EXPECT_EQ(imposter_.count(), 1);
}

TEST_F(Reading, FlushesLargeBatchesWithACheckpoint) {
  std::string page = R"({"data":[)";
  for (int i = 0; i < kBatchRows; ++i) {
    page += (i == 0 ? "{\"id\":" : ",{\"id\":") + std::to_string(i) + "}";
  }
  page += "]}";
  imposter_.when("GET", "/v1/items").answer(200, page.replace(page.size() - 1, 1, ",\"next\":2}"));
  imposter_.when("GET", "/v1/items").with_query("after", "2").answer(200, R"({"data":[{"id":0}]})");
  const auto made = source(items(std::string(kSelector) + std::string(kRequester) +
                                 cursor_paginator("{{ response['next'] }}", "", kAfter)));

  const StreamRead result = run(*made, "items");

  ASSERT_THAT(result.sink.batches, SizeIs(2));
  EXPECT_EQ(result.sink.batches[0].row_count(), kBatchRows);
  ASSERT_THAT(result.sink.checkpoints, SizeIs(2));
  EXPECT_EQ(*result.sink.checkpoints[0].progress.find("next_page_token"), Value(2));
}

TEST_F(Reading, NamesStreamPageAndUrlOfBrokenJson) {
  imposter_.when("GET", "/v1/items").answer(200, R"({"data":[{"id":1},{"id":)");
  const auto made = source(items(std::string(kSelector) + std::string(kRequester)));

  const StreamRead result = run(*made, "items");

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::BadData);
  EXPECT_THAT(result.error->message, HasSubstr("reading stream items: reading page 1 of GET " +
                                               imposter_.url("/v1/items")));
  EXPECT_THAT(result.sink.rows, IsEmpty());
}

TEST_F(Reading, RejectsWhatIsNoRecord) {
  imposter_.when("GET", "/v1/items").answer(200, R"({"data":[{"id":1},17,{"id":2}]})");
  const auto made = source(items(std::string(kSelector) + std::string(kRequester)));

  const StreamRead result = run(*made, "items");

  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2"));
  ASSERT_THAT(result.sink.rejected, SizeIs(1));
  EXPECT_EQ(result.sink.rejected[0].position, "page 1, record 2");
  EXPECT_EQ(result.sink.rejected[0].payload, "17");
}

TEST_F(Reading, FiltersAndTransformsRecords) {
  imposter_.when("GET", "/v1/items")
      .answer(200, R"({"data":[{"id":1,"name":"a","x":{"y":1,"z":2}},{"id":2,"name":null},)"
                   R"({"id":0,"name":"c"}]})");
  const auto made = source(
      items("    record_selector:\n"
            "      type: RecordSelector\n"
            "      extractor: {type: DpathExtractor, field_path: [data]}\n"
            "      record_filter: {type: RecordFilter, condition: \"{{ record['id'] < 2 }}\"}\n" +
                std::string(kRequester),
            "  transformations:\n"
            "    - type: AddFields\n"
            "      fields:\n"
            "        - path: [team]\n"
            "          value: \"{{ config['team'] }}\"\n"
            "        - path: [x, sum]\n"
            "          value: \"{{ record['id'] + 1 }}\"\n"
            "        - path: [code]\n"
            "          value: \"{{ record['id'] }}\"\n"
            "          value_type: string\n"
            "    - type: AddFields\n"
            "      condition: \"{{ record['id'] == 0 }}\"\n"
            "      fields: [{path: [zero], value: \"yes\"}]\n"
            "    - type: RemoveFields\n"
            "      field_pointers: [[x, y], [name]]\n"),
      Map{{"team", "red"}});

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "0"));
  EXPECT_THAT(column(result.sink.rows, "team"), ElementsAre("red", "red"));
  EXPECT_THAT(column(result.sink.rows, "x"), ElementsAre(R"({"z":2,"sum":2})", R"({"sum":1})"));
  EXPECT_THAT(column(result.sink.rows, "code"), ElementsAre("1", "0"));
  EXPECT_THAT(column(result.sink.rows, "zero"), ElementsAre("null", "yes"));
  EXPECT_THAT(column(result.sink.rows, "name"), ElementsAre("null", "null"));
}

TEST_F(Reading, GivesTheSameRowsThroughTreesAsThroughColumns) {
  imposter_.when("GET", "/v1/items")
      .answer(200, R"({"data":[{"id":1,"name":"a\u00e9\n","o":{"k":[1,2.5,null]},"b":true},)"
                   R"({"name":null,"id":12345678901234567890,"d":0.1,"e":""},)"
                   R"({"id":-1,"late":[],"d":1e3,"b":false}]})");
  const std::string plain = items(std::string(kSelector) + std::string(kRequester));
  const std::string through_trees =
      items(std::string(kSelector) +
            "      record_filter: {type: RecordFilter, condition: \"{{ True }}\"}\n" +
            std::string(kRequester));

  const StreamRead columns = run(*source(plain), "items");
  const StreamRead trees = run(*source(through_trees), "items");

  ASSERT_THAT(columns.sink.rows, SizeIs(3));
  EXPECT_EQ(columns.sink.rows, trees.sink.rows);
  EXPECT_EQ(*columns.sink.batches.at(0).schema, *trees.sink.batches.at(0).schema);
}

}  // namespace
}  // namespace tendril
