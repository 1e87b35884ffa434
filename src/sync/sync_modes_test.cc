// What the engine does for each of the ways to write.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/sync.h"
#include "sync/sync_harness_test.h"
#include "testing/destination_fixture.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class SyncModes : public testing::Test, public SyncHarness {};

TEST_F(SyncModes, HistoryNeedsAPrimaryKey) {
  options.mode = WriteMode::History;
  add_stream(scripted_info("events", false, true), 1, 1);

  EXPECT_THAT(run(), IsError(ErrorCode::InvalidConfig, HasSubstr("primary key: events")));
}

TEST_F(SyncModes, HistoryOfAWholeReadEndsVersionsThatWereNotSeen) {
  options.mode = WriteMode::History;
  ScriptedStream& stream = add_stream(scripted_info("users", true, false), 2, 3);
  ASSERT_THAT(run(), IsOk());

  source.generation = 1;
  stream.slices[0].rows[1].removed = 1;
  stream.slices[0].rows[2].value = "changed";
  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->all_done());
  EXPECT_THAT(ids("users"), ElementsAre(0, 2, 3, 4, 5));
  EXPECT_THAT(store.tables["users"], SizeIs(7));
  EXPECT_EQ(report->streams[0].rows_deleted, 1);
}

TEST_F(SyncModes, HistoryOfAnIncrementalReadEndsNothingThatWasNotSeen) {
  options.mode = WriteMode::History;
  add_stream(scripted_info("users", true, true), 2, 3);
  ASSERT_THAT(run(), IsOk());

  source.generation = 1;
  ASSERT_THAT(run(), IsOk());

  EXPECT_EQ(ids("users"), ids_below(6));
}

// A version that was staged and then read again would be there twice.
TEST_F(SyncModes, HistoryWaitsForTheCheckpoint) {
  options.mode = WriteMode::History;
  source.checkpoint_one_in = 0;
  source.batch_rows_max = 1;
  add_stream(scripted_info("users", true, true), 1, 4);
  std::int64_t written = 0;
  rig = [&](MemoryDestination& destination) {
    destination.on_write = [&](const Batch& batch) -> Status {
      written += batch.row_count();
      return {};
    };
  };
  source.at = [](const ScriptedSource::Point& point) -> Status {
    return point.offset == 3 ? fault(ErrorCode::BadData) : Status();
  };

  ASSERT_THAT(run(), IsOk());

  EXPECT_EQ(written, 0);
}

// A source may say at any place that what it gave before is gone.
TEST_F(SyncModes, ATruncationKeepsItsPlaceAmongTheRows) {
  for (const WriteMode mode :
       {WriteMode::Append, WriteMode::Replace, WriteMode::Merge, WriteMode::History}) {
    for (const std::uint64_t checkpoint_one_in : {0, 1}) {
      SyncHarness sync;
      sync.options.mode = mode;
      sync.options.memory_bytes = 64;  // So that rows that wait are spilled around it.
      sync.source.batch_rows_max = 1;
      sync.source.checkpoint_one_in = checkpoint_one_in;
      sync.add_stream(scripted_info("users", true, true), 1, 6);
      sync.source.at = [&](const ScriptedSource::Point& point) -> Status {
        return point.offset == 3
                   ? point.sink.write(truncation_of(point.stream.schema,
                                                    sync.clock.now() + std::chrono::hours(1)))
                   : Status();
      };

      const auto report = sync.run();

      ASSERT_THAT(report, IsOk());
      EXPECT_TRUE(report->all_done());
      EXPECT_THAT(sync.ids("users"), ElementsAre(3, 4, 5)) << static_cast<int>(mode);
    }
  }
}

}  // namespace
}  // namespace tendril
