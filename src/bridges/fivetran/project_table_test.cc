#include "bridges/fivetran/project_table.h"

#include <cmath>

#include <gmock/gmock.h>

#include "bridges/fivetran/frames_test.h"
#include "bridges/fivetran/hash_order.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr auto kUpsert = RowOperation::Upsert;

class ProjectTableTest : public ::testing::Test {
 protected:
  ProjectTable table(TableSchema declared) {
    return ProjectTable(std::move(declared),
                        {.warn = [this](const std::string& text) { warnings_.push_back(text); }});
  }
  ProjectTable keyed(std::vector<Column> columns = {}) {
    std::vector<Column> all{{"id", {TypeKind::Long}}};
    all.insert(all.end(), columns.begin(), columns.end());
    return table({"t", all, {"id"}});
  }

  Result<std::vector<Batch>> take(ProjectTable& table, RowOperation operation, std::uint32_t rows,
                                  const TestColumns& columns) {
    payload_ = rows_payload(operation, "t", rows, columns);
    const auto frame = parse_rows(payload_);
    EXPECT_THAT(frame, IsOk());
    return table.take(*frame);
  }

  std::string payload_;
  std::vector<std::string> warnings_;
};

std::vector<std::string> names(const TableSchema& schema) {
  std::vector<std::string> all;
  for (const Column& column : schema.columns) {
    all.push_back(column.name + " " + to_string(column.type));
  }
  return all;
}

TEST_F(ProjectTableTest, TellsOfColumnsThatDifferByCapitalsOnly) {
  ProjectTable t({"t", {{"id", {TypeKind::Long}}, {"Name", {TypeKind::String}}}, {"id"}},
                 {.naming = ProjectNaming::Source,
                  .warn = [this](const std::string& text) { warnings_.push_back(text); }});
  const TestColumns row{{"id", {int_cell(1)}}, {"name", {text_cell("ada")}}};

  ASSERT_THAT(take(t, kUpsert, 1, row), IsOk());
  ASSERT_THAT(take(t, kUpsert, 1, row), IsOk());

  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("columns Name and name differ by capitals")));
}

TEST_F(ProjectTableTest, LearnsTypesOfUndeclaredColumns) {
  ProjectTable t = table({"t", {{"id", {}}}, {"id"}});

  const auto batches = take(t, kUpsert, 1,
                            {{"id", {int_cell(1)}},
                             {"price", {float_cell(1.5)}},
                             {"tags", {text_cell("[1]", CellTag::Json)}},
                             {"flag", {{CellTag::True}}}});

  ASSERT_THAT(batches, IsOk());
  EXPECT_THAT(names(*batches->at(0).schema),
              ElementsAre("id LONG", "price FLOAT", "tags STRING", "flag BOOLEAN"));
}

TEST_F(ProjectTableTest, MakesNoColumnOfNulls) {
  ProjectTable t = keyed();

  ASSERT_THAT(take(t, kUpsert, 2,
                   {{"id", {int_cell(1), int_cell(2)}},
                    {"never", {null_cell(), null_cell()}},
                    {"late", {null_cell(), text_cell("x")}}}),
              IsOk());

  EXPECT_THAT(names(t.schema()), ElementsAre("id LONG", "late STRING"));
}

TEST_F(ProjectTableTest, GivesRowsWithoutAKeyAnIdOfTheirContent) {
  ProjectTable t = table({"t", {}});
  const auto columns = [](std::string_view a, std::string_view b) {
    return TestColumns{{std::string(a), {int_cell(1)}}, {std::string(b), {int_cell(2)}}};
  };
  const auto id_of = [&](const TestColumns& row) {
    const std::string payload = rows_payload(kUpsert, "t", 1, row);
    const auto frame = parse_rows(payload);
    return row_ids(*frame, {row[0].first, row[1].first}).at(0);
  };

  const auto batches = take(t, kUpsert, 1, columns("a", "b"));

  ASSERT_THAT(batches, IsOk());
  EXPECT_THAT(batches->at(0).schema->primary_key, ElementsAre("_fivetran_id"));
  EXPECT_THAT(id_of(columns("a", "b")), SizeIs(32));
  EXPECT_NE(id_of(columns("a", "b")), id_of(columns("b", "a")));
  EXPECT_EQ(id_of({{"a", {int_cell(1)}}, {"b", {null_cell()}}}),
            id_of({{"b", {null_cell()}}, {"a", {int_cell(1)}}}));
}

TEST_F(ProjectTableTest, NeedsTheWholeKey) {
  ProjectTable t = table({"stock", {{"shop", {}}, {"item", {}}}, {"shop", "item"}});

  EXPECT_THAT(take(t, RowOperation::Delete, 1, {{"shop", {text_cell("a")}}}),
              IsError(ErrorCode::BadData,
                      "table stock, row shop=a of delete(): primary key column "
                      "item is missing"));
  EXPECT_THAT(take(t, kUpsert, 1, {{"shop", {text_cell("a")}}, {"item", {null_cell()}}}),
              IsError(ErrorCode::BadData, HasSubstr("item is None")));
}

TEST_F(ProjectTableTest, SaysWhichRowDoesNotFit) {
  ProjectTable t = keyed({{"n", {TypeKind::Long}}});

  EXPECT_THAT(take(t, kUpsert, 2,
                   {{"id", {int_cell(1), int_cell(7)}}, {"n", {int_cell(1), text_cell("seven")}}}),
              IsError(ErrorCode::BadData,
                      "table t, row id=7 of upsert(): column n is declared "
                      "LONG, which does not hold seven"));
}

