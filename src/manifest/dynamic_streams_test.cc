// Streams made from templates, schemas that an API describes, and the check of both.
#include <fstream>
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

class DynamicStreams : public SourceFixture {
 protected:
  // `resolver` and `check` in flow style; the template reads "/<path>".
  Result<std::unique_ptr<Source>> made_from(const std::string& resolver, Map config = {},
                                            const std::string& check = "{type: CheckStream}",
                                            const std::string& more = "") {
    return try_manifest("type: DeclarativeSource\ncheck: " + check +
                            "\ndynamic_streams:\n"
                            "- type: DynamicDeclarativeStream\n"
                            "  name: shop\n" +
                            more +
                            "  stream_template:\n"
                            "    type: DeclarativeStream\n"
                            "    name: none\n"
                            "    primary_key: []\n"
                            "    $parameters: {item: none}\n"
                            "    retriever:\n"
                            "      type: SimpleRetriever\n"
                            "      record_selector: {type: RecordSelector, extractor: {type: "
                            "DpathExtractor, field_path: []}}\n"
                            "      requester:\n"
                            "        type: HttpRequester\n"
                            "        url_base: \"{{ config['url'] }}\"\n"
                            "        path: none\n"
                            "        request_parameters: {item: \"{{ parameters['item'] }}\"}\n"
                            "  components_resolver: " +
                            resolver + "\n",
                        std::move(config));
  }

  static std::vector<std::string> names(Source& source) {
    std::vector<std::string> result;
    const Catalog catalog = source.discover({}).value();
    for (const StreamInfo& stream : catalog.streams) {
      result.push_back(stream.schema.name);
    }
    return result;
  }
};

std::string mapping(const std::string& path, const std::string& value,
                    const std::string& more = "") {
  return "{type: ComponentMappingDefinition, field_path: " + path + ", value: " + value + more +
         "}";
}

const std::string kMappings =
    "components_mapping: [" + mapping("[name]", "\"{{ components_values['name'] }}\"") + ", " +
    mapping("[retriever, requester, path]", "\"api/{{ components_values.path }}\"") + ", " +
    mapping("[$parameters, item]", "\"{{ components_values['name'] }}\"") + ", " +
    mapping("[primary_key]", "\"['{{ components_values.key }}']\"") + "]";

TEST_F(DynamicStreams, AreMadeFromAListInTheManifest) {
  imposter_.when("GET", "/api/x").answer(200, R"([{"id":1}])");
  const auto made = made_from(
      "{type: ParametrizedComponentsResolver, stream_parameters: {type: "
      "StreamParametersDefinition, list_of_parameters_for_stream: [{name: a, path: x, key: id}, "
      "{name: b, path: y, key: id}]}, " +
      kMappings + "}");
  ASSERT_THAT(made, IsOk());

  EXPECT_THAT(names(**made), ElementsAre("a", "b"));
  const StreamRead result = run(**made, "a");
  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1"));
  EXPECT_EQ(imposter_.requests().front().target, "/api/x?item=a");
  EXPECT_THAT((*made)->discover({}).value().find("a")->schema.primary_key, ElementsAre("id"));
}

TEST_F(DynamicStreams, AreMadeFromTheConfiguration) {
  const auto made = made_from(
      "{type: ConfigComponentsResolver, stream_config: [{type: StreamConfig, configs_pointer: "
      "[shops], default_values: [{name: all, path: p}]}, {type: StreamConfig, configs_pointer: "
      "[keys]}], " +
          kMappings + "}",
      Map{{"shops", List{Map{{"name", "one"}, {"path", "q"}}}}, {"keys", List{Map{{"key", "k"}}}}});
  ASSERT_THAT(made, IsOk());

  EXPECT_THAT(names(**made), ElementsAre("one", "all"));
  EXPECT_THAT((*made)->discover({}).value().find("all")->schema.primary_key, ElementsAre("k"));
}

