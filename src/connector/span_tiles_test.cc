#include "connector/span_tiles.h"

#include <algorithm>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/random.h"
#include "testing/seeds.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();

std::vector<Tile> tiles(Tile span, std::int64_t length, TileOrder order = TileOrder::Ascending) {
  std::vector<Tile> result;
  SpanTiles all(span, length, order);
  while (const auto tile = all.next()) {
    result.push_back(*tile);
  }
  return result;
}

TEST(SpanTiles, ClampTheLast) {
  EXPECT_THAT(tiles({1, 10}, 4), ElementsAre(Tile{1, 4}, Tile{5, 8}, Tile{9, 10}));
  EXPECT_THAT(tiles({1, 8}, 4), ElementsAre(Tile{1, 4}, Tile{5, 8}));
  EXPECT_THAT(tiles({5, 5}, 4), ElementsAre(Tile{5, 5}));
  EXPECT_THAT(tiles({6, 5}, 4), IsEmpty());
}

TEST(SpanTiles, AreTheSameFromTheLastOn) {
  EXPECT_THAT(tiles({1, 10}, 4, TileOrder::Descending),
              ElementsAre(Tile{9, 10}, Tile{5, 8}, Tile{1, 4}));
}

TEST(SpanTiles, ReachFromTheLeastNumberToTheGreatest) {
  EXPECT_THAT(
      tiles({kLeast, kGreatest}, kGreatest),
      ElementsAre(Tile{kLeast, -2}, Tile{-1, kGreatest - 2}, Tile{kGreatest - 1, kGreatest}));
}

TEST(SpanTiles, LeaveNothingOutAndShareNothing) {
  for_each_seed(2'000, [](std::uint64_t seed) {
    Random random(seed);
    const auto first = static_cast<std::int64_t>(random.below(1'000)) - 500;
    const Tile span{first, first + static_cast<std::int64_t>(random.below(300)) - 1};
    const auto length = static_cast<std::int64_t>(random.below(40)) + 1;

    std::vector<Tile> ascending = tiles(span, length);

    std::int64_t next = span.first;
    for (const Tile& tile : ascending) {
      ASSERT_EQ(tile.first, next);
      ASSERT_LE(tile.first, tile.last);
      ASSERT_LT(tile.last - tile.first, length);
      next = tile.last + 1;
    }
    ASSERT_EQ(next, std::max(span.last + 1, span.first));
    std::ranges::reverse(ascending);
    ASSERT_EQ(tiles(span, length, TileOrder::Descending), ascending);
  });
}

}  // namespace
}  // namespace tendril
