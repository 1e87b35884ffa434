// Part of the destination contract: types, names, and tables that grow.
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "core/encoding.h"
#include "data/instant.h"
#include "testing/destination_fixture.h"

namespace tendril {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class GrowingDestination : public KeepingDestination {
 protected:
  // A table with one column `v` of a type, and a batch of values for it.
  static TableSchema column_of(Type type) { return {"items", {{"v", type}}}; }
  static Batch values(Type type, const List& list) {
    std::vector<Map> rows;
    for (const Value& value : list) {
      rows.push_back({{"v", value}});
    }
    Batch batch = batch_of(column_of(type), rows);
    CHECK(batch.schema->columns.front().type == type);
    return batch;
  }
  // The texts of column `v`.
  std::vector<std::optional<std::string>> stored(const std::string& table = "items") {
    std::vector<std::optional<std::string>> texts;
    for (const StoredRow& row : rows(table)) {
      texts.push_back(row.at("v"));
    }
    return texts;
  }
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(GrowingDestination);

TEST_P(GrowingDestination, AddsColumnsAsTheyCome) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({plain_table()}), IsOk());
  ASSERT_THAT(destination.write(batch_of(plain_table(), {item(1, "a")})), IsOk());
  ASSERT_THAT(
      destination.write(batch_of(plain_table(), {Map{{"id", 2}, {"value", "b"}, {"new", true}}})),
      IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());
  ASSERT_THAT(destination.write(batch_of(plain_table(), {Map{{"id", 3}, {"newer", 1.5}}})), IsOk());
  ASSERT_THAT(destination.write(batch_of(plain_table(), {item(4, "d")})), IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());

  const auto row = [](const char* id, std::optional<std::string> value,
                      std::optional<std::string> added, std::optional<std::string> newer) {
    return StoredRow{{"id", id}, {"value", value}, {"new", added}, {"newer", newer}};
  };
  const auto none = std::nullopt;
  EXPECT_THAT(rows(), UnorderedElementsAre(row("1", "a", none, none), row("2", "b", "true", none),
                                           row("3", none, none, "1.5"), row("4", "d", none, none)));
}

TEST_P(GrowingDestination, AddsColumnsBetweenMerges) {
  if (!fixture_->merges()) {
    GTEST_SKIP() << GetParam().name << " does not merge";
  }
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({keyed_table(), WriteMode::Merge}), IsOk());
  ASSERT_THAT(destination.write(batch_of(keyed_table(), {item(1, "a"), item(2, "a")})), IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());
  ASSERT_THAT(destination.write(batch_of(keyed_table(), {item(1, "b")})), IsOk());
  ASSERT_THAT(destination.write(
                  batch_of({"items", {}, {"id"}}, {{{"id", 2}, {"new", 5}}}, Operation::Update)),
              IsOk());
  ASSERT_THAT(destination.write(batch_of({"items", {}, {"id"}}, {{{"id", "x"}, {"new", 6}}})),
              IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());

  const auto row = [](const char* id, std::optional<std::string> value,
                      std::optional<std::string> added) {
    return StoredRow{{"id", id}, {"value", value}, {"new", added}};
  };
  const auto none = std::nullopt;
  EXPECT_THAT(rows(),
              UnorderedElementsAre(row("1", "b", none), row("2", "a", "5"), row("x", none, "6")));
}

TEST_P(GrowingDestination, WidensColumnsWithinACommit) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({column_of({TypeKind::Long})}), IsOk());
  ASSERT_THAT(destination.write(values({TypeKind::Long}, {1, nullptr})), IsOk());
  ASSERT_THAT(destination.write(values({TypeKind::Double}, {2.5})), IsOk());
  ASSERT_THAT(destination.write(values({TypeKind::String}, {"three"})), IsOk());
  ASSERT_THAT(destination.write(values({TypeKind::Short}, {4})), IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());

  // What was written as text stays as it is.
  EXPECT_THAT(stored(), UnorderedElementsAre(fixture_->merges() ? "1.0" : "1", std::nullopt, "2.5",
                                             "three", "4"));
}