TEST_F(DynamicStreams, AreMadeFromAnAnswer) {
  imposter_.when("GET", "/list").answer(200, R"([{"name":"t1","path":"x"},{"name":"t2"}])");
  imposter_.when("GET", "/api/*").answer(200, "[]");
  const auto made = made_from(
      "{type: HttpComponentsResolver, retriever: {type: SimpleRetriever, record_selector: {type: "
      "RecordSelector, extractor: {type: DpathExtractor, field_path: []}}, requester: {type: "
      "HttpRequester, url_base: \"{{ config['url'] }}\", path: list}}, components_mapping: [" +
          mapping("[name]", "\"{{ components_values['name'] }}\"") + "]}",
      {}, "{type: CheckDynamicStream, stream_count: 1, use_check_availability: false}");
  ASSERT_THAT(made, IsOk());

  EXPECT_THAT((*made)->check({}), IsOk());
  EXPECT_THAT(names(**made), ElementsAre("t1", "t2"));
  EXPECT_EQ(imposter_.count("/list"), 1);
}

TEST_F(DynamicStreams, TakeConditionsAndNewFields) {
  const auto made = made_from(
      "{type: ConfigComponentsResolver, stream_config: {type: StreamConfig, configs_pointer: "
      "[s]}, components_mapping: [" +
          mapping("[name]", "\"{{ components_values['name'] }}\"", ", value_type: string") + ", " +
          mapping("[incremental_sync]",
                  "\"{type: DatetimeBasedCursor, cursor_field: at, datetime_format: '%Y', "
                  "start_datetime: '2024'}\"",
                  ", create_or_update: true, condition: \"{{ components_values.timed }}\"") +
          "]}",
      Map{{"s", List{Map{{"name", "1"}, {"timed", true}}, Map{{"name", "2"}}}}});
  ASSERT_THAT(made, IsOk());

  const Catalog catalog = (*made)->discover({}).value();
  EXPECT_TRUE(catalog.find("1")->incremental);
  EXPECT_FALSE(catalog.find("2")->incremental);
}

TEST_F(DynamicStreams, AreRefusedWithOneName) {
  const auto made = made_from(
      "{type: ConfigComponentsResolver, stream_config: {type: StreamConfig, configs_pointer: "
      "[s]}, components_mapping: [" +
          mapping("[name]", "same") + "]}",
      Map{{"s", List{1, 2}}});
  ASSERT_THAT(made, IsOk());

  const auto catalog = (*made)->discover({});
  ASSERT_THAT(catalog, IsError(ErrorCode::InvalidConfig));
  EXPECT_THAT(catalog.error().message, HasSubstr("have the same name: same"));
}

TEST_F(DynamicStreams, AreCheckedLikeThoseThatAManifestNames) {
  const auto made = made_from(
      "{type: ConfigComponentsResolver, stream_config: {type: StreamConfig, configs_pointer: "
      "[s]}, components_mapping: [" +
          mapping("[name]", "a") + ", " +
          mapping("[retriever, requester]", "\"{type: HttpRequestor}\"") + "]}",
      Map{{"s", List{1}}});
  ASSERT_THAT(made, IsOk());

  EXPECT_THAT((*made)->discover({}).error().message,
              HasSubstr("component is unknown: HttpRequestor (did you mean HttpRequester?)"));
}

TEST_F(DynamicStreams, AreReadByTheCheckAsManyAsItSays) {
  imposter_.when("GET", "*").answer(200, "[]");
  const std::string resolver =
      "{type: ConfigComponentsResolver, stream_config: {type: StreamConfig, configs_pointer: "
      "[s]}, " +
      kMappings + "}";
  const Map config{{"s", List{Map{{"name", "a"}, {"path", "a"}}, Map{{"name", "b"}, {"path", "b"}},
                              Map{{"name", "c"}, {"path", "c"}}}}};
  const auto two =
      made_from(resolver, config, "{type: CheckDynamicStream, stream_count: 2}").value();
  const auto one = made_from(resolver, config,
                             "{type: CheckStream, dynamic_streams_check_configs: [{type: "
                             "DynamicStreamCheckConfig, dynamic_stream_name: shop, stream_count: "
                             "1}]}")
                       .value();

  EXPECT_THAT(two->check({}), IsOk());
  EXPECT_EQ(imposter_.requests().size(), 2U);
  EXPECT_THAT(one->check({}), IsOk());
  EXPECT_EQ(imposter_.requests().size(), 3U);
}

class SchemaLoading : public SourceFixture {};

constexpr std::string_view kStream =
    "- type: DeclarativeStream\n"
    "  name: items\n"
    "  retriever: {type: SimpleRetriever, record_selector: {type: RecordSelector, extractor: "
    "{type: DpathExtractor, field_path: []}}, requester: {type: HttpRequester, url_base: \"{{ "
    "config['url'] }}\", path: items}}\n"
    "  schema_loader:\n";

