// Feeds that are interrupted at each of their commits.
#include <gtest/gtest.h>

#include "sync/feed_fixture_test.h"
#include "sync/stream_plan.h"

namespace tendril {
namespace {

// A crash at every commit, before it and after it, of a feed with every operation.
class CrashedFeed : public FeedTest, public testing::WithParamInterface<WriteMode> {};

TEST_P(CrashedFeed, EndsWithTheRowsOfAnUndisturbedOne) {
  const auto script = [&] {
    feed.steps.clear();
    for (std::int64_t n = 0; n < 12; ++n) {
      feed.add({feed_upsert("users", {{n, "a"}, {n + 1, "b"}}),
                feed_rows("log", Operation::Upsert, {{n, "l"}}, {}),
                feed_rows("users", Operation::Delete, {{n / 2}}),
                feed_rows("users", Operation::Update, {{n, "u"}})});
      if (n % 2 == 0) {
        feed.add({feed_checkpoint()});
      }
      if (n == 5) {
        feed.add({feed_truncate("users"), feed_checkpoint()});
      }
    }
    feed.add({feed_checkpoint()});
  };
  script();
  options.commit_rows = 1;
  options.tables["users"].mode = GetParam();
  run_well();
  const std::string users = rows("users");
  const std::string log = rows("log");
  const std::size_t versions = store.tables["users"].size();
  const std::size_t commits = store.commits.size();

  for (std::size_t crash = 0; crash < 2 * commits; ++crash) {
    store = MemoryStore();
    std::size_t count = 0;
    const auto crashes = [&](bool after) {
      return [&, after] {
        return count++ == crash / 2 && after == (crash % 2 == 1)
                   ? Status(fault(ErrorCode::System, "crash"))
                   : Status();
      };
    };
    rig = [&](MemoryDestination& destination) {
      if (crash % 2 == 0) {
        destination.on_commit = [hit = crashes(false)](const Checkpoint&) { return hit(); };
      } else {
        destination.after_commit = crashes(true);
      }
    };
    ASSERT_THAT(run(), IsOk());
    rig = nullptr;
    run_well();
    EXPECT_EQ(rows("users"), users) << crash;
    EXPECT_EQ(rows("log"), log) << crash;
    EXPECT_EQ(store.tables["users"].size(), versions) << crash;
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, CrashedFeed,
                         testing::Values(WriteMode::Merge, WriteMode::History, WriteMode::Append),
                         [](const auto& mode) { return std::string(to_string(mode.param)); });

}  // namespace
}  // namespace tendril
