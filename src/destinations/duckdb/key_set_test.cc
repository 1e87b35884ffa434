#include "destinations/duckdb/key_set.h"

#include <limits>
#include <memory>

#include <arrow/array.h>

#include <gtest/gtest.h>

#include "data/batch_builder.h"
#include "data/value.h"

namespace tendril {
namespace {

std::shared_ptr<arrow::Array> column(Type type, const List& values) {
  ColumnBuilder builder(type);
  for (const Value& value : values) {
    builder.append(value);
  }
  return builder.take().value();
}

bool are_distinct(Type type, const List& values) {
  return KeySet().add({column(type, values).get()});
}

TEST(KeySet, FindsAKeyThatComesTwice) {
  EXPECT_TRUE(are_distinct({TypeKind::Long}, {1, 2, 0, -1}));
  EXPECT_FALSE(are_distinct({TypeKind::Long}, {1, 2, 1}));
  EXPECT_TRUE(are_distinct({TypeKind::String}, {"a", "b", "", "ab"}));
  EXPECT_FALSE(are_distinct({TypeKind::String}, {"a", "b", "a"}));
  EXPECT_TRUE(are_distinct(decimal_type(10, 2), {BigNumber{"1.25"}, BigNumber{"1.5"}}));
  EXPECT_FALSE(are_distinct(decimal_type(10, 2), {BigNumber{"1.50"}, BigNumber{"1.5"}}));
  EXPECT_FALSE(are_distinct({TypeKind::Boolean}, {true, false, true}));
  EXPECT_FALSE(are_distinct({TypeKind::NaiveDate}, {"2024-01-02", "2024-01-02"}));
}

TEST(KeySet, TakesNullForAValue) {
  EXPECT_TRUE(are_distinct({TypeKind::Long}, {nullptr, 0}));
  EXPECT_FALSE(are_distinct({TypeKind::Long}, {nullptr, nullptr}));
  EXPECT_FALSE(are_distinct({TypeKind::Unknown}, {nullptr, nullptr}));
}

TEST(KeySet, TakesForTheSameWhatSqlTakesForTheSame) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(are_distinct({TypeKind::Double}, {nan, -nan}));
  EXPECT_FALSE(are_distinct({TypeKind::Double}, {0.0, -0.0}));
}

TEST(KeySet, RemembersKeysOfEarlierBatches) {
  KeySet keys;
  EXPECT_TRUE(keys.add({column({TypeKind::Long}, {1, 2}).get()}));
  EXPECT_TRUE(keys.add({column({TypeKind::Short}, {3}).get()}));
  EXPECT_FALSE(keys.add({column({TypeKind::Int}, {2}).get()}));

  keys.clear();
  EXPECT_TRUE(keys.add({column({TypeKind::Long}, {2}).get()}));
}

TEST(KeySet, ComparesAllColumnsInTheirOrder) {
  const auto a = column({TypeKind::Long}, {1, 1, 2});
  const auto b = column({TypeKind::String}, {"x", "y", "x"});
  const auto c = column({TypeKind::Long}, {1, 2, 1});

  EXPECT_TRUE(KeySet().add({a.get(), b.get()}));
  EXPECT_TRUE(KeySet().add({a.get(), c.get()})) << "(1, 2) is not (2, 1)";
  EXPECT_FALSE(KeySet().add({b.get()}));
}

TEST(KeySet, KnowsNoEndOfKeysButTheLimit) {
  KeySet keys;
  ColumnBuilder builder({TypeKind::Long});
  for (std::size_t key = 0; key < KeySet::kKeysMax; ++key) {
    builder.append_int(static_cast<std::int64_t>(key));
  }
  EXPECT_TRUE(keys.add({builder.take().value().get()}));

  EXPECT_FALSE(keys.add({column({TypeKind::Long}, {-1}).get()}));
}

TEST(KeySet, NeedsAKey) { EXPECT_FALSE(KeySet().add({})); }

}  // namespace
}  // namespace tendril
