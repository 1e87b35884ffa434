#include "destinations/duckdb/column_names.h"

#include <gtest/gtest.h>

#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<Column> columns(const std::vector<std::string>& names) {
  std::vector<Column> result;
  for (const std::string& name : names) {
    result.push_back({name, {TypeKind::Long}});
  }
  return result;
}

TEST(ColumnNames, AreThoseOfTheSource) {
  EXPECT_THAT(stored_names(columns({"b", "Ä", "a b"}), {}, false),
              IsOkAndHolds(ElementsAre("b", "Ä", "a b")));
}

TEST(ColumnNames, TellApartWhatDuckdbDoesNot) {
  EXPECT_THAT(stored_names(columns({"Id", "id", "ID"}), {}, false),
              IsOkAndHolds(ElementsAre("Id", "id__2", "ID__3")));
}

TEST(ColumnNames, StayTheSameInEveryOrder) {
  const auto stored = columns({"Id", "id__2", "ID__3"});

  EXPECT_THAT(stored_names(columns({"ID", "id", "Id"}), stored, false),
              IsOkAndHolds(ElementsAre("ID__3", "id__2", "Id")));
  EXPECT_THAT(stored_names(columns({"id"}), stored, false), IsOkAndHolds(ElementsAre("id__2")));
}

TEST(ColumnNames, LeaveAColumnOfTheSuffixedNameAlone) {
  const auto names = stored_names(columns({"id", "ID", "id__2"}), columns({"id", "id__2"}), false);

  EXPECT_THAT(names, IsOkAndHolds(ElementsAre("id", "ID__3", "id__2")));
}

TEST(ColumnNames, AdoptTheSpellingOfAForeignTable) {
  EXPECT_THAT(stored_names(columns({"id", "new"}), columns({"ID"}), true),
              IsOkAndHolds(ElementsAre("ID", "new")));
}

TEST(ColumnNames, AreNeverEmptyAndHaveNoNul) {
  EXPECT_THAT(stored_names(columns({"", std::string("a\0b", 3)}), {}, false),
              IsOkAndHolds(ElementsAre("_", "a_b")));
}

TEST(ColumnNames, RefuseOurOwn) {
  for (const char* name :
       {"_tendril_synced", "_TENDRIL_Deleted", "_tendril_order", "_tendril_operation"}) {
    EXPECT_THAT(stored_names(columns({name}), {}, false),
                IsError(ErrorCode::InvalidConfig, HasSubstr(name)));
  }
}

}  // namespace
}  // namespace tendril