std::vector<std::string> columns(const TableSchema& schema) {
  std::vector<std::string> result;
  for (const Column& column : schema.columns) {
    result.push_back(column.name + " " + to_string(column.type));
  }
  return result;
}

TEST_F(SchemaLoading, AsksTheApi) {
  imposter_.when("GET", "/fields").answer(200, R"([{"fields":[
      {"name":"id","type":"int"},{"name":"when","type":"timestamp_with_timezone"},
      {"name":"tags","type":"multi"},{"name":"secret","type":"string"},{"name":"plain"},
      {"name":"either","type":["integer","string"]}]}])");
  const std::string loader =
      "    type: DynamicSchemaLoader\n"
      "    retriever: {type: SimpleRetriever, record_selector: {type: RecordSelector, extractor: "
      "{type: DpathExtractor, field_path: []}}, requester: {type: HttpRequester, url_base: \"{{ "
      "config['url'] }}\", path: fields}}\n"
      "    schema_filter: {type: RecordFilter, condition: \"{{ 'secret' not in record }}\"}\n"
      "    schema_transformations:\n"
      "    - {type: AddFields, fields: [{path: [added], value: \"{{ {'type': 'boolean'} }}\"}]}\n"
      "    schema_type_identifier:\n"
      "      type: SchemaTypeIdentifier\n"
      "      schema_pointer: [fields]\n"
      "      key_pointer: [name]\n"
      "      type_pointer: [type]\n"
      "      types_mapping:\n"
      "      - {type: TypesMap, current_type: int, target_type: number, condition: \"{{ "
      "raw_schema['name'] == 'x' }}\"}\n"
      "      - {type: TypesMap, current_type: int, target_type: integer}\n"
      "      - {type: TypesMap, current_type: multi, target_type: {type: ComplexFieldType, "
      "field_type: array, items: string}}\n";
  const auto made = source(std::string(kStream) + loader);

  const auto catalog = made->discover({});

  ASSERT_THAT(catalog, IsOk());
  EXPECT_THAT(columns(catalog->find("items")->schema),
              ElementsAre("id LONG", "when UTC_DATETIME", "tags JSON", "plain STRING",
                          "either STRING", "added BOOLEAN"));
  EXPECT_EQ(imposter_.count("/fields"), 1);
}

TEST_F(SchemaLoading, SaysWhichTypeIsUnknown) {
  imposter_.when("GET", "/fields").answer(200, R"([{"c":[{"name":"id","type":"odd"}]}])");
  const auto made = source(
      std::string(kStream) +
      "    type: DynamicSchemaLoader\n"
      "    retriever: {type: SimpleRetriever, record_selector: {type: RecordSelector, extractor: "
      "{type: DpathExtractor, field_path: []}}, requester: {type: HttpRequester, url_base: \"{{ "
      "config['url'] }}\", path: fields}}\n"
      "    schema_type_identifier: {schema_pointer: [c], key_pointer: [name], type_pointer: "
      "[type]}\n");

  EXPECT_THAT(made->discover({}), IsError(ErrorCode::BadData));
}

TEST_F(SchemaLoading, ReadsFilesBesideTheManifest) {
  std::ofstream("schema_loading_test_items.json")
      << R"({"properties":{"id":{"$ref":"#/definitions/id"},"at":{"type":"string"}},
             "definitions":{"id":{"type":"integer"}}})";
  const auto made = source(
      std::string(kStream) +
      "  - {type: InlineSchemaLoader, schema: {type: object, properties: {at: {type: number}}}}\n"
      "  - {type: JsonFileSchemaLoader, file_path: ./schema_loading_test_items.json}\n");

  const auto catalog = made->discover({});

  ASSERT_THAT(catalog, IsOk()) << catalog.error().message;
  EXPECT_THAT(columns(catalog->find("items")->schema), ElementsAre("at DOUBLE", "id LONG"));
}

TEST_F(SchemaLoading, NamesTheFileThatIsMissing) {
  const auto made = source(std::string(kStream) +
                           "    {type: JsonFileSchemaLoader, file_path: schemas/none.json}\n");

  const auto catalog = made->discover({});

  ASSERT_THAT(catalog, IsError(ErrorCode::NotFound));
  EXPECT_THAT(catalog.error().message, HasSubstr("there is no schema file: schemas/none.json"));
}

}  // namespace
}  // namespace tendril
