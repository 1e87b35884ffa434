// The promise of the engine: whatever interrupts a run, and wherever, later runs end with exactly
// the rows of an undisturbed one. Random streams, batches, checkpoints and faults by seed.
#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/random.h"
#include "sync/sync.h"
#include "sync/sync_harness_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

constexpr std::uint64_t kSeedsATest = 30;
constexpr int kRunsMax = 400;  // Far more than any case needs.

struct Row {
  std::int64_t id;
  std::string value;
  friend auto operator<=>(const Row&, const Row&) = default;
};

std::multiset<Row> live_rows(const MemoryStore& store, const std::string& table) {
  std::multiset<Row> rows;
  if (const auto found = store.tables.find(table); found != store.tables.end()) {
    for (const MemoryRow& row : found->second) {
      if (!row.deleted) {
        rows.insert({row.id, row.value});
      }
    }
  }
  return rows;
}

// What the streams of a connection are for.
enum class Streams { OfAllKinds, WithHistory };

// A connection with random streams.
class RandomSync : public SyncHarness {
 public:
  explicit RandomSync(std::uint64_t seed, Streams streams = Streams::OfAllKinds) : random_(seed) {
    source.seed = seed;
    source.batch_rows_max = 1 + random_.below(4);
    source.checkpoint_one_in = random_.below(4);
    options.concurrency = static_cast<int>(1 + random_.below(4));
    options.commit_rows = static_cast<std::int64_t>(1 + random_.below(30));
    options.memory_bytes = std::size_t{1} << (6 + random_.below(12));
    if (streams == Streams::WithHistory) {
      options.mode = WriteMode::History;
    } else {
      add_random_stream(scripted_info("appended", false, true));
      add_random_stream(scripted_info("replaced", false, false));
    }
    add_random_stream(scripted_info("merged", true, true));
    add_random_stream(scripted_info("mirrored", true, false));
  }

  Random& random() { return random_; }

  // The source's data changes: rows come, in streams with a key they change, and in streams that
  // are read whole they go.
  void next_generation() {
    ++source.generation;
    for (ScriptedStream& stream : source.streams) {
      for (ScriptedSlice& slice : stream.slices) {
        std::vector<ScriptedRow> changed;
        for (ScriptedRow& row : slice.rows) {
          if (row.removed <= source.generation) {
            continue;
          }
          if (!stream.info.incremental && random_.below(5) == 0) {
            row.removed = source.generation;
          } else if (!stream.info.schema.primary_key.empty() && random_.below(5) == 0) {
            row.removed = source.generation;
            changed.push_back({.id = row.id, .value = row.value + "'", .added = source.generation});
          }
        }
        slice.rows.insert(slice.rows.end(), changed.begin(), changed.end());
        add_rows(slice);
      }
    }
  }

  // Runs without a disturbance until all is read, and once more for what came during a load.
  void settle() {
    source.at = nullptr;
    rig = nullptr;
    for (int i = 0; i < 2; ++i) {
      const auto report = run();
      ASSERT_THAT(report, IsOk());
      ASSERT_TRUE(report->all_done()) << report->streams[0].error.value_or(Error{}).message;
    }
  }

  void expect_exactly_the_rows_of_the_source() const {
    for (const ScriptedStream& stream : source.streams) {
      std::multiset<Row> expected;
      for (const ScriptedSlice& slice : stream.slices) {
        for (const ScriptedRow& row : slice.rows) {
          if (row.removed > source.generation) {
            expected.insert({row.id, row.value});
          }
        }
      }
      const std::string& name = stream.info.schema.name;
      EXPECT_EQ(live_rows(store, name), expected) << name;
      EXPECT_EQ(stored_slices(name), 0U) << name;
    }
  }

  // A value comes once for each key: neither a row that came twice nor one that was taken for gone
  // makes a version.
  void expect_each_version_once() const {
    for (const auto& [name, rows] : store.tables) {
      std::set<Row> versions;
      for (const MemoryRow& row : rows) {
        EXPECT_TRUE(versions.insert({row.id, row.value}).second) << name << ": " << row.value;
      }
    }
  }

 private:
  void add_random_stream(StreamInfo info) {
    ScriptedStream& stream = add_stream(std::move(info));
    const std::uint64_t slices = random_.below(6);
    for (std::uint64_t s = 0; s < slices; ++s) {
      // The empty id and the odd one are ids like any other.
      ScriptedSlice& slice = stream.slices.emplace_back();
      slice.id = s == 0 ? "" : s == 1 ? "=" : stream.info.schema.name + std::to_string(s);
      add_rows(slice);
    }
  }

