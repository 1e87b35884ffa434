#include "destinations/duckdb/duckdb_destination.h"

#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <gmock/gmock.h>

#include "destinations/duckdb/duckdb_fixture_test.h"
#include "destinations/duckdb/file.h"

namespace tendril {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class DuckdbDestinationTest : public ::testing::Test {
 protected:
  Destination& open() {
    destination_.reset();
    destination_ = fixture_.destination();
    EXPECT_THAT(destination_->open("c"), IsOk());
    return *destination_;
  }

  // Writes and commits one batch in a run of its own.
  Status run(const TablePlan& plan, const Batch& batch) {
    Destination& destination = open();
    const Status prepared = destination.prepare(plan);
    const Status written = prepared.ok() ? destination.write(batch) : prepared;
    const auto committed = destination.commit({});
    destination_.reset();
    TRY(written);
    TRY(committed);
    return {};
  }

  Status open_error(const std::filesystem::path& path) {
    return duckdb_destination().make(path.string()).value()->open("c");
  }

  std::vector<StoredRow> rows(const std::string& table = "items") {
    return fixture_.look(table).value_or(std::vector<StoredRow>());
  }

  // DuckDB's types of a table's columns.
  std::vector<std::string> types(const std::string& table) {
    std::vector<std::string> names;
    for (const auto& row : fixture_.sql(fmt::format(
             "SELECT column_name || ' ' || data_type FROM duckdb_columns() WHERE database_name = "
             "'warehouse' AND table_name = '{}' ORDER BY column_index",
             table))) {
      names.push_back(*row[0]);
    }
    return names;
  }

