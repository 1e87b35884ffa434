#include "bridges/partner/history_write.h"

#include <gmock/gmock.h>

#include "bridges/partner/warehouse_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kOpen = "9999-12-31T23:59:59.999Z";

// "T3" is three minutes after midnight.
std::string at(int minute) { return "2024-01-01T00:0" + std::to_string(minute) + ":00Z"; }

class HistoryWriteTest : public WarehouseTest {
 protected:
  void make_table() {
    work([&](SqlSession& session) {
      return session.create({name("h"),
                             {{"id", {TypeKind::Int}, true},
                              {"a", {TypeKind::String}},
                              {"n", {TypeKind::Int}},
                              {"_fivetran_start", {TypeKind::UtcDatetime}, true},
                              {"_fivetran_end", {TypeKind::UtcDatetime}},
                              {"_fivetran_active", {TypeKind::Boolean}}}});
    });
  }

  // A version that is active.
  static std::string active(int id, const std::string& a, const std::string& n, int start) {
    return std::to_string(id) + "," + a + "," + n + "," + at(start) + "," + kOpen + ",true\n";
  }

  // One that another follows.
  static std::string ended(int id, const std::string& a, const std::string& n, int start,
                           int next) {
    return std::to_string(id) + "," + a + "," + n + "," + at(start) + ",2024-01-01T00:0" +
           std::to_string(next - 1) + ":59.999Z,false\n";
  }

  std::string versions(const std::string& lines) {
    return file("id,a,n,_fivetran_start,_fivetran_end,_fivetran_active\n" + lines);
  }

  std::string starts(const std::string& lines) { return file("id,_fivetran_start\n" + lines); }

  // "1|a|2|00:03:00|00:04:59.999|false": times alone, and of the open end none.
  std::vector<std::string> all() {
    std::vector<std::string> lines =
        rows("h", {"id", "a", "n", "_fivetran_start", "_fivetran_end", "_fivetran_active"},
             "id, _fivetran_start");
    for (std::string& line : lines) {
      for (const std::string& part : {std::string("2024-01-01 "), std::string("+00"),
                                      std::string("9999-12-31 23:59:59.999")}) {
        for (std::size_t found = line.find(part); found != std::string::npos;
             found = line.find(part)) {
          line.erase(found, part.size());
        }
      }
    }
    return lines;
  }
};

INSTANTIATE_TEST_SUITE_P(Warehouses, HistoryWriteTest, testing::Values("duckdb", "postgres"),
                         [](const auto& each) { return each.param; });

TEST_P(HistoryWriteTest, ANewVersionEndsTheOneBefore) {
  make_table();
  ASSERT_THAT(
      write_versions("h",
                     {.replacements = {versions(active(1, "a", "1", 1) + active(2, "b", "2", 1))}}),
      IsOk());

  ASSERT_THAT(write_versions("h", {.earliest_starts = {starts("1," + at(3) + "\n")},
                                   .replacements = {versions(ended(1, "aa", "1", 3, 5) +
                                                             active(1, "aaa", "nil", 5))}}),
              IsOk());

  EXPECT_THAT(all(),
              ElementsAre("1|a|1|00:01:00|00:02:59.999|false", "1|aa|1|00:03:00|00:04:59.999|false",
                          "1|aaa|NULL|00:05:00||true", "2|b|2|00:01:00||true"));
}

// The example of the guide: a version that starts later than the files know better goes, and what
// is left of the key ends before them.
TEST_P(HistoryWriteTest, VersionsThatOverlapLeave) {
  make_table();
  ASSERT_THAT(
      write_versions(
          "h", {.replacements = {versions(ended(1, "abc", "1", 1, 5) + active(1, "pqr", "2", 5) +
                                          active(4, "lmn", "5", 4))}}),
      IsOk());
  ASSERT_THAT(write_versions("h", {.earliest_starts = {starts("1," + at(3) + "\n")}}), IsOk());
  EXPECT_THAT(all(), ElementsAre("1|abc|1|00:01:00|00:02:59.999|false", "4|lmn|5|00:04:00||true"));
}

TEST_P(HistoryWriteTest, UpdatesBuildOnTheVersionBefore) {
  make_table();
  ASSERT_THAT(
      write_versions(
          "h", {.replacements = {versions(active(1, "pqr", "2", 2) + active(2, "mno", "3", 2))}}),
      IsOk());
  const BatchPaths update{
      .earliest_starts = {starts("1," + at(3) + "\n2," + at(4) + "\n3," + at(3) + "\n")},
      .updates = {versions(ended(1, "xyz", "7", 3, 5) + active(1, "def", "same", 5) +
                           active(3, "new", "1", 3)),
                  versions(active(2, "same", "1000", 4))}};

  // Sent twice, as after a call whose answer was lost.
  for (int time = 0; time < 2; ++time) {
    ASSERT_THAT(write_versions("h", update), IsOk());
    EXPECT_THAT(all(),
                ElementsAre("1|pqr|2|00:02:00|00:02:59.999|false",
                            "1|xyz|7|00:03:00|00:04:59.999|false", "1|def|7|00:05:00||true",
                            "2|mno|3|00:02:00|00:03:59.999|false", "2|mno|1000|00:04:00||true"));
  }
}

// A version that starts when the update does is all that is known of the row.
TEST_P(HistoryWriteTest, AnUpdateTakesThePlaceOfTheVersionOfItsTime) {
  make_table();
  ASSERT_THAT(write_versions("h", {.replacements = {versions(active(1, "a", "1", 3))}}), IsOk());
  ASSERT_THAT(write_versions("h", {.earliest_starts = {starts("1," + at(3) + "\n")},
                                   .updates = {versions(active(1, "same", "9", 3))}}),
              IsOk());
  EXPECT_THAT(all(), ElementsAre("1|a|9|00:03:00||true"));
}

TEST_P(HistoryWriteTest, DeletionsEndTheActiveVersion) {
  make_table();
  ASSERT_THAT(
      write_versions("h",
                     {.replacements = {versions(ended(1, "a", "1", 1, 2) + active(1, "b", "1", 2) +
                                                active(2, "c", "1", 1))}}),
      IsOk());
  ASSERT_THAT(write_versions("h", {.deletions = {file("_fivetran_end,id,a\n" + at(4) + ",1,nil\n" +
                                                      at(4) + ",7,nil\n")}}),
              IsOk());
  EXPECT_THAT(all(), ElementsAre("1|a|1|00:01:00|00:01:59.999|false",
                                 "1|b|1|00:02:00|00:04:00|false", "2|c|1|00:01:00||true"));
}

TEST_P(HistoryWriteTest, OnlyTablesInHistoryModeHaveVersions) {
  work([&](SqlSession& session) {
    return session.create({name("h"), {{"id", {TypeKind::Int}, true}}});
  });
  EXPECT_THAT(write_versions("h", {.deletions = {file("id\n1\n")}}),
              IsError(ErrorCode::BadData, HasSubstr("not in history mode")));
}

}  // namespace
}  // namespace tendril
