#include "destinations/duckdb/file_comparison.h"

#include <gmock/gmock.h>

#include "destinations/duckdb/file.h"
#include "destinations/duckdb/session.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class FileComparisonTest : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::vector<std::string>& statements) const {
    DuckdbFiles files;
    auto file = files.open(folder_ / name, {});
    const auto session = DuckdbSession::open(std::move(file).value()).value();
    ASSERT_THAT(session->run("USE warehouse"), IsOk());
    for (const std::string& statement : statements) {
      ASSERT_THAT(session->run(statement), IsOk());
    }
  }

  std::vector<TableDifference> compare(bool deleted_are_gone = false) const {
    return compare_files({.before = folder_ / "before.db",
                          .after = folder_ / "after.db",
                          .marks = {.synced = "_synced", .deleted = "_deleted"},
                          .deleted_are_gone = deleted_are_gone})
        .value();
  }

  const TemporaryFolder folder_;
};

constexpr const char* kTable =
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR, b INTEGER, _synced TIMESTAMPTZ, _deleted "
    "BOOLEAN)";

TEST_F(FileComparisonTest, FindsNoDifferenceInWhenRowsWereSynced) {
  write("before.db", {kTable, "INSERT INTO t VALUES (1, 'x', NULL, '2024-01-01', false)"});
  write("after.db", {kTable, "INSERT INTO t VALUES (1, 'x', NULL, '2025-01-01', false)"});

  EXPECT_THAT(compare(), IsEmpty());
}

TEST_F(FileComparisonTest, CountsAndShowsWhatDiffers) {
  write("before.db",
        {kTable, "INSERT INTO t SELECT i, 'x', i, '2024-01-01', false FROM range(10) AS r(i)"});
  write("after.db",
        {kTable, "INSERT INTO t SELECT i, 'x', i, '2024-01-01', false FROM range(2, 14) AS r(i)",
         "UPDATE t SET a = 'y' WHERE id IN (3, 4)", "UPDATE t SET b = NULL WHERE id = 4"});

  const auto differences = compare();

  ASSERT_THAT(differences, SizeIs(1));
  const TableDifference& table = differences.front();
  EXPECT_EQ(table.table, "t");
  EXPECT_EQ(table.added, 4);
  EXPECT_EQ(table.changed, 2);
  EXPECT_EQ(table.deleted, 2);
  EXPECT_THAT(table.added_keys, ElementsAre("id=10", "id=11", "id=12"));
  EXPECT_THAT(table.deleted_keys, ElementsAre("id=0", "id=1"));
  EXPECT_THAT(table.changed_columns, ElementsAre(Pair("a", 2), Pair("b", 1)));
  ASSERT_THAT(table.changed_rows, SizeIs(2));
  EXPECT_EQ(table.changed_rows[1].key, "id=4");
  ASSERT_THAT(table.changed_rows[1].values, SizeIs(2));
  EXPECT_EQ(table.changed_rows[1].values[1].before, "4");
  EXPECT_EQ(table.changed_rows[1].values[1].after, "NULL");
}

TEST_F(FileComparisonTest, TakesDeletedRowsForGoneWhenToldTo) {
  write("before.db", {kTable,
                      "INSERT INTO t VALUES (1, 'x', 1, NULL, false), (2, 'x', 1, NULL, "
                      "true), (3, 'x', 1, NULL, true)"});
  write("after.db", {kTable,
                     "INSERT INTO t VALUES (1, 'x', 1, NULL, true), (2, 'x', 1, NULL, "
                     "false), (3, 'y', 1, NULL, true)"});

  const TableDifference gone = compare(true).front();
  const TableDifference marked = compare(false).front();

  EXPECT_THAT(gone.deleted_keys, ElementsAre("id=1"));
  EXPECT_THAT(gone.added_keys, ElementsAre("id=2"));
  EXPECT_EQ(gone.changed, 0);
  EXPECT_EQ(marked.changed, 3);
}

TEST_F(FileComparisonTest, TellsOfTablesAndColumns) {
  write("before.db", {"CREATE TABLE old (id INTEGER PRIMARY KEY)", "INSERT INTO old VALUES (1)",
                      "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, gone VARCHAR)",
                      "INSERT INTO t VALUES (1, 5, NULL)"});
  write("after.db", {"CREATE TABLE t (id INTEGER PRIMARY KEY, a BIGINT, fresh VARCHAR)",
                     "INSERT INTO t VALUES (1, 5, NULL)", "CREATE TABLE young (x INTEGER)",
                     "INSERT INTO young VALUES (1), (1)"});

  const auto differences = compare();

  ASSERT_THAT(differences, SizeIs(3));
  EXPECT_FALSE(differences[0].is_there);
  EXPECT_EQ(differences[0].deleted, 1);
  EXPECT_THAT(differences[1].schema_changes,
              ElementsAre("column a was INTEGER and is BIGINT", "column fresh VARCHAR is new",
                          "column gone VARCHAR is gone"));
  EXPECT_EQ(differences[1].changed, 0);
  EXPECT_FALSE(differences[2].was_there);
  EXPECT_EQ(differences[2].added, 2);
}

TEST_F(FileComparisonTest, TakesAFileThatDoesNotExistForAnEmptyOne) {
  write("after.db", {kTable, "INSERT INTO t VALUES (1, 'x', 1, NULL, false)"});

  EXPECT_EQ(compare().front().added, 1);
}

}  // namespace
}  // namespace tendril
