#include "data/column_builder.h"

#include <limits>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include <gtest/gtest.h>

#include "data/batch_builder.h"

namespace tendril {
namespace {

// The values as Arrow prints them, one text each; "null" for nulls.
std::vector<std::string> taken(ColumnBuilder& column) {
  const auto array = column.take();
  std::vector<std::string> texts;
  for (std::int64_t row = 0; row < (*array)->length(); ++row) {
    texts.push_back((*array)->IsNull(row) ? "null" : (*(*array)->GetScalar(row))->ToString());
  }
  EXPECT_TRUE((*array)->ValidateFull().ok());
  return texts;
}

using Texts = std::vector<std::string>;

TEST(ColumnBuilder, LearnsItsTypeFromTheFirstValue) {
  ColumnBuilder column{Type()};
  column.append_null();
  column.append_int(7);
  column.append_null();

  EXPECT_EQ(column.type(), Type{TypeKind::Long});
  EXPECT_EQ(taken(column), (Texts{"null", "7", "null"}));
}

TEST(ColumnBuilder, AFractionWidensIntegersToDouble) {
  ColumnBuilder column{Type()};
  column.append_int(7);
  column.append_double(1.5);

  EXPECT_EQ(column.type(), Type{TypeKind::Double});
  EXPECT_EQ(taken(column), (Texts{"7", "1.5"}));
}

TEST(ColumnBuilder, AnIntegerThatADoubleWouldRoundMakesText) {
  ColumnBuilder column{Type()};
  column.append_int(9'007'199'254'740'993);
  column.append_double(1.5);

  EXPECT_EQ(column.type(), Type{TypeKind::String});
  EXPECT_EQ(taken(column), (Texts{"9007199254740993", "1.5"}));
}

TEST(ColumnBuilder, IdsBeyond64BitsAreKeptAsText) {
  ColumnBuilder column{{TypeKind::Long}};
  column.append_int(std::numeric_limits<std::int64_t>::max());
  column.append_big_number("18446744073709551616");

  EXPECT_EQ(column.type(), Type{TypeKind::String});
  EXPECT_EQ(taken(column), (Texts{"9223372036854775807", "18446744073709551616"}));
}

TEST(ColumnBuilder, SmallIntegersWidenWhenTheyOverflow) {
  ColumnBuilder column{{TypeKind::Short}};
  column.append_int(-32768);
  column.append_int(32768);

  EXPECT_EQ(column.type(), Type{TypeKind::Long});
  EXPECT_EQ(taken(column), (Texts{"-32768", "32768"}));
}

TEST(ColumnBuilder, ZeroFalseAndEmptyTextAreValues) {
  ColumnBuilder number{Type()};
  number.append_int(0);
  ColumnBuilder flag{Type()};
  flag.append_bool(false);
  flag.append_null();
  ColumnBuilder text{Type()};
  text.append_string("");

  EXPECT_EQ(taken(number), (Texts{"0"}));
  EXPECT_EQ(taken(flag), (Texts{"false", "null"}));
  EXPECT_EQ(taken(text), (Texts{""}));
}

TEST(ColumnBuilder, TimestampsBecomeInstants) {
  ColumnBuilder column{{TypeKind::UtcDatetime}};
  column.append_string("2024-01-02T03:04:05+02:00");
  column.append_string("2024-01-02T01:04:05Z");
  column.append_int(1704157445);

  const Texts texts = taken(column);
  EXPECT_EQ(texts[0], texts[1]);
  EXPECT_EQ(texts[0], texts[2]);
}

TEST(ColumnBuilder, ATimestampThatDoesNotParseMakesTextAndLosesNothing) {
  ColumnBuilder column{{TypeKind::UtcDatetime}};
  column.append_string("2024-01-02T03:04:05.250Z");
  column.append_string("next week");

  EXPECT_EQ(column.type(), Type{TypeKind::String});
  EXPECT_EQ(taken(column), (Texts{"2024-01-02T03:04:05.250Z", "next week"}));
}

TEST(ColumnBuilder, DecimalsGrowTheirDigits) {
  ColumnBuilder column{decimal_type(4, 2)};
  column.append_string("12.34");
  column.append_string("123.456");
  column.append_int(5);

  EXPECT_EQ(column.type(), decimal_type(6, 3));
  EXPECT_EQ(taken(column), (Texts{"12.340", "123.456", "5.000"}));
}

TEST(ColumnBuilder, AJsonColumnTakesScalarsAsJson) {
  ColumnBuilder column{{TypeKind::Json}};
  column.append_json(R"({"a": 1})");
  column.append_string("x\"y");
  column.append_bool(true);
  column.append_int(3);

  EXPECT_EQ(taken(column), (Texts{R"({"a": 1})", R"("x\"y")", "true", "3"}));
}

TEST(ColumnBuilder, AnObjectAmongNumbersMakesText) {
  ColumnBuilder column{Type()};
  column.append_int(1);
  column.append_json("[1,2]");

  EXPECT_EQ(taken(column), (Texts{"1", "[1,2]"}));
}

TEST(ColumnBuilder, PopForgetsTheLastValueOfEachKind) {
  for (const TypeKind kind : {TypeKind::Long, TypeKind::Boolean, TypeKind::String}) {
    ColumnBuilder column{{kind}};
    const auto append_one = [&] {
      kind == TypeKind::Long
          ? column.append_int(1)
          : (kind == TypeKind::Boolean ? column.append_bool(true) : column.append_string("1"));
    };
    append_one();
    column.append_null();
    column.pop();
    append_one();
    column.append_null();
    append_one();
    column.pop();

    const Texts texts = taken(column);
    ASSERT_EQ(texts.size(), 3U) << to_string(Type{kind});
    EXPECT_EQ(texts[0], texts[1]);
    EXPECT_EQ(texts[2], "null");
  }
}

TEST(ColumnBuilder, IsReadyForTheNextBatchAfterTake) {
  ColumnBuilder column{Type()};
  column.append_string("first");
  EXPECT_EQ(taken(column), (Texts{"first"}));
  column.append_string("second");
  column.append_null();

  EXPECT_EQ(taken(column), (Texts{"second", "null"}));
}

TEST(BatchBuilder, MissingCellsAreNullInWhateverOrder) {
  BatchBuilder rows({"t", {{"a", {TypeKind::Long}}}});
  rows.cell("a").append_int(1);
  rows.end_row();
  rows.cell("b").append_string("x");
  rows.cell("a").append_int(2);
  rows.end_row();
  rows.end_row();

  const Result<Batch> batch = rows.take();
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->row_count(), 3);
  EXPECT_EQ(batch->schema->columns,
            (std::vector<Column>{{"a", {TypeKind::Long}}, {"b", {TypeKind::String}}}));
  EXPECT_GT(batch->bytes(), 0U);
}

TEST(BatchBuilder, TheLastOfTwoEqualNamesWins) {
  BatchBuilder rows({"t", {}});
  rows.cell("a").append_int(1);
  rows.cell("a").append_int(2);
  rows.end_row();

  Result<Batch> batch = rows.take();
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->row_count(), 1);
}

TEST(BatchBuilder, AnAbandonedRowLeavesNothing) {
  BatchBuilder rows({"t", {}});
  rows.cell("a").append_int(1);
  rows.end_row();
  rows.cell("a").append_int(2);
  rows.cell("b").append_int(2);
  rows.abandon_row();
  rows.add_row({{"a", 3}});

  Result<Batch> batch = rows.take();
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->row_count(), 2);
}

TEST(BatchBuilder, BatchesOfOneShapeShareTheirSchema) {
  BatchBuilder rows({"t", {}});
  rows.add_row({{"a", 1}});
  const Result<Batch> first = rows.take();
  rows.add_row({{"a", 2}});
  const Result<Batch> second = rows.take();

  EXPECT_EQ(first->schema, second->schema);
}

}  // namespace
}  // namespace tendril
