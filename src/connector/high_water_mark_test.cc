#include "connector/high_water_mark.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "connector/boundary_set.h"
#include "core/random.h"
#include "testing/seeds.h"

namespace tendril {
namespace {

TEST(HighWaterMark, ReadsAllAtFirst) {
  const HighWaterMark mark(std::nullopt, 5);

  EXPECT_EQ(mark.bounds({.greatest = 90}), (ReadBounds{std::nullopt, 90}));
  EXPECT_EQ(mark.reached({.greatest = 90}), 90);
}

TEST(HighWaterMark, GoesOnFromTheMarkLessTheOverlap) {
  const HighWaterMark mark(90, 5);

  EXPECT_EQ(mark.bounds({.greatest = 120}), (ReadBounds{85, 120}));
  EXPECT_EQ(mark.reached({.greatest = 120}), 120);
}

TEST(HighWaterMark, StaysBelowWhatIsInFlight) {
  const HighWaterMark mark(90, 0);

  EXPECT_EQ(mark.bounds({.greatest = 120, .least_in_flight = 101}), (ReadBounds{90, 120}));
  EXPECT_EQ(mark.reached({.greatest = 120, .least_in_flight = 101}), 101);
}

TEST(HighWaterMark, StaysWhereItIsWithoutRows) {
  EXPECT_EQ(HighWaterMark(90, 5).bounds({}), std::nullopt);
  EXPECT_EQ(HighWaterMark(90, 5).reached({}), 90);
  EXPECT_EQ(HighWaterMark(std::nullopt, 5).reached({}), std::nullopt);
}

TEST(HighWaterMark, ComesDownWithATableThatWasRestored) {
  const HighWaterMark mark(90, 5);

  EXPECT_EQ(mark.bounds({.greatest = 40}), (ReadBounds{35, 40}));
  EXPECT_EQ(mark.reached({.greatest = 40}), 40);
}

TEST(HighWaterMark, DoesNotWrapAround) {
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();

  EXPECT_EQ(HighWaterMark(least + 3, 5).bounds({.greatest = 7})->lower, least);
}

// A table whose rows get their value when they are written and are seen when their transaction
// ends, as with a sequence or a column that is now() by default.
class BusyTable {
 public:
  explicit BusyTable(Random& random) : random_(random) {}

  void step() {
    ++now_;
    const auto transactions = static_cast<int>(random_.below(3));
    for (int i = 0; i < transactions; ++i) {
      open_.push_back({now_, now_ + static_cast<std::int64_t>(random_.below(kLongest + 1)), id_++});
    }
    std::erase_if(open_, [&](const Row& row) {
      if (row.ends <= now_) {
        visible_.push_back(row);
      }
      return row.ends <= now_;
    });
  }

  void rest() {
    std::ranges::copy(open_, std::back_inserter(visible_));
    open_.clear();
  }

  SnapshotFacts facts(bool knows_flight) const {
    SnapshotFacts facts;
    for (const Row& row : visible_) {
      facts.greatest = std::max(facts.greatest, std::optional(row.value));
    }
    if (knows_flight) {
      facts.least_in_flight = now_ + 1;
      for (const Row& row : open_) {
        facts.least_in_flight = std::min(*facts.least_in_flight, row.value);
      }
    }
    return facts;
  }

  // Ids and values.
  std::map<std::int64_t, std::int64_t> rows(const ReadBounds& bounds) const {
    std::map<std::int64_t, std::int64_t> rows;
    for (const Row& row : visible_) {
      if ((!bounds.lower || row.value >= *bounds.lower) && row.value <= bounds.upper) {
        rows[row.id] = row.value;
      }
    }
    return rows;
  }
  std::size_t size() const { return visible_.size(); }

  static constexpr std::int64_t kLongest = 7;  // A transaction.

 private:
  struct Row {
    std::int64_t value;
    std::int64_t ends;
    std::int64_t id;
  };

  Random& random_;
  std::int64_t now_ = 0;
  std::int64_t id_ = 0;
  std::vector<Row> open_;
  std::vector<Row> visible_;
};

// One side knows what is in flight and has no overlap, the other goes by the overlap alone.
TEST(HighWaterMark, LosesNoRowThatIsCommittedLateAndRepeatsNone) {
  for_each_seed(300, [](std::uint64_t seed) {
    Random random(seed);
    BusyTable table(random);
    const bool knows_flight = random.below(2) == 0;
    const std::int64_t overlap = knows_flight ? 0 : BusyTable::kLongest;
    std::optional<std::int64_t> stored;
    Value known;
    std::multiset<std::int64_t> read;
    const auto run = [&] {
      const SnapshotFacts facts = table.facts(knows_flight);
      const HighWaterMark mark(stored, overlap);
      BoundarySet boundary(BoundarySet::Identity::Content);
      ASSERT_TRUE(boundary.take_over(known).ok());
      const auto bounds = mark.bounds(facts);
      for (const auto& [id, value] : bounds ? table.rows(*bounds) : decltype(table.rows({}))()) {
        if (boundary.admit(value, whole_fingerprint(std::to_string(id)))) {
          read.insert(id);
        }
      }
      stored = mark.reached(facts);
      boundary.settle(stored ? saturated_difference(*stored, overlap) : 0);
      known = boundary.state();
    };

    for (int i = 0; i < 60; ++i) {
      table.step();
      if (random.below(4) == 0) {
        run();
      }
    }
    table.rest();
    run();

    EXPECT_EQ(read.size(), table.size());
    EXPECT_EQ(std::set<std::int64_t>(read.begin(), read.end()).size(), table.size());
  });
}

}  // namespace
}  // namespace tendril
