// Streams read part by part: lists, parents, parents of parents.
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
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Partitioned : public SourceFixture {};

// A stream of the API's "/<path>", with further lines of its retriever (indented by four).
std::string stream(const std::string& name, const std::string& path,
                   const std::string& retriever = "", const std::string& requester = "") {
  return "- type: DeclarativeStream\n"
         "  name: " +
         name +
         "\n"
         "  retriever:\n"
         "    type: SimpleRetriever\n"
         "    record_selector:\n"
         "      type: RecordSelector\n"
         "      extractor: {type: DpathExtractor, field_path: []}\n"
         "    requester:\n"
         "      type: HttpRequester\n"
         "      url_base: \"{{ config['url'] }}\"\n"
         "      path: \"" +
         path + "\"\n" + requester + retriever;
}

// `lines`, each with `spaces` more before it.
std::string indented(const std::string& lines, int spaces) {
  std::string result;
  bool at_start = true;
  for (const char c : lines) {
    result += at_start ? std::string(static_cast<std::size_t>(spaces), ' ') : "";
    result += c;
    at_start = c == '\n';
  }
  return result;
}

// A router over the records of `parent`, a stream as above.
std::string substream(const std::string& parent, const std::string& more = "") {
  std::string nested = indented(parent, 10);
  nested.replace(10, 1, " ");  // A member, not a list's element.
  return "    partition_router:\n"
         "      type: SubstreamPartitionRouter\n"
         "      parent_stream_configs:\n"
         "      - type: ParentStreamConfig\n"
         "        parent_key: id\n"
         "        partition_field: parent_id\n" +
         more + "        stream:\n" + nested;
}

TEST_F(Partitioned, ReadsAListOneByOne) {
  imposter_.when("GET", "/items").with_query("team", "red").answer(200, R"([{"id":1}])");
  imposter_.when("GET", "/items").with_query("team", "0").answer(200, R"([{"id":2}])");
  const auto made = source(stream("items", "items",
                                  "    partition_router:\n"
                                  "      type: ListPartitionRouter\n"
                                  "      cursor_field: team\n"
                                  "      values: \"{{ config['teams'] }}\"\n"
                                  "      request_option: {type: RequestOption, inject_into: "
                                  "request_parameter, field_name: team}\n"),
                           Map{{"teams", List{"red", 0}}});

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2"));
  ASSERT_THAT(result.slices, SizeIs(2));
  EXPECT_EQ(result.slices[0].id, R"({"team":"red"})");
}

TEST_F(Partitioned, CombinesRouters) {
  imposter_.when("GET", "/items/*").answer(200, "[]");
  const auto made = source(
      stream("items", "items/{{ stream_partition.a }}/{{ stream_slice['b'] }}",
             "    partition_router:\n"
             "    - {type: ListPartitionRouter, cursor_field: a, values: [\"1\", \"2\"]}\n"
             "    - {type: ListPartitionRouter, cursor_field: b, values: [\"x\", \"y\"]}\n"));

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  std::vector<std::string> paths;
  for (const auto& request : imposter_.requests()) {
    paths.push_back(request.path);
  }
  EXPECT_THAT(paths, ElementsAre("/items/1/x", "/items/1/y", "/items/2/x", "/items/2/y"));
}

const std::string kParent = stream("parents", "parents");

TEST_F(Partitioned, ReadsTheChildrenOfEachParent) {
  imposter_.when("GET", "/parents")
      .answer(200, R"([{"id":1,"org":{"name":"o"}},{"no":2},{"id":3},{"id":1}])");
  imposter_.when("GET", "/parents/1/items").answer(200, R"([{"id":11},{"id":12}])");
  imposter_.when("GET", "/parents/3/items").answer(200, R"([{"id":31}])");
  const auto made =
      source(stream("items", "parents/{{ stream_partition['parent_id'] }}/items",
                    substream(kParent, "        extra_fields: [[org, name], [missing]]\n")) +
             "  transformations:\n"
             "  - type: AddFields\n"
             "    fields:\n"
             "    - {path: [parent], value: \"{{ stream_partition['parent_id'] }}\"}\n"
             "    - {path: [org], value: \"{{ stream_slice.extra_fields['org.name'] }}\"}\n");

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("11", "12", "31"));
  EXPECT_THAT(column(result.sink.rows, "parent"), ElementsAre("1", "1", "3"));
  EXPECT_THAT(column(result.sink.rows, "org").at(0), "o");
  ASSERT_THAT(result.slices, SizeIs(2));
  EXPECT_EQ(result.slices[0].id, R"({"parent_id":1,"parent_slice":{}})");
}

TEST_F(Partitioned, FindsParentsPageByPage) {
  imposter_.when("GET", "/parents").answer(200, R"([{"id":1},{"id":2}])");
  imposter_.when("GET", "/parents").with_query("page", "1").answer(200, R"([{"id":3}])");
  imposter_.when("GET", "/parents").with_query("page", "2").answer(200, "[]");
  imposter_.when("GET", "/items/*").answer(200, "[]");
  const std::string parent = stream(
      "parents", "parents",
      "    paginator:\n"
      "      type: DefaultPaginator\n"
      "      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: "
      "page}\n"
      "      pagination_strategy: {type: PageIncrement}\n");
  const auto made =
      source(stream("items", "items/{{ stream_slice.parent_id }}", substream(parent)));
  const auto reader = made->open({.stream = "items"}, {});

  const auto first = reader.value()->next_slice({});

  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(imposter_.count("/parents"), 1);
  int slices = 1;
  while (reader.value()->next_slice({}).value()) {
    ++slices;
  }
  EXPECT_EQ(slices, 3);
  EXPECT_EQ(imposter_.count("/parents"), 3);
}

