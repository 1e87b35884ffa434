#include "destinations/postgres/names.h"

#include <gmock/gmock.h>

#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

const std::string kLong(70, 'n');

std::vector<Column> columns(const std::vector<std::string>& names) {
  std::vector<Column> columns;
  for (const std::string& name : names) {
    columns.push_back({name, {TypeKind::Long}});
  }
  return columns;
}

TEST(PostgresNames, KeepNamesThatFit) {
  EXPECT_EQ(postgres_identifier("Order Id"), "Order Id");
  EXPECT_EQ(postgres_identifier(std::string(63, 'n')), std::string(63, 'n'));
}

TEST(PostgresNames, MendNamesThatPostgresHasNot) {
  EXPECT_EQ(postgres_identifier(""), "_");
  EXPECT_EQ(postgres_identifier(std::string_view("a\0b", 3)), "a_b");
  EXPECT_EQ(postgres_identifier("xmin"), "xmin_");
}

TEST(PostgresNames, CutLongNamesSoThatTheyStayApart) {
  const std::string cut = postgres_identifier(kLong);

  EXPECT_THAT(cut, SizeIs(63));
  EXPECT_EQ(cut, postgres_identifier(kLong));
  EXPECT_NE(cut, postgres_identifier(kLong + "x"));
}

TEST(PostgresNames, NeverCutACharacterInHalf) {
  std::string ducks;
  for (int duck = 0; duck < 20; ++duck) {
    ducks += "🦆";
  }

  EXPECT_EQ(postgres_identifier(ducks).substr(0, 52), ducks.substr(0, 52));
  EXPECT_EQ(postgres_identifier(ducks)[52], '_');
}

TEST(PostgresNames, TellColumnsOfOneStoredFormApart) {
  EXPECT_THAT(postgres_column_names(columns({"_", "", "Id", "id"}), {}),
              IsOkAndHolds(ElementsAre("_", "___2", "Id", "id")));
}

TEST(PostgresNames, RememberTheColumnsOfATable) {
  const std::vector<PostgresColumn> stored{{"_", "", {{TypeKind::Long}}}};

  EXPECT_THAT(postgres_column_names(columns({"_", ""}), stored),
              IsOkAndHolds(ElementsAre("___2", "_")));
}

TEST(PostgresNames, RefuseOurOwn) {
  EXPECT_THAT(postgres_column_names(columns({"_tendril_synced"}), {}),
              IsError(ErrorCode::InvalidConfig));
}

}  // namespace
}  // namespace tendril
