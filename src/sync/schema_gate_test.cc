#include "sync/schema_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/batch_builder.h"
#include "data/row_choice.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const TableSchema kOrders{.name = "orders",
                          .columns = {{"id", {TypeKind::Long}}, {"amount", {TypeKind::Long}}},
                          .primary_key = {"id"}};

Batch batch_of(const std::vector<Map>& records, Operation operation = Operation::Upsert) {
  BatchBuilder builder(TableSchema{.name = "orders", .columns = {}, .primary_key = {"id"}});
  for (const Map& record : records) {
    builder.add_row(record);
  }
  return std::move(builder.take(operation)).value();
}

std::vector<std::string> rows_of(const Batch& batch) {
  std::vector<std::string> rows;
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    rows.push_back(row_json(batch, row));
  }
  return rows;
}

TableRules rules_of_all(ContractRule rule) {
  return {.contract = {.columns = rule, .types = rule}};
}

// A gate before a table that exists.
struct Gate {
  explicit Gate(TableRules table_rules) : rules(std::move(table_rules)), gate(kOrders, rules) {
    gate.inform(kOrders);
  }

  const TableRules rules;
  SchemaGate gate;
};

TEST(SchemaGate, LetsThroughWhatFits) {
  Gate frozen(rules_of_all(ContractRule::Freeze));

  const auto admitted = frozen.gate.admit(batch_of({{{"id", 1}, {"amount", 5}}}));

  ASSERT_THAT(admitted, IsOk());
  EXPECT_FALSE(admitted->changed);
}

TEST(SchemaGate, FreezesColumnsAndTypes) {
  Gate frozen(rules_of_all(ContractRule::Freeze));

  EXPECT_THAT(frozen.gate.admit(batch_of({{{"id", 1}, {"extra", "x"}}})),
              IsError(ErrorCode::BadData,
                      AllOf(HasSubstr("table orders"), HasSubstr("new: extra (STRING)"))));
  EXPECT_THAT(
      frozen.gate.admit(batch_of({{{"id", 1}, {"amount", "x"}}})),
      IsError(ErrorCode::BadData, HasSubstr("column amount holds LONG, the source gives STRING")));
}

TEST(SchemaGate, JudgesByValues) {
  Gate frozen(rules_of_all(ContractRule::Freeze));

  const auto admitted = frozen.gate.admit(
      batch_of({{{"id", 1}, {"amount", 2.0}, {"extra", nullptr}}, {{"id", 2}, {"amount", 3.0}}}));

  ASSERT_THAT(admitted, IsOk());
  EXPECT_THAT(rows_of(admitted->batch),
              ElementsAre(R"({"id":1,"amount":2})", R"({"id":2,"amount":3})"));
  EXPECT_EQ(admitted->batch.schema->columns, kOrders.columns);
}

TEST(SchemaGate, RejectsTheRowsThatDoNotFit) {
  Gate strict(rules_of_all(ContractRule::DiscardRow));

  const auto admitted = strict.gate.admit(batch_of({{{"id", 1}, {"amount", 1}},
                                                    {{"id", 2}, {"amount", "many"}},
                                                    {{"id", 3}, {"amount", 3}, {"extra", true}},
                                                    {{"id", 4}, {"amount", nullptr}}}));

  ASSERT_THAT(admitted, IsOk());
  EXPECT_THAT(rows_of(admitted->batch), ElementsAre(R"({"id":1,"amount":1})", R"({"id":4})"));
  ASSERT_THAT(admitted->rejected, SizeIs(2));
  EXPECT_THAT(admitted->rejected[0].reason, HasSubstr("column amount holds LONG"));
  EXPECT_EQ(admitted->rejected[0].payload, R"({"id":2,"amount":"many"})");
  EXPECT_THAT(admitted->rejected[1].reason, HasSubstr("column is new: extra (BOOLEAN)"));
}

TEST(SchemaGate, DiscardsTheValuesThatDoNotFit) {
  Gate lenient(rules_of_all(ContractRule::DiscardValue));

  const auto admitted = lenient.gate.admit(
      batch_of({{{"id", 1}, {"amount", "many"}, {"extra", 1}}, {{"id", "x"}, {"amount", 2}}}));

  ASSERT_THAT(admitted, IsOk());
  EXPECT_THAT(rows_of(admitted->batch), ElementsAre(R"({"id":1})"));
  EXPECT_EQ(admitted->values_discarded, 2);
  ASSERT_THAT(admitted->rejected, SizeIs(1)) << "a key is never made null";
  EXPECT_THAT(admitted->rejected[0].reason, HasSubstr("column id holds LONG"));
}

TEST(SchemaGate, FollowsTheRuleOfASingleColumn) {
  TableRules rules = rules_of_all(ContractRule::Freeze);
  rules.columns["note"] = ContractRule::Evolve;
  Gate frozen(rules);

  const auto admitted = frozen.gate.admit(batch_of({{{"id", 1}, {"note", "x"}}}));

  ASSERT_THAT(admitted, IsOk());
  EXPECT_THAT(rows_of(admitted->batch), ElementsAre(R"({"id":1,"note":"x"})"));
}

