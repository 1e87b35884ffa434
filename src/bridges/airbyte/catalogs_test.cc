#include <gmock/gmock.h>

#include "bridges/airbyte/catalog_message.h"
#include "bridges/airbyte/configured_catalog.h"
#include "bridges/airbyte/program_catalog.h"
#include "data/json.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
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

TEST(CatalogMessage, SaysWhereTheUserMayChooseTheCursor) {
  Catalog catalog;
  StreamInfo& issues = catalog.streams.emplace_back();
  issues.schema.name = "issues";
  issues.incremental = true;
  issues.cursor_field = "updated_at";
  issues.cursor_is_chosen = true;

  EXPECT_THAT(catalog_message(catalog),
              HasSubstr(R"("source_defined_cursor":false,"default_cursor_field":["updated_at"])"));
}

TEST(ProgramCatalog, AsksForTheCursorThatTheUserChose) {
  const auto catalog = ProgramCatalog::parse(
      parse_json(R"({"streams":[{"name":"a","supported_sync_modes":["full_refresh","incremental"],)"
                 R"("source_defined_cursor":false,"default_cursor_field":["x"]}]})")
          .value());
  ASSERT_THAT(catalog, IsOk());
  EXPECT_TRUE(catalog->catalog().streams.at(0).cursor_is_chosen);

  const auto asked = [&](const std::string& field) {
    const StreamRequest request{.stream = "a", .incremental = true, .cursor_field = field};
    return to_json(
        *catalog->configured(request).find("streams")->as_list()->at(0).find("cursor_field"));
  };
  EXPECT_EQ(asked(""), R"(["x"])");
  EXPECT_EQ(asked("y"), R"(["y"])");
}

Result<std::vector<ConfiguredStream>> parse(std::string_view json) {
  return parse_configured_catalog(parse_json(json).value());
}

TEST(ConfiguredCatalog, NamesStreamsAndModes) {
  const auto streams = parse(R"({"streams":[
      {"stream":{"name":"a","json_schema":{}},"sync_mode":"incremental",
       "destination_sync_mode":"append","cursor_field":["x"],"generation_id":3},
      {"stream":{"name":"b"},"sync_mode":"full_refresh","cursor_field":[""]}]})");

  ASSERT_THAT(streams, IsOk());
  ASSERT_THAT(*streams, SizeIs(2));
  EXPECT_EQ((*streams)[0].name, "a");
  EXPECT_EQ((*streams)[0].mode, SyncMode::Incremental);
  EXPECT_THAT((*streams)[0].cursor_field, ElementsAre("x"));
  EXPECT_THAT((*streams)[1].cursor_field, IsEmpty());
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
  EXPECT_THAT(parse(R"({"streams":[{"stream":{"name":"a"},"sync_mode":"incremental",
                                    "cursor_field":"x"}]})"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("/streams/0/cursor_field")));
  EXPECT_THAT(parse(R"({"streams":[{"stream":{"name":"a"},"sync_mode":"incremental"},
                                   {"stream":{"name":"a"},"sync_mode":"incremental"}]})"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("twice: a")));
}

}  // namespace
}  // namespace tendril
