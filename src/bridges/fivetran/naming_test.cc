#include "bridges/fivetran/naming.h"

#include <gmock/gmock.h>

#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;

std::string column(std::string_view name) {
  return warehouse_column(name, ProjectNaming::Fivetran);
}
std::string table(std::string_view name) { return warehouse_table(name, ProjectNaming::Fivetran); }

TEST(ProjectNaming, SplitsWordsAtCapitals) {
  EXPECT_EQ(column("startTime"), "start_time");
  EXPECT_EQ(column("userID"), "user_id");
  EXPECT_EQ(column("HTTPServer"), "http_server");
  EXPECT_EQ(column("item2Go"), "item2_go");
  EXPECT_EQ(column("ALLCAPS"), "allcaps");
}

TEST(ProjectNaming, ReplacesWhatIsNoLetter) {
  EXPECT_EQ(column("Test 123"), "test_123");
  EXPECT_EQ(column("a--b  c"), "a_b_c");
  EXPECT_EQ(column("price$"), "price_");
}

TEST(ProjectNaming, StripsAccents) {
  EXPECT_EQ(column("Montréal"), "montreal");
  EXPECT_EQ(column("Straße"), "strasse");
  EXPECT_EQ(column("e\u0301t"), "et");
}

TEST(ProjectNaming, PutsAnUnderscoreBeforeDigits) {
  EXPECT_EQ(column("1st"), "_1st");
  EXPECT_EQ(table("2024 totals"), "_2024_totals");
}

TEST(ProjectNaming, StripsUnderscoresInFrontOfTablesOnly) {
  EXPECT_EQ(table("__hidden"), "hidden");
  EXPECT_EQ(column("__hidden"), "_hidden");
}

TEST(ProjectNaming, LeavesReservedWordsAlone) {
  EXPECT_EQ(table("order"), "order");
  EXPECT_EQ(column("default"), "default");
}

TEST(ProjectNaming, KeepsNamesOfTheSource) {
  EXPECT_EQ(warehouse_column("startTime", ProjectNaming::Source), "startTime");
  EXPECT_EQ(warehouse_table("Über", ProjectNaming::Source), "Über");
}

TEST(ProjectNaming, FoldsCapitalsOfAsciiOnly) {
  EXPECT_EQ(folded_name("Start_TIME"), "start_time");
  EXPECT_EQ(folded_name("Über"), "Über");
}

TEST(ProjectNaming, IsReadInAnyCase) {
  EXPECT_THAT(parse_naming("source"), IsOkAndHolds(ProjectNaming::Source));
  EXPECT_THAT(parse_naming("Fivetran"), IsOkAndHolds(ProjectNaming::Fivetran));
  EXPECT_THAT(parse_naming("snake"), IsError(ErrorCode::InvalidConfig, HasSubstr("snake")));
}

}  // namespace
}  // namespace tendril