// Each column keeps the values it had, spelt as ColumnBuilder would have them.
TEST_P(GrowingDestination, WidensColumnsOfEarlierRuns) {
  struct Step {
    Type from;
    Value value;
    Type to;
    Value other;
    std::optional<std::string> widened;
  };
  const Value instant(parse_datetime("2024-01-02T03:04:05.600Z").value());
  const std::vector<Step> steps{
      {{TypeKind::Short}, -7, {TypeKind::Int}, 70'000, "-7"},
      {{TypeKind::Int}, -7, {TypeKind::Long}, std::int64_t{1} << 40, "-7"},
      {{TypeKind::Long}, -7, {TypeKind::Double}, 0.5, "-7.0"},
      {{TypeKind::Long}, -7, decimal_type(20, 1), BigNumber{"0.5"}, "-7.0"},
      {{TypeKind::Float}, 0.1, {TypeKind::String}, "x", "0.1"},
      {{TypeKind::Double}, 1e300, {TypeKind::String}, "x", "1e+300"},
      {{TypeKind::Double},
       std::numeric_limits<double>::quiet_NaN(),
       {TypeKind::String},
       "x",
       "NaN"},
      {decimal_type(5, 2), BigNumber{"1.50"}, decimal_type(8, 3), BigNumber{"2.125"}, "1.500"},
      {decimal_type(5, 2), BigNumber{"1.50"}, {TypeKind::String}, "x", "1.50"},
      {decimal_type(2, 2), BigNumber{"-0.05"}, {TypeKind::String}, "x", "-0.05"},
      {{TypeKind::Boolean}, true, {TypeKind::String}, "x", "true"},
      {{TypeKind::NaiveDate},
       "2024-01-02",
       {TypeKind::NaiveDatetime},
       "2024-01-02T03:04:05",
       "2024-01-02T00:00:00"},
      {{TypeKind::NaiveDate}, "2024-01-02", {TypeKind::String}, "x", "2024-01-02"},
      {{TypeKind::NaiveTime}, "03:04:05.600", {TypeKind::String}, "x", "03:04:05.600"},
      {{TypeKind::NaiveDatetime},
       "2024-01-02T03:04:05",
       {TypeKind::String},
       "x",
       "2024-01-02T03:04:05"},
      {{TypeKind::UtcDatetime}, instant, {TypeKind::String}, "x", "2024-01-02T03:04:05.600Z"},
      {{TypeKind::Json}, List{1}, {TypeKind::String}, "x", "[1]"},
      {{TypeKind::Unknown}, nullptr, {TypeKind::Long}, 1, std::nullopt},
  };
  TableSchema narrow{"items", {}};
  TableSchema wide{"items", {}};
  Map values;
  Map others;
  for (const Step& step : steps) {
    const std::string name = std::to_string(narrow.columns.size()) + ": " + to_string(step.from) +
                             " to " + to_string(step.to);
    narrow.columns.push_back({name, step.from});
    wide.columns.push_back({name, step.to});
    values.append(name, step.value);
    others.append(name, step.other);
  }
  const Batch narrow_batch = batch_of(narrow, {values});
  const Batch wide_batch = batch_of(wide, {others});
  ASSERT_EQ(*narrow_batch.schema, narrow);
  ASSERT_EQ(*wide_batch.schema, wide);

  run({narrow}, {narrow_batch});
  run({wide}, {wide_batch});
  run({narrow}, {narrow_batch});

  const std::vector<StoredRow> stored = rows();
  ASSERT_EQ(stored.size(), 3U);
  for (std::size_t index = 0; index < steps.size(); ++index) {
    const std::string& name = narrow.columns[index].name;
    const auto kept = std::count_if(stored.begin(), stored.end(), [&](const StoredRow& row) {
      return row.at(name) == steps[index].widened;
    });
    EXPECT_EQ(kept, 2) << name << ": " << ::testing::PrintToString(stored.front().at(name));
  }
}

TEST_P(GrowingDestination, WidensBytesToText) {
  BatchBuilder builder(column_of({TypeKind::Binary}));
  builder.cell("v").append_bytes(std::string_view("\0\xff", 2));
  builder.end_row();
  const Batch bytes = builder.take().value();
  run({column_of({TypeKind::Binary})}, {bytes});

  run({column_of({TypeKind::String})}, {values({TypeKind::String}, {"x"}), bytes});

  EXPECT_THAT(stored(), UnorderedElementsAre("AP8=", "x", "AP8="));
}

TEST_P(GrowingDestination, KeepsTheExtremesOfAllTypes) {
  using Limits = std::numeric_limits<double>;
  const std::string digits(38, '9');
  struct Case {
    Type type;
    List values;
    std::vector<std::optional<std::string>> stored;
  };
  const std::vector<Case> cases{
      {{TypeKind::Boolean}, {true, false}, {"true", "false"}},
      {{TypeKind::Short}, {-32768, 32767}, {"-32768", "32767"}},
      {{TypeKind::Int}, {INT32_MIN, INT32_MAX}, {"-2147483648", "2147483647"}},
      {{TypeKind::Long}, {INT64_MIN, INT64_MAX}, {"-9223372036854775808", "9223372036854775807"}},
      {{TypeKind::Float}, {0.1, 1e30}, {"0.1", "1e+30"}},
      {{TypeKind::Double},
       {Limits::max(), Limits::denorm_min(), Limits::infinity(), -Limits::infinity()},
       {"1.7976931348623157e+308", "5e-324", "Infinity", "-Infinity"}},
      {{TypeKind::Double}, {Limits::quiet_NaN(), 0.0}, {"NaN", "0.0"}},
      {decimal_type(38, 0), {BigNumber{digits}, BigNumber{"-" + digits}}, {digits, "-" + digits}},
      {decimal_type(38, 38), {BigNumber{"0." + digits}}, {"0." + digits}},
      {decimal_type(4, 2), {BigNumber{"-0.05"}, BigNumber{"99.99"}}, {"-0.05", "99.99"}},
      {{TypeKind::NaiveDate}, {"0001-01-01", "9999-12-31"}, {"0001-01-01", "9999-12-31"}},
      {{TypeKind::NaiveTime}, {"00:00:00", "23:59:59.999999"}, {"00:00:00", "23:59:59.999999"}},
      {{TypeKind::NaiveDatetime},
       {"0001-01-01T00:00:00", "9999-12-31T23:59:59.999999"},
       {"0001-01-01T00:00:00", "9999-12-31T23:59:59.999999"}},
      {{TypeKind::UtcDatetime},
       {"0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"},
       {"0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"}},
      {{TypeKind::Xml}, {"<a b='c'>&amp;</a>"}, {"<a b='c'>&amp;</a>"}},
      {{TypeKind::String},
       {"", "ü\u2028🦆", std::string(100'000, 'x')},
       {"", "ü\u2028🦆", std::string(100'000, 'x')}},
      {{TypeKind::Json},
       {Map{{"a", List{1, nullptr}}}, "text", 1},
       {R"({"a":[1,null]})", R"("text")", "1"}},
      {{TypeKind::Unknown}, {nullptr}, {std::nullopt}},
  };
  Destination& destination = open();
  for (std::size_t index = 0; index < cases.size(); ++index) {
    List with_null = cases[index].values;
    with_null.emplace_back(nullptr);
    Batch batch = values(cases[index].type, with_null);
    TableSchema schema = *batch.schema;
    schema.name = "t" + std::to_string(index);
    batch.schema = std::make_shared<const TableSchema>(schema);
    ASSERT_THAT(destination.prepare({schema}), IsOk());
    ASSERT_THAT(destination.write(batch), IsOk());
  }
  ASSERT_THAT(destination.commit({}), IsOk());

  for (std::size_t index = 0; index < cases.size(); ++index) {
    auto expected = cases[index].stored;
    expected.push_back(std::nullopt);
    EXPECT_THAT(stored("t" + std::to_string(index)), ::testing::UnorderedElementsAreArray(expected))
        << to_string(cases[index].type);
  }
}

TEST_P(GrowingDestination, KeepsAnyBytesInBinaryColumns) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all += static_cast<char>(byte);
  }
  BatchBuilder builder(column_of({TypeKind::Binary}));
  for (const std::string_view bytes : {std::string_view(all), std::string_view("")}) {
    builder.cell("v").append_bytes(bytes);
    builder.end_row();
  }

  run({column_of({TypeKind::Binary})}, {builder.take().value()});

  EXPECT_THAT(stored(), UnorderedElementsAre(base64_encode(all), ""));
}

TEST_P(GrowingDestination, TakesAnyNames) {
  const WriteMode mode = fixture_->merges() ? WriteMode::Merge : WriteMode::Append;
  const std::vector<std::string> names{
      "select", "a b", "a\"b", "a'b", "a;--", "ünïcode 🦆", "a.b", std::string(60, 'n'),
      "%s",     "a\\b"};
  const auto table = [](const std::string& name) {
    return TableSchema{name, {{name, {TypeKind::Long}}, {"v", {TypeKind::Long}}}, {name}};
  };
  for (const std::vector<int>& values : {std::vector<int>{1, 2}, std::vector<int>{3}}) {
    Destination& destination = open();
    for (const std::string& name : names) {
      ASSERT_THAT(destination.prepare({table(name), mode}), IsOk());
      for (const int value : values) {
        ASSERT_THAT(destination.write(batch_of(table(name), {{{name, 1}, {"v", value}}})), IsOk());
      }
    }
    ASSERT_THAT(destination.commit({}), IsOk());
  }

  for (const std::string& name : names) {
    EXPECT_THAT(rows(name), ::testing::Contains(StoredRow{{name, "1"}, {"v", "3"}}));
    EXPECT_EQ(rows(name).size(), fixture_->merges() ? 1U : 3U);
  }
}

TEST_P(GrowingDestination, TakesTablesOfManyColumns) {
  TableSchema schema{"items", {{"id", {TypeKind::Long}}}, {"id"}};
  Map row{{"id", 1}};
  StoredRow expected{{"id", "1"}};
  for (int number = 0; number < 300; ++number) {
    const std::string name = "c" + std::to_string(number);
    schema.columns.push_back({name, {TypeKind::String}});
    row.set(name, "x");
    expected[name] = "x";
  }
  if (fixture_->merges()) {
    run({schema, WriteMode::Merge}, {batch_of(schema, {row, row})});
    EXPECT_THAT(rows(), UnorderedElementsAre(expected));
  }

  run({schema, WriteMode::Replace}, {batch_of(schema, {row})});
  EXPECT_THAT(rows(), UnorderedElementsAre(expected));
}

TEST_P(GrowingDestination, LeavesATableAsItWasWhenTheRunIsLost) {
  run({column_of({TypeKind::Long})}, {values({TypeKind::Long}, {1})});
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({column_of({TypeKind::Long})}), IsOk());
  ASSERT_THAT(destination.write(values({TypeKind::String}, {"x"})), IsOk());
  ASSERT_THAT(destination.write(batch_of({"items", {}}, {{{"new", 1}}})), IsOk());
  crash();

  EXPECT_THAT(rows(), UnorderedElementsAre(StoredRow{{"v", "1"}}));
}

}  // namespace tendril