  DuckdbFixture fixture_;
  std::unique_ptr<Destination> destination_;
};

TEST_F(DuckdbDestinationTest, NamesTheFolderThatIsMissing) {
  const auto folder = fixture_.folder() / "missing";

  EXPECT_THAT(open_error(folder / "x.duckdb"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("does not exist: " + folder.string())));
}

TEST_F(DuckdbDestinationTest, RefusesAFolder) {
  EXPECT_THAT(open_error(fixture_.folder()),
              IsError(ErrorCode::InvalidConfig, HasSubstr("is a folder")));
}

TEST_F(DuckdbDestinationTest, RefusesAFileThatIsNoDatabaseAndLeavesItAlone) {
  const auto path = fixture_.folder() / "notes.txt";
  std::ofstream(path) << std::string(20'000, 'x');

  EXPECT_THAT(open_error(path), IsError(ErrorCode::InvalidConfig,
                                        HasSubstr("not a DuckDB database file: " + path.string())));

  EXPECT_EQ(std::filesystem::file_size(path), 20'000U);
}

TEST_F(DuckdbDestinationTest, TakesPathsWithSpecialCharacters) {
  const auto path = fixture_.folder() / "it's; \"ünusual\" %41.duckdb";

  EXPECT_THAT(open_error(path), IsOk());
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(DuckdbDestinationTest, RemovesWhatAKilledProcessHadSpilled) {
  const std::filesystem::path folder = fixture_.file().string() + ".tmp";
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "duckdb_temp_storage_DEFAULT-0.tmp") << "x";

  open();
  EXPECT_FALSE(std::filesystem::exists(folder));

  destination_.reset();
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "theirs") << "x";
  open();
  EXPECT_TRUE(std::filesystem::exists(folder / "theirs"));
}

TEST_F(DuckdbDestinationTest, SharesAFileWithinTheProcessWhateverItsSpelling) {
  open();
  std::filesystem::create_directory(fixture_.folder() / "sub");
  const auto spelling = fixture_.folder() / "sub" / ".." / "warehouse.duckdb";
  const auto other = fixture_.files()->open(spelling, {});

  ASSERT_THAT(other, IsOk());
  EXPECT_EQ((*other)->path(), std::filesystem::canonical(fixture_.file()));
}

TEST_F(DuckdbDestinationTest, UsesTheSchemaThatIsNamed) {
  DuckdbFixture fixture("?schema=Other \"x");
  for (const char* value : {"a", "b"}) {
    const auto destination = fixture.destination();
    ASSERT_THAT(destination->open("c"), IsOk());
    ASSERT_THAT(destination->prepare({keyed_table(), WriteMode::Merge}), IsOk());
    ASSERT_THAT(destination->write(batch_of(keyed_table(), {item(1, value)})), IsOk());
    ASSERT_THAT(destination->commit({.entries = {{"s", "", value}}}), IsOk());
    EXPECT_THAT(destination->load_state(), IsOkAndHolds(ElementsAre(StateEntry{"s", "", value})));
  }

  EXPECT_THAT(fixture.look("items"), ::testing::Optional(ElementsAre(stored_item(1, "b"))));
  EXPECT_THAT(fixture.sql("SELECT DISTINCT schema_name FROM duckdb_tables() WHERE database_name = "
                          "'warehouse'"),
              ElementsAre(ElementsAre("Other \"x")));
}

TEST_F(DuckdbDestinationTest, StoresJsonAndTimesInTypesOfTheirOwn) {
  const TableSchema schema{"items",
                           {{"j", {TypeKind::Json}},
                            {"x", {TypeKind::Xml}},
                            {"t", {TypeKind::UtcDatetime}},
                            {"d", decimal_type(9, 2)},
                            {"u", {TypeKind::Unknown}}}};

  ASSERT_THAT(run({schema}, batch_of(schema, {{{"j", List{1}}}})), IsOk());

  EXPECT_THAT(types("items"),
              ElementsAre("j JSON", "x VARCHAR", "t TIMESTAMP WITH TIME ZONE", "d DECIMAL(9,2)",
                          "u VARCHAR", "_tendril_synced TIMESTAMP WITH TIME ZONE"));
}

TEST_F(DuckdbDestinationTest, KeepsStateInATableThatPeopleCanRead) {
  ASSERT_THAT(open().commit({.entries = {{"s", "a", R"({"x":1})"}}}), IsOk());
  destination_.reset();

  EXPECT_THAT(fixture_.sql("SELECT connection, stream, slice, state, committed_at::VARCHAR FROM "
                           "warehouse.main._tendril_state"),
              ElementsAre(ElementsAre("c", "s", "a", R"({"x":1})", "2024-01-02 03:04:05+00")));
  EXPECT_THAT(fixture_.sql("SELECT connection, epoch FROM warehouse.main._tendril_epoch"),
              ElementsAre(ElementsAre("c", "1")));
}

TEST_F(DuckdbDestinationTest, KeepsTextsWithNul) {
  const std::string text("a\0b", 3);
  const TableSchema schema{"items", {{"k", {TypeKind::String}}}, {"k"}};

  ASSERT_THAT(run({schema, WriteMode::Merge}, batch_of(schema, {{{"k", text}}, {{"k", "a"}}})),
              IsOk());
  ASSERT_THAT(run({schema, WriteMode::Merge}, batch_of(schema, {{{"k", text}}})), IsOk());

  EXPECT_THAT(rows(), UnorderedElementsAre(StoredRow{{"k", text}}, StoredRow{{"k", "a"}}));
}

TEST_F(DuckdbDestinationTest, KeepsEarlierRowsWhenAValueIsRefused) {
  open();
  fixture_.sql("CREATE TABLE warehouse.main.items (id BIGINT, value VARCHAR NOT NULL)");
  ASSERT_THAT(run({plain_table()}, batch_of(plain_table(), {item(1, "a")})), IsOk());

  EXPECT_THAT(run({plain_table()}, batch_of(plain_table(), {item(2, "b"), item(3, nullptr)})),
              IsError(ErrorCode::BadData, HasSubstr("NOT NULL constraint")));

  EXPECT_THAT(rows(), ElementsAre(stored_item(1, "a")));
}

TEST_F(DuckdbDestinationTest, GoesOnWithNothingAfterAnError) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({plain_table()}), IsOk());
  ASSERT_THAT(destination.write(batch_of(plain_table(), {item(1, "a")})), IsOk());
  ASSERT_THAT(destination.prepare({plain_table("merged"), WriteMode::Merge}),
              IsError(ErrorCode::InvalidConfig));

