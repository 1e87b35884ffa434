// What a run does when its destination is at fault.
#include <functional>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/sync.h"
#include "sync/sync_harness_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::HasSubstr;

class SyncDestination : public testing::Test, public SyncHarness {};

// Where the destination fails.
struct Breakage {
  const char* name;
  std::function<void(MemoryDestination&)> rig;
};

class BrokenDestination : public testing::TestWithParam<Breakage>, public SyncHarness {};

TEST_P(BrokenDestination, EndsTheRunForAllStreams) {
  options.memory_bytes = 256;
  options.commit_rows = 5;
  add_stream(scripted_info("events", false, true), 20, 50);
  add_stream(scripted_info("users", true, true), 20, 50);
  rig = GetParam().rig;

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->all_failed());
  EXPECT_FALSE(report->stopped);
  for (const StreamReport& stream : report->streams) {
    EXPECT_THAT(stream.error->message, HasSubstr("disk"));
  }
  EXPECT_EQ(source.readers_alive(), 0);
  EXPECT_EQ(progress->snapshot()[1].phase, StreamProgress::Phase::Failed);

  rig = nullptr;
  const auto next = run();
  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(ids("events"), ids_below(1000));
  EXPECT_EQ(ids("users"), ids_below(1000));
}

Status disk_full() { return fault(ErrorCode::System, "disk is full"); }

INSTANTIATE_TEST_SUITE_P(
    Sync, BrokenDestination,
    testing::Values(
        Breakage{"prepare",
                 [](auto& d) { d.on_prepare = [](const auto&) { return disk_full(); }; }},
        Breakage{"write", [](auto& d) { d.on_write = [](const auto&) { return disk_full(); }; }},
        Breakage{"commit", [](auto& d) { d.on_commit = [](const auto&) { return disk_full(); }; }},
        Breakage{"after_commit", [](auto& d) { d.after_commit = [] { return disk_full(); }; }},
        Breakage{"exception",
                 [](auto& d) {
                   d.on_write = [](const auto&) -> Status { throw std::runtime_error("disk"); };
                 }}),
    [](const auto& instance) { return instance.param.name; });

TEST_F(SyncDestination, ADestinationThatCanNotBeOpenedKeepsTheRunFromStarting) {
  add_stream(scripted_info("events", false, true), 1, 1);
  rig = [](MemoryDestination& d) { d.on_open = [] { return fault(ErrorCode::InvalidConfig); }; };

  EXPECT_THAT(run(), IsError(ErrorCode::InvalidConfig));
}

TEST_F(SyncDestination, RowsThatTheDestinationLosesAreNoticed) {
  add_stream(scripted_info("appended", false, true), 1, 10);
  add_stream(scripted_info("merged", true, true), 1, 10);
  options.concurrency = 1;  // So that no end of the other stream commits half of the first.
  rig = [](MemoryDestination& destination) {
    destination.on_counts = [](std::vector<TableCounts>& counts) {
      for (TableCounts& count : counts) {
        count.rows_written -= 1;
      }
    };
  };

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->streams[0].outcome, StreamOutcome::Failed);
  EXPECT_EQ(report->streams[0].error->code, ErrorCode::Internal);
  EXPECT_THAT(report->streams[0].error->message, HasSubstr("10 expected, 9 counted"));
  EXPECT_EQ(report->streams[1].outcome, StreamOutcome::Done);  // Rows of one key become one.
}

}  // namespace
}  // namespace tendril
