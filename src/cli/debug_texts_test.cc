#include "cli/debug_texts.h"

#include <gmock/gmock.h>

namespace tendril {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(SummaryText, ShowsTablesAndWhenToldToTheirColumns) {
  TableSummary table{.name = "items", .upserts = 3, .updates = 2, .deletes = 1};
  table.columns = {{.name = "id", .type = {TypeKind::Long}, .key = true, .declared = true},
                   {.name = "note", .type = {TypeKind::String}, .nulls = 2}};

  EXPECT_THAT(summary_text({table}, false),
              AllOf(HasSubstr("items        3        2        1"), Not(HasSubstr("note"))));
  EXPECT_THAT(summary_text({table}, true),
              AllOf(HasSubstr("id      LONG    key  declared      0"),
                    HasSubstr("note    STRING       learnt        2")));
}

TEST(SummaryText, IsShortForManyTables) {
  std::vector<TableSummary> tables(25, TableSummary{.name = "t"});

  EXPECT_THAT(summary_text(tables, false), HasSubstr("and 5 more tables, see --summary"));
  EXPECT_EQ(summary_text({}, true), "");
}

TEST(ProfileText, ShowsSharesOfTheWallTime) {
  using std::chrono::milliseconds;
  const RunProfile profile{
      .total = milliseconds(2000),
      .parts = {{.name = "network", .wall = milliseconds(500), .cpu = milliseconds(20)}},
      .beside = {{.name = "destination: commits", .wall = milliseconds(10)}}};

  EXPECT_THAT(profile_text(profile), AllOf(HasSubstr("network               0.500   25.0%  0.020"),
                                           HasSubstr("all of it             2.000  100.0%"),
                                           HasSubstr("destination: commits   0.010")));
}

TEST(DifferencesText, ShowsCountsAndExamples) {
  TableDifference table{.table = "items"};
  table.added = 5;
  table.added_keys = {"id=1", "id=2"};
  table.changed = 1;
  table.changed_columns = {{"size", 1}};
  table.changed_rows = {{"id=7", {{"size", "1", "2"}}}};
  table.schema_changes = {"column size INTEGER is new"};

  EXPECT_THAT(differences_text({table}, {}),
              AllOf(HasSubstr("items      5        1        0  1 change"), HasSubstr("  + id=1\n"),
                    HasSubstr("  + ... 3 more\n"), HasSubstr("  ~ id=7: size: 1 -> 2\n"),
                    HasSubstr("  # column size INTEGER is new\n")));
}

}  // namespace
}  // namespace tendril