TEST(SchemaGate, PutsValuesOfOtherKindsIntoVariants) {
  Gate varying({.variants = true});

  const auto admitted = varying.gate.admit(batch_of({{{"id", 1}, {"amount", 7}},
                                                     {{"id", 2}, {"amount", "many"}},
                                                     {{"id", 3}, {"amount", true}},
                                                     {{"id", 4}, {"amount", List{1, 2}}}}));

  ASSERT_THAT(admitted, IsOk());
  EXPECT_THAT(
      rows_of(admitted->batch),
      ElementsAre(R"({"id":1,"amount":7})", R"({"id":2,"amount__string":"many"})",
                  R"({"id":3,"amount__boolean":true})", R"({"id":4,"amount__json":[1,2]})"));
  EXPECT_EQ(admitted->batch.schema->find("amount")->type, Type{TypeKind::Long});
}

TEST(SchemaGate, WidensWhereNothingIsLostInSpiteOfVariants) {
  Gate varying({.variants = true});

  const auto admitted = varying.gate.admit(batch_of({{{"id", 1}, {"amount", 2.5}}}));

  ASSERT_THAT(admitted, IsOk());
  EXPECT_FALSE(admitted->changed);
}

TEST(SchemaGate, HasNoVariantsOfKeys) {
  Gate varying({.variants = true});

  const auto admitted = varying.gate.admit(batch_of({{{"id", "x1"}, {"amount", 1}}}));

  ASSERT_THAT(admitted, IsOk());
  EXPECT_THAT(rows_of(admitted->batch), ElementsAre(R"({"id":"x1","amount":1})"));
}

TEST(SchemaGate, RefusesAColumnInTheVariantsPlace) {
  Gate varying({.variants = true});

  EXPECT_THAT(
      varying.gate.admit(batch_of({{{"id", 1}, {"amount", "x"}, {"amount__string", "theirs"}}})),
      IsError(ErrorCode::Unsupported, HasSubstr("amount__string")));
}

TEST(SchemaGate, OnlyTheKeyOfADeleteCounts) {
  Gate frozen(rules_of_all(ContractRule::Freeze));

  const auto admitted =
      frozen.gate.admit(batch_of({{{"id", 1}, {"extra", "x"}}}, Operation::Delete));

  ASSERT_THAT(admitted, IsOk());
  EXPECT_THAT(rows_of(admitted->batch), ElementsAre(R"({"id":1})"));
}

TEST(SchemaGate, TheRunThatMakesATableGivesItItsColumns) {
  const TableRules rules = rules_of_all(ContractRule::Freeze);
  SchemaGate gate(kOrders, rules);
  gate.inform(std::nullopt);

  ASSERT_THAT(gate.admit(batch_of({{{"id", 1}, {"extra", 1}}})), IsOk());
  ASSERT_THAT(gate.admit(batch_of({{{"id", 1}, {"extra", "x"}}})), IsOk());
  EXPECT_THAT(gate.admit(batch_of({{{"id", 1}, {"amount", "x"}}})),
              IsError(ErrorCode::BadData, HasSubstr("amount")))
      << "a declared column is held to its type";
}

TEST(SchemaGate, DeclaredColumnsThatMayNotComeAreNotPrepared) {
  TableSchema declared = kOrders;
  declared.columns[1].type = {TypeKind::String};
  declared.columns.push_back({"extra", {TypeKind::String}});
  const TableRules rules = rules_of_all(ContractRule::DiscardValue);
  SchemaGate gate(declared, rules);

  gate.inform(kOrders);

  EXPECT_EQ(gate.prepared(), kOrders);
}

TEST(SchemaGate, KnowsColumnsInTheSpellingOfTheStorage) {
  const TableRules rules = rules_of_all(ContractRule::Freeze);
  SchemaGate gate(kOrders, rules);
  gate.inform(TableSchema{.name = "ORDERS",
                          .columns = {{"ID", {TypeKind::Long}}, {"AMOUNT", {TypeKind::Long}}}});

  EXPECT_THAT(gate.admit(batch_of({{{"id", 1}, {"amount", 5}}})), IsOk());
}

TEST(SchemaGate, ALaterBatchOfAnEmptyColumnIsLookedAtAgain) {
  Gate frozen(rules_of_all(ContractRule::Freeze));
  BatchBuilder builder(
      TableSchema{.name = "orders",
                  .columns = {{"id", {TypeKind::Long}}, {"extra", {TypeKind::String}}},
                  .primary_key = {"id"}});
  builder.add_row({{"id", 1}, {"extra", nullptr}});
  ASSERT_THAT(frozen.gate.admit(std::move(builder.take()).value()), IsOk());

  builder.add_row({{"id", 2}, {"extra", "x"}});
  EXPECT_THAT(frozen.gate.admit(std::move(builder.take()).value()), IsError(ErrorCode::BadData));
}

TEST(VariantName, IsStable) {
  EXPECT_EQ(variant_name("amount", decimal_type(10, 2)), "amount__decimal");
  EXPECT_EQ(variant_name("amount", {TypeKind::UtcDatetime}), "amount__utc_datetime");
}

}  // namespace
}  // namespace tendril
