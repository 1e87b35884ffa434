// Requests that name the properties they want.
#include "manifest/property_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using Names = std::vector<std::string>;

TEST(PropertyGroups, DivideByNumberAndByLength) {
  const Names names{"a", "bb", "ccc"};
  const std::set<std::string> selected{"a", "ccc"};
  EXPECT_THAT((PropertyGroups{{"id"}, 2, false}.divide(names, std::nullopt, true)),
              ElementsAre(Names{"id", "a", "bb"}, Names{"id", "ccc"}));
  EXPECT_THAT((PropertyGroups{{}, 9, true}.divide(names, std::nullopt, true)),
              ElementsAre(Names{"a", "bb"}, Names{"ccc"}));
  EXPECT_THAT((PropertyGroups{{"id"}, 1, false}.divide(names, selected, true)),
              ElementsAre(Names{"id", "a"}, Names{"id", "ccc"}));
  EXPECT_THAT((PropertyGroups{{"id"}, 0, false}.divide(names, selected, true)),
              ElementsAre(Names{"a", "bb", "ccc", "id"}));
  EXPECT_THAT((PropertyGroups{{"id"}, 0, false}.divide(names, selected, false)),
              ElementsAre(Names{"id", "a", "ccc"}));
}

class PropertyQueries : public SourceFixture {
 protected:
  StreamRead read(const std::string& requester, const std::string& paginator = "") {
    source_ = source(
        "- type: DeclarativeStream\n"
        "  name: items\n"
        "  primary_key: id\n"
        "  retriever:\n"
        "    type: SimpleRetriever\n"
        "    requester: {type: HttpRequester, url_base: \"{{ config['url'] }}/\", path: items, " +
        requester +
        "}\n"
        "    record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: "
        "[d]}}\n" +
        paginator +
        "  schema_loader: {type: InlineSchemaLoader, schema: {properties: {id: {}, A: {}, c: "
        "{}}}}\n");
    return run(*source_, "items");
  }

  std::unique_ptr<Source> source_;
};

TEST_F(PropertyQueries, AskInGroupsAndMergeTheAnswers) {
  imposter_.when("GET", "/items")
      .with_query("props", "id,a,b")
      .answer(200, R"({"d":[{"id":1,"p":{"a":1}},{"id":2,"p":{"a":2}},{"n":9}]})");
  imposter_.when("GET", "/items")
      .with_query("props", "id,c")
      .answer(200, R"({"d":[{"id":2,"p":{"c":5}},{"id":1,"p":{"c":4}}]})");

  const StreamRead result = read(
      "request_parameters: {x: y, props: {type: QueryProperties, property_list: [a, b, c], "
      "always_include_properties: [id], property_chunking: {type: PropertyChunking, "
      "property_limit_type: property_count, property_limit: 2}}}");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("null", "1", "2"));
  EXPECT_THAT(column(result.sink.rows, "p"),
              ElementsAre("null", R"({"a":1,"c":4})", R"({"a":2,"c":5})"));
  EXPECT_EQ(imposter_.requests().at(0).parameter("x"), "y");
}

TEST_F(PropertyQueries, AskAnEndpointForTheProperties) {
  imposter_.when("GET", "/fields").answer(200, R"([{"n":{"k":"a"}},{"n":{"k":"c"}}])");
  imposter_.when("GET", "/items").answer(200, R"({"d":[{"id":1}]})").then(200, R"({"d":[]})");

  const StreamRead result = read(
      "request_parameters: {f: \"{{ stream_partition.extra_fields['query_properties'] | join('+') "
      "}}\"}, query_properties: {type: QueryProperties, property_list: {type: "
      "PropertiesFromEndpoint, property_field_path: [n, k], retriever: {requester: {url_base: "
      "\"{{ config['url'] }}\", path: fields}, record_selector: {extractor: {field_path: []}}}}}",
      "    paginator: {type: DefaultPaginator, page_token_option: {type: RequestOption, "
      "inject_into: request_parameter, field_name: page}, pagination_strategy: {type: "
      "PageIncrement}}\n");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_EQ(imposter_.count("/fields"), 1) << "the list is asked for once";
  ASSERT_THAT(imposter_.requests("/items"), SizeIs(2));
  EXPECT_EQ(imposter_.requests("/items").at(0).parameter("f"), "a+c");
}

TEST_F(PropertyQueries, AskForWhatTheSchemaNames) {
  imposter_.when("GET", "/items").answer(200, R"({"d":[{"id":1}]})");

  const StreamRead result = read(
      "request_parameters: {f: {type: QueryProperties, property_list: [a, b, c], "
      "property_selector: {type: JsonSchemaPropertySelector, transformations: [{type: "
      "KeysToLower}]}}}");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_EQ(imposter_.requests().at(0).parameter("f"), "a,c");
}

}  // namespace
}  // namespace tendril