TEST_F(Partitioned, ReadsChildrenOfChildren) {
  imposter_.when("GET", "/parents").answer(200, R"([{"id":"a"},{"id":"b"}])");
  imposter_.when("GET", "/parents/a/children").answer(200, R"([{"id":"a1"},{"id":"a2"}])");
  imposter_.when("GET", "/parents/b/children").answer(200, R"([{"id":"b1"}])");
  imposter_.when("GET", "/parents/a/children/a1").answer(200, R"([{"id":1}])");
  imposter_.when("GET", "/parents/a/children/a2").answer(200, R"([{"id":2}])");
  imposter_.when("GET", "/parents/b/children/b1").answer(200, R"([{"id":3}])");
  const std::string children =
      stream("children", "parents/{{ stream_partition.parent_id }}/children", substream(kParent));
  const auto made =
      source(stream("items",
                    "parents/{{ stream_partition.parent_slice.parent_id }}/children/{{ "
                    "stream_partition.parent_id }}",
                    substream(children)));

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2", "3"));
  EXPECT_EQ(result.slices.at(2).id,
            R"({"parent_id":"b1","parent_slice":{"parent_id":"b","parent_slice":{}}})");
}

TEST_F(Partitioned, GoesOnAfterAChildThatIsToBeIgnored) {
  imposter_.when("GET", "/parents").answer(200, R"([{"id":1},{"id":2}])");
  imposter_.when("GET", "/items/1").answer(404, "no such thing");
  imposter_.when("GET", "/items/2").answer(200, R"([{"id":22}])");
  const auto made = source(stream("items", "items/{{ stream_slice.parent_id }}", substream(kParent),
                                  "      error_handler:\n"
                                  "        type: DefaultErrorHandler\n"
                                  "        response_filters:\n"
                                  "        - {type: HttpResponseFilter, http_codes: [404], action: "
                                  "IGNORE}\n"));

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("22"));
  EXPECT_THAT(result.results, SizeIs(2));
}

TEST_F(Partitioned, SaysWhichParentCouldNotBeRead) {
  imposter_.when("GET", "/parents").answer(404, "gone");
  const auto made = source(stream("items", "items", substream(kParent)));

  const StreamRead result = run(*made, "items");

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::NotFound);
  EXPECT_THAT(result.error->message, HasSubstr("reading stream items: reading the parent parents"));
}

TEST_F(Partitioned, FiltersParents) {
  imposter_.when("GET", "/parents").answer(200, R"([{"id":1,"on":false},{"id":2,"on":true}])");
  imposter_.when("GET", "/items/2").answer(200, "[]");
  std::string parent = kParent;
  const std::string extractor = "      extractor:";
  parent.insert(parent.find(extractor),
                "      record_filter: {type: RecordFilter, condition: \"{{ record.on }}\"}\n");
  const auto made =
      source(stream("items", "items/{{ stream_slice.parent_id }}", substream(parent)));

  EXPECT_THAT(run(*made, "items").slices, SizeIs(1));
}

TEST_F(Partitioned, SaysItsPartitionInTheFirstRequestOnlyWhenAskedTo) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1}])");
  imposter_.when("GET", "/items").with_query("page", "1").answer(200, "[]");
  const auto made = source(stream(
      "items", "items",
      "    ignore_stream_slicer_parameters_on_paginated_requests: true\n"
      "    partition_router: {type: ListPartitionRouter, cursor_field: t, values: [red], "
      "request_option: {type: RequestOption, inject_into: request_parameter, field_name: t}}\n"
      "    paginator:\n"
      "      type: DefaultPaginator\n"
      "      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: "
      "page}\n"
      "      pagination_strategy: {type: PageIncrement}\n"));

  ASSERT_FALSE(run(*made, "items").error);
  EXPECT_EQ(imposter_.requests().at(0).target, "/items?t=red");
  EXPECT_EQ(imposter_.requests().at(1).target, "/items?page=1");
}

// A parent that is read incrementally along with its children.
TEST_F(Partitioned, ReadsOnlyChangedParentsWhereChildrenDependOnThem) {
  imposter_.when("GET", "/parents")
      .answer(200, R"([{"id":1,"at":"2024-01-01"},{"id":2,"at":"2024-01-02"}])");
  imposter_.when("GET", "/items/*").answer(200, R"([{"id":5,"at":"2024-01-01"}])");
  const std::string cursor =
      "  incremental_sync:\n"
      "    type: DatetimeBasedCursor\n"
      "    cursor_field: at\n"
      "    datetime_format: \"%Y-%m-%d\"\n"
      "    start_datetime: \"2023-12-01\"\n"
      "    start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: "
      "since}\n";
  const auto made =
      source(stream("items", "items/{{ stream_slice.parent_id }}",
                    substream(kParent + cursor, "        incremental_dependency: true\n")) +
             cursor);

  const StreamRead first = run(*made, "items");

  ASSERT_FALSE(first.error) << first.error->message;
  EXPECT_EQ(to_json(*first.state.find("parent_state")), R"({"parents":{"at":"2024-01-02"}})");
  run(*made, {.stream = "items", .incremental = true, .state = first.state});
  EXPECT_EQ(imposter_.requests("/parents").at(0).parameter("since"), "2023-12-01");
  EXPECT_EQ(imposter_.requests("/parents").at(1).parameter("since"), "2024-01-02");
}

}  // namespace
}  // namespace tendril
