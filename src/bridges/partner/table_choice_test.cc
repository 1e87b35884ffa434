#include "bridges/partner/table_choice.h"

#include <gmock/gmock.h>

#include "connector_sdk.pb.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;
using testing::HasSubstr;

TEST(TableChoiceTest, IsOfEverythingWhenNothingIsSaid) {
  const TableChoice choice = TableChoice::parse(wire::UpdateRequest()).value();
  EXPECT_TRUE(choice.has_table("t"));
  EXPECT_TRUE(choice.has_column("t", "c"));
}

TEST(TableChoiceTest, KnowsTablesAndColumns) {
  wire::UpdateRequest request;
  wire::TablesWithNoSchema& selection = *request.mutable_selection()->mutable_without_schema();
  wire::TableSelection& chosen = *selection.add_tables();
  chosen.set_table_name("chosen");
  chosen.set_included(true);
  (*chosen.mutable_columns())["a"] = true;
  (*chosen.mutable_columns())["b"] = false;
  wire::TableSelection& whole = *selection.add_tables();
  whole.set_table_name("whole");
  whole.set_included(true);
  selection.add_tables()->set_table_name("left");

  const TableChoice choice = TableChoice::parse(request).value();

  EXPECT_TRUE(choice.has_table("chosen"));
  EXPECT_FALSE(choice.has_table("left"));
  EXPECT_FALSE(choice.has_table("new"));
  EXPECT_TRUE(choice.has_column("chosen", "a"));
  EXPECT_FALSE(choice.has_column("chosen", "b"));
  EXPECT_FALSE(choice.has_column("chosen", "new"));
  EXPECT_TRUE(choice.has_column("whole", "new"));
}

TEST(TableChoiceTest, TakesNewTablesAndColumnsWhereTheyAreWanted) {
  wire::UpdateRequest request;
  wire::TablesWithNoSchema& selection = *request.mutable_selection()->mutable_without_schema();
  selection.set_include_new_tables(true);
  wire::TableSelection& chosen = *selection.add_tables();
  chosen.set_table_name("chosen");
  chosen.set_included(true);
  chosen.set_include_new_columns(true);
  (*chosen.mutable_columns())["b"] = false;

  const TableChoice choice = TableChoice::parse(request).value();

  EXPECT_TRUE(choice.has_table("new"));
  EXPECT_TRUE(choice.has_column("chosen", "new"));
  EXPECT_FALSE(choice.has_column("chosen", "b"));
}

TEST(TableChoiceTest, RefusesSchemas) {
  wire::UpdateRequest request;
  request.mutable_selection()->mutable_with_schema();
  EXPECT_THAT(TableChoice::parse(request),
              IsError(ErrorCode::InvalidConfig, HasSubstr("tables without schemas")));
}

}  // namespace
}  // namespace tendril
