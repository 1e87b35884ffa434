// Partitions in groups and unions, children that come with their parents, and parents that are
// read once for all.
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

class PartitionKinds : public SourceFixture {
 protected:
  std::vector<std::string> targets() const {
    std::vector<std::string> result;
    for (const ReceivedRequest& request : imposter_.requests()) {
      result.push_back(request.target);
    }
    return result;
  }
};

std::string plain(const std::string& name, const std::string& path,
                  const std::string& retriever = "", const std::string& more = "") {
  return "{type: DeclarativeStream, name: " + name +
         ", retriever: {type: SimpleRetriever, record_selector: {type: RecordSelector, extractor: "
         "{type: DpathExtractor, field_path: []}}, requester: {type: HttpRequester, url_base: "
         "\"{{ config['url'] }}\", path: \"" +
         path + "\"}" + retriever + "}" + more + "}";
}

std::string children_of(const std::string& parent, const std::string& more = "") {
  return "{type: SubstreamPartitionRouter, parent_stream_configs: [{type: ParentStreamConfig, "
         "parent_key: id, partition_field: id" +
         more + ", stream: " + parent + "}]}";
}

const std::string kList = "{type: ListPartitionRouter, cursor_field: id, values: [\"1\", b]}";

TEST_F(PartitionKinds, GroupsPartitions) {
  imposter_.when("GET", "/parents")
      .answer(200, R"([{"id":1,"n":"x"},{"id":2},{"id":1},{"id":3,"n":"z"}])");
  imposter_.when("GET", "/items").answer(200, "[]");
  const auto made = source(
      "- " + plain("items",
                   "items?ids={{ stream_partition['id'] | join('-') }}&n={{ "
                   "stream_slice.extra_fields['n'] | join('-') }}",
                   ", partition_router: {type: GroupingPartitionRouter, group_size: 2, "
                   "underlying_partition_router: " +
                       children_of(plain("parents", "parents"), ", extra_fields: [[n]]") + "}"));

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_EQ(result.slices.at(0).id, R"({"id":[1,2],"parent_slice":[{},{}]})");
  EXPECT_EQ(result.slices.at(1).id, R"({"id":[3],"parent_slice":[{}]})");
}

TEST_F(PartitionKinds, KeepsOneStateForGroups) {
  imposter_.when("GET", "/items").answer(200, R"([{"at":"2024-01-01"}])");
  const auto made =
      source("- " + plain("items", "items",
                          ", partition_router: {type: GroupingPartitionRouter, group_size: 5, "
                          "underlying_partition_router: " +
                              kList + "}",
                          ", incremental_sync: {type: DatetimeBasedCursor, cursor_field: at, "
                          "datetime_format: \"%Y-%m-%d\", start_datetime: \"2023-12-01\"}"));

  EXPECT_EQ(to_json(run(*made, "items").state),
            R"({"use_global_cursor":true,"state":{"at":"2024-01-01"},"lookback_window":1})");
}

TEST_F(PartitionKinds, UnitesRoutersAndReadsEachValueOnce) {
  imposter_.when("GET", "/parents").answer(200, R"([{"id":"b"},{"id":"c"}])");
  imposter_.when("GET", "/items/*").answer(200, "[]");
  const auto made =
      source("- " + plain("items", "items/{{ stream_partition['id'] }}",
                          ", partition_router: {type: UnionPartitionRouter, partition_field: id, "
                          "partition_routers: [" +
                              kList + ", " + children_of(plain("parents", "parents")) + "]}"));

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(targets(), ElementsAre("/items/1", "/items/b", "/parents", "/items/c"));
  EXPECT_EQ(result.slices.at(2).id, R"({"id":"c"})");
}

TEST_F(PartitionKinds, RefusesAUnionOfDifferentFields) {
  const auto made = source(
      "- " + plain("items", "items",
                   ", partition_router: {type: UnionPartitionRouter, partition_field: other, "
                   "partition_routers: [" +
                       kList + ", " + kList + "]}"));

  EXPECT_THAT(run(*made, "items").error->message, HasSubstr("partition field is id"));
}