  EXPECT_THAT(destination.commit({.entries = {{"s", "", "1"}}}), IsError(ErrorCode::InvalidConfig));

  EXPECT_THAT(open().load_state(), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(fixture_.look("items"), std::nullopt);
}

TEST_F(DuckdbDestinationTest, RefusesTablesItCanNotTellApartOrNeedsItself) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({plain_table("Items")}), IsOk());
  EXPECT_THAT(destination.prepare({plain_table("items")}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("Items, items")));

  EXPECT_THAT(open().prepare({plain_table("_tendril_STATE")}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("reserved")));
}

TEST_F(DuckdbDestinationTest, RefusesAKeyThatIsNoColumn) {
  EXPECT_THAT(open().prepare({{"items", {{"a", {TypeKind::Long}}}, {"b"}}}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("no column: b")));
}

TEST_F(DuckdbDestinationTest, RefusesMergesWithoutTheKey) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({keyed_table(), WriteMode::Merge}), IsOk());

  EXPECT_THAT(destination.write(batch_of({"items", {}}, {{{"value", "a"}}})),
              IsError(ErrorCode::BadData, HasSubstr("lacks the key column: id")));
}

TEST_F(DuckdbDestinationTest, RefusesDeletesOfATableWithoutAKey) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({plain_table()}), IsOk());

  EXPECT_THAT(destination.write(batch_of(plain_table(), {item(1, "a")}, Operation::Delete)),
              IsError(ErrorCode::InvalidConfig, HasSubstr("no primary key to delete by")));
}

TEST_F(DuckdbDestinationTest, MarksRowsOfATableThatIsOnlyAppendedTo) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({keyed_table()}), IsOk());
  ASSERT_THAT(destination.write(batch_of(keyed_table(), {item(1, "a"), item(1, "b")})), IsOk());
  ASSERT_THAT(destination.write(batch_of(keyed_table(), {item(1, nullptr)}, Operation::Delete)),
              IsOk());
  ASSERT_THAT(destination.write(batch_of(keyed_table(), {item(1, "c")})), IsOk());
  ASSERT_THAT(destination.write(batch_of(keyed_table(), {item(1, "d")}, Operation::Update)),
              IsOk());
  const auto counts = destination.commit({});

  ASSERT_THAT(counts, IsOk());
  EXPECT_EQ(counts->front().rows_deleted, 2);
  EXPECT_THAT(rows(), UnorderedElementsAre(deleted_item(1, "d"), deleted_item(1, "d"),
                                           stored_item(1, "d")));
}

TEST_F(DuckdbDestinationTest, StoresColumnsThatDifferInCaseSideBySide) {
  const TableSchema schema{"items", {{"Id", {TypeKind::Long}}, {"id", {TypeKind::Long}}}, {"id"}};
  const TableSchema turned{"items", {{"id", {TypeKind::Long}}, {"Id", {TypeKind::Long}}}, {"id"}};
  ASSERT_THAT(run({schema, WriteMode::Merge}, batch_of(schema, {{{"Id", 1}, {"id", 2}}})), IsOk());

  ASSERT_THAT(run({turned, WriteMode::Merge}, batch_of(turned, {{{"Id", 3}, {"id", 2}}})), IsOk());

  EXPECT_THAT(rows(), ElementsAre(StoredRow{{"Id", "3"}, {"id__2", "2"}}));
}