  void add_rows(ScriptedSlice& slice) {
    for (std::uint64_t r = random_.below(12); r > 0; --r) {
      const std::int64_t id = next_id_++;
      slice.rows.push_back(
          {.id = id, .value = "v" + std::to_string(id), .added = source.generation});
    }
  }

  Random random_;
  std::int64_t next_id_ = 0;
};

class CrashAtEveryCommit : public testing::TestWithParam<std::uint64_t> {};

// Run after run crashes at its first, second, third ... commit, until one gets through.
TEST_P(CrashAtEveryCommit, LosesAndRepeatsNothing) {
  for (const bool applied : {false, true}) {
    int survived = 0;
    for (int crash_at = 1; crash_at < kRunsMax; ++crash_at) {
      RandomSync sync(GetParam());
      int commits = 0;
      sync.rig = [&](MemoryDestination& destination) {
        const auto crash = [&] {
          return ++commits == crash_at ? fault(ErrorCode::System, "crash") : Status();
        };
        if (applied) {
          destination.after_commit = crash;
        } else {
          destination.on_commit = [=](const Checkpoint&) -> Status { return crash(); };
        }
      };
      const auto report = sync.run();
      ASSERT_THAT(report, IsOk());

      ASSERT_NO_FATAL_FAILURE(sync.settle());
      sync.expect_exactly_the_rows_of_the_source();
      ASSERT_FALSE(testing::Test::HasFailure()) << "crash at commit " << crash_at;
      survived += report->all_done() ? 1 : 0;
      if (survived == 3) {  // Threads decide how many commits there are: look a little further.
        break;
      }
    }
    EXPECT_EQ(survived, 3);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, CrashAtEveryCommit, testing::Range<std::uint64_t>(0, 12));

class Disturbed : public testing::TestWithParam<std::uint64_t> {
 public:
  // Makes the next run end early in one of the ways in which runs do.
  static void disturb(RandomSync& sync, std::stop_source& stop) {
    const std::uint64_t kind = sync.random().below(6);
    auto left = std::make_shared<std::atomic<std::int64_t>>(sync.random().below(40));
    const auto now = [left] { return left->fetch_sub(1) == 0; };
    const auto crash = [now] { return now() ? fault(ErrorCode::System, "crash") : Status(); };
    sync.source.at = nullptr;
    sync.rig = [=](MemoryDestination& destination) {
      if (kind == 0) {
        destination.on_write = [=](const Batch&) -> Status { return crash(); };
      } else if (kind == 1) {
        destination.on_commit = [=](const Checkpoint&) -> Status { return crash(); };
      } else if (kind == 2) {
        destination.after_commit = crash;
      }
    };
    sync.source.at = [=, &stop](const ScriptedSource::Point&) -> Status {
      if (kind == 3 && now()) {
        stop.request_stop();
      }
      if (kind == 4 && now()) {
        return fault(ErrorCode::BadData);
      }
      if (kind == 5 && left->fetch_sub(1) % 7 == 0) {
        return fault(ErrorCode::Unavailable);
      }
      return {};
    };
  }
};

// Crashes, stops and faults one after the other, while the source's data changes.
TEST_P(Disturbed, EndsWithTheRowsOfAnUndisturbedRun) {
  for (std::uint64_t seed = GetParam(); seed < GetParam() + kSeedsATest; ++seed) {
    RandomSync sync(seed);
    const std::uint64_t disturbances = 1 + sync.random().below(6);

    for (std::uint64_t i = 0; i < disturbances; ++i) {
      std::stop_source stop;
      disturb(sync, stop);
      ASSERT_THAT(sync.run(stop.get_token()), IsOk());
      if (sync.random().below(2) == 0) {
        sync.next_generation();
      }
    }

    ASSERT_NO_FATAL_FAILURE(sync.settle());
    sync.expect_exactly_the_rows_of_the_source();
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
}

TEST_P(Disturbed, KeepsEachVersionOnce) {
  for (std::uint64_t seed = GetParam(); seed < GetParam() + kSeedsATest; ++seed) {
    RandomSync sync(seed, Streams::WithHistory);

    for (std::uint64_t i = 1 + sync.random().below(6); i > 0; --i) {
      std::stop_source stop;
      disturb(sync, stop);
      ASSERT_THAT(sync.run(stop.get_token()), IsOk());
      if (sync.random().below(2) == 0) {
        sync.next_generation();
      }
    }

    ASSERT_NO_FATAL_FAILURE(sync.settle());
    sync.expect_exactly_the_rows_of_the_source();
    sync.expect_each_version_once();
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Disturbed, testing::Range<std::uint64_t>(1000, 1300, kSeedsATest));

}  // namespace
}  // namespace tendril
