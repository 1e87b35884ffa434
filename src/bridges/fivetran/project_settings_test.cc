#include "bridges/fivetran/project_settings.h"

#include <fmt/format.h>

#include <gmock/gmock.h>

#include "bridges/fivetran/declared_table.h"
#include "core/whole_file.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ProjectConfiguration, IsAFlatObjectOfTexts) {
  EXPECT_THAT(parse_configuration(R"({"a":"1","b":""})", "f"), IsOk());
  EXPECT_THAT(parse_configuration("[]", "conf.json"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("one JSON object, not a list")));
  EXPECT_THAT(parse_configuration("{", "conf.json"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("no JSON: conf.json")));
}

TEST(ProjectConfiguration, NamesKeysAtFaultButNoValues) {
  EXPECT_THAT(parse_configuration(R"({"ok":"x","port":8080,"nested":{"s":"hush"},"no":null})", "f"),
              IsError(ErrorCode::InvalidConfig,
                      AllOf(HasSubstr("port is a number, nested is an object, no is null"),
                            Not(HasSubstr("hush")), Not(HasSubstr("8080")))));
}

TEST(ProjectConfiguration, HasAtMostAHundredFields) {
  const auto with_fields = [](int count) {
    std::string json;
    for (int index = 0; index < count; ++index) {
      json += fmt::format("{}\"k{}\":\"\"", index == 0 ? "{" : ",", index);
    }
    return json + "}";
  };

  EXPECT_THAT(parse_configuration(with_fields(100), "f"), IsOk());
  EXPECT_THAT(parse_configuration(with_fields(101), "f"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("101 fields, at most 100")));
}

TEST(ProjectState, IsOneObject) {
  EXPECT_THAT(parse_project_state(R"({"cursor":[1]})", "state.json"), IsOk());
  EXPECT_THAT(parse_project_state("[1]", "state.json"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("state must be one JSON object")));
}

TEST(FindSetting, TakesTheNamedFileBeforeTheOwnOne) {
  const TemporaryFolder folder;
  ASSERT_THAT(write_whole_file(folder / "own", "own", FileReaders::Anybody), IsOk());
  ASSERT_THAT(write_whole_file(folder / "named", "named", FileReaders::Anybody), IsOk());

  EXPECT_EQ(find_setting({(folder / "named").string(), folder / "own"}).value()->text, "named");
  EXPECT_EQ(find_setting({"", folder / "own"}).value()->text, "own");
  EXPECT_FALSE(find_setting({"", folder / "none"}).value().has_value());
  EXPECT_THAT(find_setting({"/no/such/file", folder / "own"}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("/no/such/file")));
}

TEST(DeclaredTables, AreReadFromTheSchemaFrame) {
  const auto tables = parse_declared_tables(
      R"([{"table":"Work Orders","primary_key":["orderId"],"columns":[
          {"name":"total","type":"DECIMAL","precision":10,"scale":2},
          {"name":"orderId","type":"INT"}]}])");

  ASSERT_THAT(tables, IsOk());
  const auto schema = warehouse_schema((*tables)->at(0), ProjectNaming::Fivetran);
  ASSERT_THAT(schema, IsOk());
  EXPECT_EQ(schema->name, "work_orders");
  EXPECT_THAT(schema->primary_key, ElementsAre("order_id"));
  EXPECT_THAT(schema->columns, ElementsAre(Column{"order_id", {TypeKind::Int}},
                                           Column{"total", decimal_type(10, 2)}));
}

TEST(DeclaredTables, AreNoneWithoutASchema) {
  EXPECT_FALSE(parse_declared_tables("null").value().has_value());
  EXPECT_THAT(parse_declared_tables(R"([{"table":1}])"),
              IsError(ErrorCode::BadData, HasSubstr("schema")));
}

TEST(DeclaredTables, MayNotHaveTwoColumnsOfOneName) {
  const DeclaredTable table{"t", {}, {{"vanId", {TypeKind::Int}}, {"van_id", {TypeKind::Int}}}};

  EXPECT_THAT(warehouse_schema(table, ProjectNaming::Fivetran),
              IsError(ErrorCode::InvalidConfig, AllOf(HasSubstr("vanId"), HasSubstr("van_id"))));
  EXPECT_THAT(warehouse_schema(table, ProjectNaming::Source), IsOk());
}

}  // namespace
}  // namespace tendril
