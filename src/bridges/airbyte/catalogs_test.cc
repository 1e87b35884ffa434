#include <gmock/gmock.h>

#include "bridges/airbyte/catalog_message.h"
#include "bridges/airbyte/configured_catalog.h"
#include "data/json.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(CatalogMessage, SaysHowEachStreamCanBeRead) {
  Catalog catalog;
  StreamInfo& issues = catalog.streams.emplace_back();
  issues.schema = {.name = "issues", .columns = {}, .primary_key = {"org", "id"}};
  issues.incremental = true;
  issues.cursor_field = "updated_at";
  issues.json_schema = Map{{"type", Value("object")}};
  catalog.streams.emplace_back().schema.name = "labels";
  catalog.streams.back().json_schema = Map{{"type", Value("object")}};

  EXPECT_EQ(
      catalog_message(catalog),
      R"({"type":"CATALOG","catalog":{"streams":[{"name":"issues","json_schema":{"type":"object"},)"
      R"("supported_sync_modes":["full_refresh","incremental"],"source_defined_cursor":true,)"
      R"("default_cursor_field":["updated_at"],"source_defined_primary_key":[["org"],["id"]],)"
      R"("is_resumable":true,"is_file_based":false},)"
      R"({"name":"labels","json_schema":{"type":"object"},)"
      R"("supported_sync_modes":["full_refresh"],"is_resumable":false,"is_file_based":false}]}})"
      "\n");
}

TEST(CatalogMessage, DescribesColumnsOfStreamsWithoutASchema) {
  const TableSchema schema{.name = "s",
                           .columns = {{"id", {TypeKind::Long}},
                                       {"price", decimal_type(10, 2)},
                                       {"at", {TypeKind::UtcDatetime}},
                                       {"on", {TypeKind::NaiveDate}},
                                       {"what", {TypeKind::Json}},
                                       {"text", {TypeKind::String}},
                                       {"is", {TypeKind::Boolean}}}};

  EXPECT_EQ(to_json(json_schema_of(schema)),
            R"({"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{)"
            R"("id":{"type":["integer","null"]},"price":{"type":["number","null"]},)"
            R"("at":{"type":["string","null"],"format":"date-time",)"
            R"("airbyte_type":"timestamp_with_timezone"},)"
            R"("on":{"type":["string","null"],"format":"date"},"what":{},)"
            R"("text":{"type":["string","null"]},"is":{"type":["boolean","null"]}}})");
}

Result<std::vector<ConfiguredStream>> parse(std::string_view json) {
  return parse_configured_catalog(parse_json(json).value());
}

TEST(ConfiguredCatalog, NamesStreamsAndModes) {
  const auto streams = parse(R"({"streams":[
      {"stream":{"name":"a","json_schema":{}},"sync_mode":"incremental",
       "destination_sync_mode":"append","cursor_field":["x"],"generation_id":3},
      {"stream":{"name":"b"},"sync_mode":"full_refresh"}]})");

  ASSERT_THAT(streams, IsOk());
  ASSERT_THAT(*streams, SizeIs(2));
  EXPECT_EQ((*streams)[0].name, "a");
  EXPECT_EQ((*streams)[0].mode, SyncMode::Incremental);
  EXPECT_EQ((*streams)[1].mode, SyncMode::FullRefresh);
}

TEST(ConfiguredCatalog, RefusesWhatIsNone) {
  EXPECT_THAT(parse("[]"), IsError(ErrorCode::InvalidConfig, HasSubstr("no list of streams")));
  EXPECT_THAT(parse(R"({"streams":[{"stream":{}}]})"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("/streams/0/stream/name")));
  EXPECT_THAT(parse(R"({"streams":[{"stream":{"name":"a"},"sync_mode":"odd"}]})"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("/streams/0/sync_mode: odd")));
  EXPECT_THAT(parse(R"({"streams":[{"stream":{"name":"a"}}]})"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("nothing")));
  EXPECT_THAT(parse(R"({"streams":[{"stream":{"name":"a"},"sync_mode":"incremental"},
                                   {"stream":{"name":"a"},"sync_mode":"incremental"}]})"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("twice: a")));
}

}  // namespace
}  // namespace tendril
