#include "sandbox/population.h"

#include <set>

#include <gtest/gtest.h>

namespace tendril {
namespace {

constexpr std::int64_t kDay_us = 86'400'000'000;

// Shops of uneven size, orders shuffled in time, lines below orders.
std::vector<EntityPlan> plans(double orders_per_record, double lines_per_record) {
  return {
      EntityPlan{.name = "shop", .count = {.fixed = 7}},
      EntityPlan{.name = "order",
                 .parent = 0,
                 .count = {.per_record = orders_per_record},
                 .spread = Spread::Skewed,
                 .timeline = {.scope = 0, .from = 0.1, .shuffle = 40}},
      EntityPlan{.name = "line",
                 .parent = 1,
                 .count = {.per_record = lines_per_record},
                 .timeline = {.scope = 0, .from = 0.1}},
      EntityPlan{.name = "tag", .parent = 0, .count = {.per_parent = 3}, .timeline = {.scope = 3}}};
}

Population population(std::uint64_t records, double orders = 1, double lines = 2,
                      std::uint64_t seed = 5) {
  return Population(
      plans(orders, lines),
      {.seed = seed, .records = records, .start_us = 1000 * kDay_us, .now_us = 2000 * kDay_us});
}

class PopulationOfSize : public testing::TestWithParam<std::tuple<int, double>> {};

TEST_P(PopulationOfSize, EveryRowBelongsToExactlyOneParent) {
  const auto [records, lines] = GetParam();
  const Population people = population(static_cast<std::uint64_t>(records), 1, lines);
  for (const EntityIndex entity : {1U, 2U, 3U}) {
    const EntityIndex above = *people.plan(entity).parent;
    std::uint64_t seen = 0;
    for (std::uint64_t parent = 0; parent < people.count(above); ++parent) {
      const Range range = people.below(entity, Row{above, parent});
      ASSERT_EQ(range.begin, seen);
      for (std::uint64_t index = range.begin; index < range.end; ++index) {
        ASSERT_EQ(people.parent(entity, index), parent);
      }
      seen = range.end;
    }
    EXPECT_EQ(seen, people.count(entity));
  }
}

TEST_P(PopulationOfSize, RowsBelowAnAncestorAreNeighbours) {
  const auto [records, lines] = GetParam();
  const Population people = population(static_cast<std::uint64_t>(records), 1, lines);
  std::uint64_t seen = 0;
  for (std::uint64_t shop = 0; shop < people.count(0); ++shop) {
    const Range range = people.below(2, Row{0, shop});
    ASSERT_EQ(range.begin, seen);
    for (std::uint64_t line = range.begin; line < range.end; ++line) {
      ASSERT_EQ(people.ancestor(2, line, 0), shop);
    }
    seen = range.end;
  }
  EXPECT_EQ(seen, people.count(2));
}

TEST_P(PopulationOfSize, TimesRiseWithTheIndexAndUpdatesWithTheirRank) {
  const auto [records, lines] = GetParam();
  const Population people = population(static_cast<std::uint64_t>(records), 1, lines);
  for (std::uint64_t shop = 0; shop < people.count(0); ++shop) {
    const Range range = people.below(1, Row{0, shop});
    std::set<std::uint64_t> ranked;
    std::int64_t created = 0;
    std::int64_t updated = 0;
    for (std::uint64_t rank = 0; rank < range.size(); ++rank) {
      ASSERT_GE(people.created_us(1, range.begin + rank), created);
      created = people.created_us(1, range.begin + rank);
      const std::uint64_t index = people.by_update(1, range, rank);
      ranked.insert(index);
      ASSERT_GE(people.updated_us(1, index), updated);
      updated = people.updated_us(1, index);
      ASSERT_GE(updated, people.created_us(1, index));
      ASSERT_LT(updated, 2000 * kDay_us);
    }
    EXPECT_EQ(ranked.size(), range.size());
  }
}

TEST_P(PopulationOfSize, NothingIsOlderThanWhatItBelongsTo) {
  const auto [records, lines] = GetParam();
  const Population people = population(static_cast<std::uint64_t>(records), 1, lines);
  for (std::uint64_t line = 0; line < people.count(2); ++line) {
    ASSERT_GE(people.created_us(2, line), people.created_us(1, people.parent(2, line))) << line;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, PopulationOfSize,
                         testing::Combine(testing::Values(1, 2, 7, 100, 3001),
                                          testing::Values(0.25, 1.0, 3.0)));

TEST(Population, SpreadsOneChildInFourParentsAtMostOneEach) {
  const Population people = population(4000, 1, 0.25);
  for (std::uint64_t order = 0; order < people.count(1); ++order) {
    ASSERT_LE(people.below(2, Row{1, order}).size(), 1U);
  }
}

TEST(Population, SkewsSharesTowardsTheFirstParents) {
  const Population people = population(1000);
  EXPECT_GT(people.below(1, Row{0, 0}).size(), 200U);
  EXPECT_LT(people.below(1, Row{0, 6}).size(), 40U);
}

TEST(Population, HoldsBillionsOfRows) {
  const Population people = population(3'000'000'000);
  EXPECT_EQ(people.count(2), 6'000'000'000U);
  const std::uint64_t last = people.count(2) - 1;
  EXPECT_EQ(people.below(2, Row{1, people.parent(2, last)}).end, last + 1);
  EXPECT_GE(people.updated_us(1, 2'999'999'999), people.created_us(1, 2'999'999'999));
}

TEST(Population, DependsOnItsSeedAlone) {
  EXPECT_EQ(population(500).created_us(2, 77), population(500).created_us(2, 77));
  EXPECT_NE(population(500).created_us(2, 77), population(500, 1, 2, 6).created_us(2, 77));
}

}  // namespace
}  // namespace tendril
