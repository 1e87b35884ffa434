// Part of the destination contract: types, names, and tables that grow.
#pragma once

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
  std::vector<std::optional<std::string>> stored() {
    std::vector<std::optional<std::string>> texts;
    for (const StoredRow& row : rows()) {
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

  EXPECT_THAT(stored(), UnorderedElementsAre("1.0", std::nullopt, "2.5", "three", "4"));
}

// Every step keeps the values of the steps before, as ColumnBuilder would have them.
TEST_P(GrowingDestination, WidensColumnsOfEarlierRuns) {
  struct Step {
    Type from;
    Value value;
    Type to;
    Value other;
    std::string widened;
  };
  const std::string bytes("\0\xff", 2);
  const Value micros(parse_datetime("2024-01-02T03:04:05.600Z").value());
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
      {{TypeKind::UtcDatetime}, micros, {TypeKind::String}, "x", "2024-01-02T03:04:05.600Z"},
      {{TypeKind::Json}, List{1}, {TypeKind::String}, "x", "[1]"},
      {{TypeKind::Unknown}, nullptr, {TypeKind::Long}, 1, "NULL"},
  };
  for (const Step& step : steps) {
    SCOPED_TRACE(to_string(step.from) + " to " + to_string(step.to));
    fixture_ = GetParam().make();
    run({column_of(step.from)}, {values(step.from, {step.value})});

    run({column_of(step.to)}, {values(step.to, {step.other})});
    run({column_of(step.from)}, {values(step.from, {step.value})});

    const auto widened =
        step.widened == "NULL" ? std::nullopt : std::optional<std::string>(step.widened);
    EXPECT_THAT(stored(), UnorderedElementsAre(widened, ::testing::_, widened));
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
  for (const Case& each : cases) {
    SCOPED_TRACE(to_string(each.type));
    fixture_ = GetParam().make();
    List with_null = each.values;
    with_null.emplace_back(nullptr);
    run({column_of(each.type)}, {values(each.type, with_null)});

    auto expected = each.stored;
    expected.push_back(std::nullopt);
    EXPECT_THAT(stored(), ::testing::UnorderedElementsAreArray(expected));
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
  const std::vector<std::string> names{
      "select", "a b", "a\"b", "a'b", "a;--", "ünïcode 🦆", "a.b", std::string(60, 'n'),
      "%s",     "a\\b"};
  for (const std::string& name : names) {
    SCOPED_TRACE(name);
    const TableSchema schema{name, {{name, {TypeKind::Long}}, {"v", {TypeKind::Long}}}, {name}};
    run({schema, WriteMode::Merge},
        {batch_of(schema, {{{name, 1}, {"v", 1}}, {{name, 1}, {"v", 2}}})});
    run({schema, WriteMode::Merge}, {batch_of(schema, {{{name, 1}, {"v", 3}}})});

    EXPECT_THAT(rows(name), UnorderedElementsAre(StoredRow{{name, "1"}, {"v", "3"}}));
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
  for (const WriteMode mode : {WriteMode::Append, WriteMode::Replace, WriteMode::Merge}) {
    fixture_ = GetParam().make();
    run({schema, mode}, {batch_of(schema, {row})});

    EXPECT_THAT(rows(), UnorderedElementsAre(expected));
  }
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