TEST_F(DuckdbDestinationTest, GivesAColumnWithoutValuesTheTypeOfItsFirst) {
  const TableSchema unknown{"items", {{"v", {TypeKind::Unknown}}}};
  const TableSchema known{"items", {{"v", {TypeKind::Long}}}};
  ASSERT_THAT(run({unknown}, batch_of(unknown, {{{"v", nullptr}}})), IsOk());

  ASSERT_THAT(run({known}, batch_of(known, {{{"v", 1}}})), IsOk());

  EXPECT_THAT(types("items"), ::testing::Contains("v BIGINT"));
}

TEST_F(DuckdbDestinationTest, MergesByTextWhenTheKeyBecomesText) {
  const TableSchema numbers{"items", {{"id", {TypeKind::Long}}, {"v", {TypeKind::Long}}}, {"id"}};
  const TableSchema texts{"items", {{"id", {TypeKind::String}}, {"v", {TypeKind::Long}}}, {"id"}};
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({numbers, WriteMode::Merge}), IsOk());
  ASSERT_THAT(destination.write(batch_of(numbers, {{{"id", 1}, {"v", 1}}, {{"id", 2}, {"v", 1}}})),
              IsOk());
  ASSERT_THAT(destination.write(batch_of(texts, {{{"id", "1"}, {"v", 2}}})), IsOk());
  ASSERT_THAT(destination.write(batch_of(numbers, {{{"id", 2}, {"v", 3}}})), IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());
  ASSERT_THAT(destination.write(batch_of(numbers, {{{"id", 1}, {"v", 4}}})), IsOk());
  ASSERT_THAT(destination.write(batch_of(texts, {{{"id", "1"}, {"v", 5}}})), IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());

  EXPECT_THAT(rows(), UnorderedElementsAre(StoredRow{{"id", "1"}, {"v", "5"}},
                                           StoredRow{{"id", "2"}, {"v", "3"}}));
}

TEST_F(DuckdbDestinationTest, MergesMoreRowsThanItHoldsAtATime) {
  const TableSchema schema{"items", {{"id", {TypeKind::Long}}, {"v", {TypeKind::Long}}}, {"id"}};
  constexpr int kRows = 300'000;  // More than one piece.
  const auto batch = [&](int factor) {
    BatchBuilder builder(schema);
    for (std::int64_t row = 0; row < kRows; ++row) {
      builder.cell("id").append_int(row * factor % kRows);
      builder.cell("v").append_int(row);
      builder.end_row();
    }
    return builder.take().value();
  };
  const auto summary = [&] {
    return fixture_.sql(
        "SELECT count(*), count(DISTINCT id), sum(v)::BIGINT FROM warehouse.main.items");
  };
  const auto sum = [](std::int64_t first, std::int64_t end) {
    return std::to_string((end * (end - 1) - first * (first - 1)) / 2);
  };

  ASSERT_THAT(run({schema, WriteMode::Merge}, batch(7)), IsOk());  // All keys once: goes straight.
  EXPECT_THAT(summary(), ElementsAre(ElementsAre("300000", "300000", sum(0, kRows))));
  ASSERT_THAT(run({schema, WriteMode::Merge}, batch(7)), IsOk());
  EXPECT_THAT(summary(), ElementsAre(ElementsAre("300000", "300000", sum(0, kRows))));
  ASSERT_THAT(run({schema, WriteMode::Merge}, batch(2)), IsOk());  // Even keys twice: is staged.
  EXPECT_THAT(fixture_.sql("SELECT count(*), count(*) FILTER (WHERE v = id / 2 + 150000) FROM "
                           "warehouse.main.items WHERE id % 2 = 0"),
              ElementsAre(ElementsAre("150000", "150000")));
  EXPECT_THAT(fixture_.sql("SELECT count(*), count(DISTINCT id) FROM warehouse.main.items"),
              ElementsAre(ElementsAre("300000", "300000")));
}

