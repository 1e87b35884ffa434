// Lists compared with the plain way of making them: look at every row, filter, sort.
#include "sandbox/selection.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "sandbox/mutator.h"
#include "sandbox/shop_sandbox.h"

namespace tendril {
namespace {

constexpr EntityIndex kOrder = 2;

class SelectionTest : public testing::Test {
 protected:
  SelectionTest()
      : sandbox_(*compile_sandbox(kShopYaml)),
        world_(Population(sandbox_->plans, {.seed = 11,
                                            .records = 900,
                                            .start_us = sandbox_->start_us,
                                            .now_us = sandbox_->now_us}),
               sandbox_->now_us) {}

  const Generator* field(std::string_view name) const {
    return sandbox_->entities[kOrder].members.find(name);
  }

  std::vector<Row> all_of(const ListQuery& query) const {
    std::vector<Row> rows;
    for (std::uint64_t index = 0; index < world_.changes(kOrder).end(); ++index) {
      const Row row{kOrder, index};
      const bool inside = !query.scope || world_.ancestor(row, query.scope->entity) == *query.scope;
      if (inside && world_.alive(row) &&
          std::all_of(query.conditions.begin(), query.conditions.end(),
                      [&](const Condition& condition) {
                        return meets(condition, Scene{world_, facts_, row});
                      })) {
        rows.push_back(row);
      }
    }
    return rows;
  }

  // Reads the list in pages of `size`; expects the rows of the plain way, each once, in order.
  void expect_right(const ListQuery& query, std::uint64_t size) const {
    const Selection selection(world_, facts_, query);
    std::vector<Row> rows;
    for (std::uint64_t offset = 0; offset < selection.size(); offset += size) {
      const auto page = selection.rows(world_, facts_, offset, size);
      rows.insert(rows.end(), page.begin(), page.end());
    }
    EXPECT_TRUE(selection.rows(world_, facts_, selection.size(), size).empty());
    if (query.sort != nullptr && query.sort->instant(Scene{world_, facts_, Row{kOrder, 0}})) {
      for (std::size_t i = 1; i < rows.size(); ++i) {
        const auto before = query.sort->instant(Scene{world_, facts_, rows[i - 1]});
        const auto after = query.sort->instant(Scene{world_, facts_, rows[i]});
        ASSERT_TRUE(query.descending ? *before >= *after : *before <= *after) << i;
      }
    }
    std::sort(rows.begin(), rows.end());
    EXPECT_EQ(rows, all_of(query));
  }

  void expect_all_right() {
    const std::int64_t middle_us = (sandbox_->start_us + sandbox_->now_us) / 2;
    const std::vector<std::vector<Condition>> filters{
        {},
        {Condition{.value = field("status"), .operands = {"open"}}},
        {Condition{
            .value = field("updated"), .test = Condition::Test::Since, .moment_us = middle_us}},
        {Condition{
             .value = field("created"), .test = Condition::Test::Before, .moment_us = middle_us},
         Condition{.value = field("updated"),
                   .test = Condition::Test::After,
                   .moment_us = middle_us / 2}},
        {Condition{.value = field("updated"),
                   .test = Condition::Test::Since,
                   .moment_us = world_.now_us() + 1}}};
    for (const auto& conditions : filters) {
      for (const char* sort : {"", "created", "updated", "total", "customer"}) {
        for (const bool descending : {false, true}) {
          for (const std::optional<Row> scope :
               {std::optional<Row>(), std::optional(Row{0, 0}), std::optional(Row{0, 3})}) {
            SCOPED_TRACE(testing::Message() << "sort " << sort << " descending " << descending);
            expect_right(ListQuery{kOrder, scope, conditions, field(sort), descending}, 17);
          }
        }
      }
    }
  }

  void mutate(MutationKind kind, std::uint64_t count) {
    EXPECT_EQ(Mutator(*sandbox_, world_).apply(kind, count, std::nullopt).size(), count);
  }

  std::shared_ptr<const CompiledSandbox> sandbox_;
  World world_;
  Facts facts_;
};

TEST_F(SelectionTest, ListsTheRowsOfTheStart) { expect_all_right(); }

TEST_F(SelectionTest, ListsRowsThatCameAndChangedAndWent) {
  mutate(MutationKind::Insert, 40);
  expect_all_right();
  mutate(MutationKind::Update, 60);
  mutate(MutationKind::Delete, 90);
  mutate(MutationKind::Update, 10);
  mutate(MutationKind::Insert, 5);
  expect_all_right();
}

TEST_F(SelectionTest, PutsChangedRowsLastInTheOrderOfChange) {
  const std::vector<Row> changed =
      Mutator(*sandbox_, world_).apply(MutationKind::Update, 3, kOrder);
  const Selection selection(
      world_, facts_, ListQuery{.entity = kOrder, .sort = field("updated"), .descending = true});
  EXPECT_EQ(selection.rows(world_, facts_, 0, 3),
            std::vector<Row>(changed.rbegin(), changed.rend()));
}

TEST_F(SelectionTest, KeysTellQueriesApart) {
  const ListQuery query{.entity = kOrder};
  ListQuery other = query;
  other.conditions.push_back(Condition{.value = field("status"), .operands = {"open"}});
  EXPECT_NE(query.key(), other.key());
  ListQuery another = other;
  another.conditions[0].operands = {"open", ""};
  EXPECT_NE(other.key(), another.key());
  EXPECT_EQ(other.key(), ListQuery(other).key());
}

TEST_F(SelectionTest, ConditionsReadListsAndNulls) {
  const auto meets_any = [&](const Condition& condition) {
    std::uint64_t met = 0;
    for (std::uint64_t i = 0; i < 900; ++i) {
      met += meets(condition, Scene{world_, facts_, Row{kOrder, i}}) ? 1 : 0;
    }
    return met;
  };
  const std::uint64_t absent =
      meets_any({.value = field("customer"), .test = Condition::Test::Absent});
  const std::uint64_t present =
      meets_any({.value = field("customer"), .test = Condition::Test::Present});
  EXPECT_GT(absent, 30U);
  EXPECT_EQ(absent + present, 900U);
  EXPECT_EQ(
      meets_any({.value = field("note"), .test = Condition::Test::Contains, .operands = {""}}),
      900U);
}

}  // namespace
}  // namespace tendril