// The parent brings the first page of each child; the pages after it are asked for.
TEST_F(PartitionKinds, TakesTheFirstPageFromTheParent) {
  imposter_.when("GET", "/parents")
      .answer(200, R"([{"id":1,"items":{"data":[{"n":11}],"next":"p2"}},
                       {"id":2,"items":{"data":[{"n":21}]}},{"id":3}])");
  imposter_.when("GET", "/items/1").with_query("page", "p2").answer(200, R"({"data":[{"n":12}]})");
  const auto made = source(
      "- {type: DeclarativeStream, name: items, retriever: {type: SimpleRetriever, "
      "record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: "
      "[data]}}, requester: {type: HttpRequester, url_base: \"{{ config['url'] }}\", path: "
      "\"items/{{ stream_partition.id }}\"}, paginator: {type: DefaultPaginator, "
      "page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}, "
      "pagination_strategy: {type: CursorPagination, cursor_value: \"{{ response.get('next') }}\", "
      "stop_condition: \"{{ not response.get('next') }}\"}}, partition_router: " +
      children_of(plain("parents", "parents"), ", lazy_read_pointer: [items]") + "}}");

  const StreamRead result = run(*made, "items");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "n"), ElementsAre("11", "12", "21"));
  EXPECT_THAT(targets(), ElementsAre("/parents", "/items/1?page=p2"));
}

TEST_F(PartitionKinds, AsksForTheFirstPageOnceThereIsAState) {
  imposter_.when("GET", "/parents").answer(200, R"([{"id":1,"items":[{"at":"2024-01-01"}]}])");
  imposter_.when("GET", "/items/1").answer(200, "[]");
  const auto made =
      source("- " + plain("items", "items/{{ stream_partition.id }}",
                          ", partition_router: " + children_of(plain("parents", "parents"),
                                                               ", lazy_read_pointer: [items]"),
                          ", incremental_sync: {type: DatetimeBasedCursor, cursor_field: at, "
                          "datetime_format: \"%Y-%m-%d\", start_datetime: \"2023-12-01\"}"));

  const StreamRead first = run(*made, "items");
  ASSERT_FALSE(first.error) << first.error->message;
  EXPECT_THAT(column(first.sink.rows, "at"), ElementsAre("2024-01-01"));
  run(*made, {.stream = "items", .incremental = true, .state = first.state});
  EXPECT_THAT(targets(), ElementsAre("/parents", "/parents", "/items/1"));
}

TEST_F(PartitionKinds, ReadsAParentOnceForAllOfARun) {
  imposter_.when("GET", "/parents").answer(200, R"([{"id":1}])");
  imposter_.when("GET", "*").answer(200, "[]");
  const std::string parents = plain("parents", "parents");
  const auto made =
      source("- " + parents + "\n- " +
             plain("items", "items", ", partition_router: " + children_of(parents)) + "\n- " +
             plain("notes", "notes", ", partition_router: " + children_of(parents)));

  for (const char* name : {"parents", "items", "notes"}) {
    ASSERT_FALSE(run(*made, name).error);
  }
  EXPECT_EQ(imposter_.count("/parents"), 1);
  // The next run begins with a stream that was read before.
  ASSERT_FALSE(run(*made, "items").error);
  EXPECT_EQ(imposter_.count("/parents"), 2);
}

TEST_F(PartitionKinds, ReadsAParentAnewWhereTheManifestSaysSo) {
  imposter_.when("GET", "*").answer(200, "[]");
  std::string parents = plain("parents", "parents");
  parents.insert(parents.find("path: \"parents"), "use_cache: false, ");
  const auto made = source("- " + parents + "\n- " +
                           plain("items", "items", ", partition_router: " + children_of(parents)));

  ASSERT_FALSE(run(*made, "parents").error);
  ASSERT_FALSE(run(*made, "items").error);
  EXPECT_EQ(imposter_.count("/parents"), 2);
}

}  // namespace
}  // namespace tendril