// Commits of many wide tables failed with "failed to pin block": the checkpoint that comes with one
// needs blocks of all columns at once.
TEST_F(DuckdbDestinationTest, HasMoreMemoryWhileItCommits) {
  const auto file = fixture_.files()->open(fixture_.file(), {});
  ASSERT_THAT(file, IsOk());
  const auto limit = [&] {
    return *fixture_.sql("SELECT current_setting('memory_limit')").at(0).at(0);
  };
  ASSERT_THAT((*file)->make_room_for("items", 12), IsOk());
  const std::string usual = limit();
  {
    const std::lock_guard lock((*file)->epoch_mutex());
    const DuckdbFile::CommitRoom room(**file);
    EXPECT_NE(limit(), usual);
  }

  EXPECT_EQ(limit(), usual);
}

TEST_F(DuckdbDestinationTest, UsesATableThatSomebodyElseMade) {
  open();
  fixture_.sql(
      "CREATE TABLE warehouse.main.Items (ID BIGINT PRIMARY KEY, value VARCHAR, n HUGEINT "
      "DEFAULT 7)");
  fixture_.sql("INSERT INTO warehouse.main.Items VALUES (1, 'theirs', 8), (2, 'theirs', 9)");

  ASSERT_THAT(run({keyed_table(), WriteMode::Merge},
                  batch_of(keyed_table(), {item(2, "ours"), item(3, "ours")})),
              IsOk());

  EXPECT_THAT(fixture_.sql("SELECT ID, value, n::VARCHAR FROM warehouse.main.Items ORDER BY ID"),
              ElementsAre(ElementsAre("1", "theirs", "8"), ElementsAre("2", "ours", "7"),
                          ElementsAre("3", "ours", "7")));
}

TEST_F(DuckdbDestinationTest, RefusesATableOfSomebodyElseThatDoesNotFit) {
  open();
  fixture_.sql("CREATE TABLE warehouse.main.items (id INTEGER, value HUGEINT)");

  EXPECT_THAT(destination_->prepare({plain_table()}),
              IsError(ErrorCode::InvalidConfig,
                      HasSubstr("column id of table items does not hold LONG values: INTEGER")));
  const TableSchema number{"items", {{"value", {TypeKind::Long}}}};
  EXPECT_THAT(open().prepare({number}), IsError(ErrorCode::InvalidConfig, HasSubstr("HUGEINT")));
  EXPECT_THAT(open().prepare({number, WriteMode::Replace}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("HUGEINT")));
}

TEST_F(DuckdbDestinationTest, RefusesAView) {
  open();
  fixture_.sql("CREATE VIEW warehouse.main.items AS SELECT 1 AS id");

  EXPECT_THAT(destination_->prepare({plain_table()}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("a view has the name")));
}

TEST_F(DuckdbDestinationTest, SaysThatAnIndexIsInTheWay) {
  ASSERT_THAT(run({plain_table()}, batch_of(plain_table(), {item(1, "a")})), IsOk());
  fixture_.sql("CREATE INDEX theirs ON warehouse.main.items (id)");
  const TableSchema wider{"items", {{"id", {TypeKind::String}}}};

  EXPECT_THAT(run({wider}, batch_of(wider, {{{"id", "x"}}})),
              IsError(ErrorCode::InvalidConfig, AllOf(HasSubstr("column id"), HasSubstr("index"))));
  EXPECT_THAT(rows(), ElementsAre(stored_item(1, "a")));
}

TEST_F(DuckdbDestinationTest, TakesBatchesOfMixedSchemasInAnyOrder) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({{"items", {{"id", {TypeKind::Long}}}}}), IsOk());
  std::vector<Batch> batches;
  for (int number = 0; number < 40; ++number) {
    batches.push_back(batch_of({"items", {}}, {{{"c" + std::to_string(number % 20), number}}}));
  }
  for (const Batch& batch : batches) {
    ASSERT_THAT(destination.write(batch), IsOk());
  }
  ASSERT_THAT(destination.commit({}), IsOk());

  EXPECT_THAT(rows(), SizeIs(40));
  EXPECT_THAT(types("items"), SizeIs(22));
}

}  // namespace
}  // namespace tendril