TEST_F(ProjectTableTest, StoresNanAndLongDecimalsAsNullAndSaysSoOnce) {
  ProjectTable t = keyed({{"price", decimal_type(4, 2)}});

  const auto batches =
      take(t, kUpsert, 2,
           {{"id", {int_cell(1), int_cell(2)}},
            {"price", {text_cell("123.4", CellTag::Decimal), text_cell("999", CellTag::Decimal)}},
            {"x", {float_cell(std::nan("")), float_cell(std::nan(""))}}});

  ASSERT_THAT(batches, IsOk());
  EXPECT_THAT(names(t.schema()), ElementsAre("id LONG", "price DECIMAL(4,2)", "x FLOAT"));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("row id=1, column price"), HasSubstr("NaN")));
}

TEST_F(ProjectTableTest, CutsUpdatesByTheColumnsThatRowsMention) {
  ProjectTable t = keyed();

  const auto batches = take(t, RowOperation::Update, 3,
                            {{"id", {int_cell(1), int_cell(2), int_cell(3)}},
                             {"a", {int_cell(1), int_cell(2), absent_cell()}},
                             {"b", {absent_cell(), absent_cell(), null_cell()}}});

  ASSERT_THAT(batches, IsOk());
  ASSERT_THAT(*batches, SizeIs(2));
  EXPECT_EQ(batches->at(0).row_count(), 2);
  EXPECT_THAT(names(*batches->at(0).schema), ElementsAre("id LONG", "a LONG"));
  EXPECT_THAT(names(*batches->at(1).schema), ElementsAre("id LONG"));
}

TEST_F(ProjectTableTest, LeavesOutChangesThatCanMeetNoRow) {
  ProjectTable t = table({"t", {}});

  EXPECT_THAT(take(t, RowOperation::Update, 1, {{"a", {int_cell(1)}}}), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("no primary key")));
}

TEST_F(ProjectTableTest, MergesColumnsThatGetOneName) {
  ProjectTable t = keyed();

  const auto batches =
      take(t, kUpsert, 1,
           {{"id", {int_cell(1)}}, {"vanId", {int_cell(4)}}, {"van_id", {absent_cell()}}});

  ASSERT_THAT(batches, IsOk());
  EXPECT_THAT(names(t.schema()), ElementsAre("id LONG", "van_id LONG"));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("vanId and van_id")));
}

TEST_F(ProjectTableTest, RefusesSystemColumns) {
  ProjectTable t = keyed();

  EXPECT_THAT(take(t, kUpsert, 1, {{"id", {int_cell(1)}}, {"_fivetran_synced", {int_cell(1)}}}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("_fivetran_synced")));
}

TEST_F(ProjectTableTest, OrdersColumnsAsTheFirstRowHashes) {
  ProjectTable t = table({"t", {{"zone", {}}, {"id", {}}}, {"zone", "id"}});

  ASSERT_THAT(take(t, kUpsert, 1,
                   {{"price", {float_cell(1.5)}},
                    {"town", {text_cell("Oslo")}},
                    {"id", {int_cell(7)}},
                    {"zone", {text_cell("n")}},
                    {"colour", {null_cell()}}}),
              IsOk());

  EXPECT_THAT(t.column_order(),
              ElementsAre("zone", "id", "_fivetran_synced", "town", "price", "_fivetran_deleted"));
}

TEST_F(ProjectTableTest, OrdersDeclaredColumnsAsDeclared) {
  const ProjectTable t = keyed({{"b", {TypeKind::String}}, {"a", {TypeKind::String}}});

  EXPECT_THAT(t.column_order(),
              ElementsAre("id", "b", "a", "_fivetran_synced", "_fivetran_deleted"));
}

TEST_F(ProjectTableTest, SummarizesWhatCame) {
  ProjectTable t = keyed({{"name", {TypeKind::String}}});
  ASSERT_THAT(take(t, kUpsert, 3,
                   {{"id", {int_cell(1), int_cell(2), int_cell(3)}},
                    {"name", {text_cell("x"), null_cell(), absent_cell()}}}),
              IsOk());
  ASSERT_THAT(take(t, kUpsert, 1, {{"id", {int_cell(4)}}, {"price", {float_cell(NAN)}}}), IsOk());
  ASSERT_THAT(take(t, RowOperation::Update, 1, {{"id", {int_cell(1)}}, {"size", {int_cell(2)}}}),
              IsOk());
  ASSERT_THAT(take(t, RowOperation::Truncate, 0, {}), IsOk());

  const TableSummary summary = t.summary();

  EXPECT_EQ(summary.name, "t");
  EXPECT_EQ(summary.upserts, 4);
  EXPECT_EQ(summary.updates, 1);
  EXPECT_EQ(summary.truncates, 1);
  ASSERT_THAT(summary.columns, SizeIs(4));
  EXPECT_TRUE(summary.columns[0].key && summary.columns[0].declared);
  EXPECT_EQ(summary.columns[0].nulls, 0);
  EXPECT_EQ(summary.columns[1].nulls, 3);
  EXPECT_EQ(summary.columns[2].name, "price");
  EXPECT_FALSE(summary.columns[2].declared);
  EXPECT_EQ(summary.columns[2].nulls, 4);
  EXPECT_EQ(summary.columns[3].name, "size");
  EXPECT_EQ(summary.columns[3].type, (Type{TypeKind::Long}));
}

}  // namespace
}  // namespace tendril
