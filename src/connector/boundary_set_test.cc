#include "connector/boundary_set.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/random.h"
#include "testing/matchers.h"
#include "testing/seeds.h"

namespace tendril {
namespace {

using Identity = BoundarySet::Identity;

Fingerprint keyed(int id, const std::string& content) {
  return keyed_fingerprint(std::to_string(id), content);
}

// What the next run starts from.
BoundarySet next_run(BoundarySet& set, std::int64_t floor, Identity identity,
                     std::size_t entries_max = BoundarySet::kEntriesMax) {
  set.settle(floor);
  BoundarySet next(identity, entries_max);
  EXPECT_THAT(next.take_over(set.state()), IsOk());
  return next;
}

TEST(BoundarySet, LeavesOutWhatWasReadBefore) {
  BoundarySet first(Identity::Key);
  EXPECT_TRUE(first.admit(10, keyed(1, "a")));
  EXPECT_TRUE(first.admit(10, keyed(2, "b")));

  BoundarySet second = next_run(first, 10, Identity::Key);

  EXPECT_FALSE(second.admit(10, keyed(1, "a")));
  EXPECT_FALSE(second.admit(10, keyed(2, "b")));
  EXPECT_TRUE(second.admit(10, keyed(3, "c")));
}

TEST(BoundarySet, TakesANewVersionWithTheSameValue) {
  BoundarySet first(Identity::Key);
  first.admit(10, keyed(1, "a"));

  BoundarySet second = next_run(first, 10, Identity::Key);

  EXPECT_TRUE(second.admit(10, keyed(1, "b")));
  BoundarySet third = next_run(second, 10, Identity::Key);
  EXPECT_TRUE(third.admit(10, keyed(1, "a")));  // It was "b" in between.
}

TEST(BoundarySet, CountsEqualRecordsWithoutAKey) {
  BoundarySet first(Identity::Content);
  EXPECT_TRUE(first.admit(10, whole_fingerprint("a")));
  EXPECT_TRUE(first.admit(10, whole_fingerprint("a")));

  BoundarySet second = next_run(first, 10, Identity::Content);

  EXPECT_FALSE(second.admit(10, whole_fingerprint("a")));
  EXPECT_FALSE(second.admit(10, whole_fingerprint("a")));
  EXPECT_TRUE(second.admit(10, whole_fingerprint("a")));
}

TEST(BoundarySet, KeepsWhatTheRunDidNotComeAcross) {
  BoundarySet first(Identity::Key);
  first.admit(10, keyed(1, "a"));
  BoundarySet second = next_run(first, 10, Identity::Key);

  BoundarySet third = next_run(second, 10, Identity::Key);

  EXPECT_FALSE(third.admit(10, keyed(1, "a")));
}

TEST(BoundarySet, ForgetsWhatIsBelowTheFloor) {
  BoundarySet set(Identity::Key);
  set.admit(10, keyed(1, "a"));
  set.admit(20, keyed(2, "b"));

  set.settle(15);

  EXPECT_EQ(set.size(), 1U);
  EXPECT_FALSE(set.has_forgotten());
}

TEST(BoundarySet, ForgetsTheLeastValuesBeyondItsLimitAndSaysSo) {
  BoundarySet set(Identity::Key, 10);
  for (int id = 0; id < 100; ++id) {
    EXPECT_TRUE(set.admit(id, keyed(id, "a")));
    EXPECT_LE(set.size(), 21U);
  }

  BoundarySet next = next_run(set, 0, Identity::Key, 10);

  EXPECT_TRUE(set.has_forgotten());
  EXPECT_EQ(next.size(), 10U);
  EXPECT_FALSE(next.admit(99, keyed(99, "a")));
  EXPECT_FALSE(next.admit(90, keyed(90, "a")));
  EXPECT_TRUE(next.admit(89, keyed(89, "a")));
}

TEST(BoundarySet, HoldsManyRecordsBelowTheFloorInLittleRoom) {
  BoundarySet set(Identity::Key, 10);
  for (int id = 0; id < 1'000; ++id) {
    set.raise_floor(id);
    set.admit(id, keyed(id, "a"));
  }

  EXPECT_LE(set.size(), 21U);
  EXPECT_FALSE(set.has_forgotten());
}

TEST(BoundarySet, TakesTheNewestVersionOfSlices) {
  BoundarySet left(Identity::Key);
  left.admit(10, keyed(1, "a"));
  BoundarySet right(Identity::Key);
  right.admit(20, keyed(1, "b"));
  for (const bool swapped : {false, true}) {
    BoundarySet all(Identity::Key);

    EXPECT_THAT(all.absorb(swapped ? left.seen() : right.seen()), IsOk());
    EXPECT_THAT(all.absorb(swapped ? right.seen() : left.seen()), IsOk());

    BoundarySet next = next_run(all, 0, Identity::Key);
    EXPECT_FALSE(next.admit(20, keyed(1, "b")));
  }
}

TEST(BoundarySet, RefusesWhatItDidNotWrite) {
  BoundarySet set(Identity::Key);

  EXPECT_THAT(set.take_over(List{"10:zz"}), IsError(ErrorCode::BadData));
  EXPECT_THAT(set.take_over(List{1}), IsError(ErrorCode::BadData));
  EXPECT_THAT(set.take_over(List{"1:2:3:4:5:6"}), IsError(ErrorCode::BadData));
  EXPECT_THAT(set.take_over(Value()), IsOk());
}

TEST(Fingerprint, DiffersForEveryDifference) {
  std::set<std::uint64_t> hashes;
  for (int length = 0; length < 40; ++length) {
    for (const char c : {'a', 'b', '\0'}) {
      hashes.insert(whole_fingerprint(std::string(static_cast<std::size_t>(length), c)).key);
      hashes.insert(whole_fingerprint(std::string(static_cast<std::size_t>(length), c)).version);
    }
  }

  EXPECT_EQ(hashes.size(), 2U * (39 * 3 + 1));
  EXPECT_EQ(keyed(1, "a").key, keyed(1, "b").key);
}

// Records without a key, equal ones among them, read again from the floor on in every run, with
// interruptions from which the run goes on where its progress was kept.
TEST(BoundarySet, LetsEachRecordThroughOnceWhateverInterruptsTheRuns) {
  for_each_seed(500, [](std::uint64_t seed) {
    Random random(seed);
    std::vector<std::pair<std::int64_t, std::string>> source;
    std::map<std::string, int> written;
    std::map<std::string, int> delivered;
    Value state;
    std::int64_t floor = 0;
    for (int run = 0; run < 6; ++run) {
      for (std::uint64_t i = random.below(8); i > 0; --i) {
        const std::int64_t value = floor + static_cast<std::int64_t>(random.below(5));
        source.emplace_back(value, std::to_string(value) + "/" + std::to_string(random.below(2)));
        ++written[source.back().second];
      }
      Value progress = state;
      std::int64_t greatest = floor;
      for (std::size_t at = 0; at < source.size();) {
        BoundarySet set(Identity::Content);
        ASSERT_THAT(set.take_over(progress), IsOk());
        for (std::uint64_t left = 1 + random.below(5); left > 0 && at < source.size(); --left) {
          const auto& [value, content] = source[at++];
          greatest = std::max(greatest, value);
          if (value >= floor && set.admit(value, whole_fingerprint(content))) {
            ++delivered[content];
          }
        }
        progress = set.progress();
      }
      BoundarySet end(Identity::Content);
      ASSERT_THAT(end.take_over(progress), IsOk());
      floor = greatest - 2;
      end.settle(floor);
      state = end.state();
    }
    EXPECT_EQ(delivered, written);
  });
}

}  // namespace
}  // namespace tendril
