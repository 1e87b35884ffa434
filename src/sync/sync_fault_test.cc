// What a run does when its source or its state is at fault, or somebody asks it to stop.
#include <atomic>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/retry.h"
#include "sync/sync.h"
#include "sync/sync_harness_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::SizeIs;
using testing::StartsWith;

class SyncFault : public testing::Test, public SyncHarness {
 public:
  // The source fails with `code` before a record, as often as told.
  void fail_at(std::string slice, std::int64_t offset, ErrorCode code, int times = 1'000'000) {
    auto left = std::make_shared<std::atomic<int>>(times);
    source.at = [=](const ScriptedSource::Point& point) -> Status {
      if (point.slice == slice && point.offset == offset && left->fetch_sub(1) > 0) {
        return fault(code);
      }
      return {};
    };
  }

  // The progress with which a slice was read, call by call.
  std::vector<Value> progresses(std::string_view slice) const {
    std::vector<Value> progresses;
    for (const ScriptedSource::ReadCall& call : source.reads()) {
      if (call.slice == slice) {
        progresses.push_back(call.progress);
      }
    }
    return progresses;
  }
};

TEST_F(SyncFault, AFailedStreamDoesNotStopTheOthers) {
  add_stream(scripted_info("bad", false, true)).slices = {
      {"x", {{.id = 0}, {.id = 1}, {.id = 2}, {.id = 3}}}};
  add_stream(scripted_info("good", false, true), 3, 10);
  source.batch_rows_max = 1;
  fail_at("x", 2, ErrorCode::PermissionDenied);

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_FALSE(report->all_done());
  EXPECT_FALSE(report->all_failed());
  EXPECT_FALSE(report->stopped);
  EXPECT_EQ(report->streams[0].outcome, StreamOutcome::Failed);
  ASSERT_TRUE(report->streams[0].error.has_value());
  EXPECT_EQ(report->streams[0].error->code, ErrorCode::PermissionDenied);
  EXPECT_THAT(report->streams[0].error->message, HasSubstr("slice x"));
  EXPECT_EQ(report->streams[1].outcome, StreamOutcome::Done);
  EXPECT_EQ(ids("good"), ids_below(30));
  EXPECT_EQ(ids("bad"), ids_below(2));  // What was covered is kept.
  EXPECT_THAT(state("bad", "x"), StartsWith(R"({"progress":2,"rows":2,"checksum":")"));
  EXPECT_EQ(progress->snapshot()[0].phase, StreamProgress::Phase::Failed);
}

TEST_F(SyncFault, TheNextRunGoesOnWithPlanAndProgress) {
  ScriptedStream& stream = add_stream(scripted_info("events", false, true), 3, 4);
  options.concurrency = 1;
  source.batch_rows_max = 1;
  fail_at("s1", 2, ErrorCode::BadData);
  ASSERT_THAT(run(), IsOk());

  source.at = nullptr;
  source.generation = 1;  // Not in the plan of the load.
  stream.slices[0].rows.push_back({.id = 12, .value = "new", .added = 1});
  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->all_done());
  EXPECT_TRUE(report->streams[0].resumed);
  EXPECT_EQ(report->streams[0].rows_read, 6);
  EXPECT_EQ(source.requests().back().plan, Value(0));
  EXPECT_THAT(progresses("s0"), ElementsAre(Value()));
  EXPECT_THAT(progresses("s1"), ElementsAre(Value(), Value(2)));
  EXPECT_EQ(ids("events"), ids_below(12));
  EXPECT_THAT(source.finished_slices(), ElementsAre(3));  // Those of the first run too.
  EXPECT_EQ(stored_slices("events"), 0U);
  EXPECT_EQ(progress->snapshot()[0].slices_done, 3);

  ASSERT_THAT(run(), IsOk());
  EXPECT_EQ(ids("events"), ids_below(13));
}

TEST_F(SyncFault, AReplaceGoesOnInTheSameLoad) {
  options.mode = WriteMode::Replace;
  options.concurrency = 1;
  add_stream(scripted_info("events", true, true), 2, 4);
  source.batch_rows_max = 1;
  fail_at("s1", 2, ErrorCode::BadData);
  std::vector<bool> resume;
  rig = [&](MemoryDestination& destination) {
    destination.on_prepare = [&](const TablePlan& plan) -> Status {
      resume.push_back(plan.resume);
      return {};
    };
  };
  ASSERT_THAT(run(), IsOk());
  EXPECT_THAT(ids("events"), IsEmpty());

  source.at = nullptr;
  ASSERT_THAT(run(), IsOk());

  EXPECT_EQ(ids("events"), ids_below(8));
  EXPECT_THAT(resume, ElementsAre(false, true));
}

TEST_F(SyncFault, DeletionsCountFromTheFirstRunOfALoad) {
  ScriptedStream& stream = add_stream(scripted_info("users", true, false), 2, 3);
  options.concurrency = 1;
  source.batch_rows_max = 1;
  ASSERT_THAT(run(), IsOk());

  source.generation = 1;
  stream.slices[0].rows[0].removed = 1;
  fail_at("s1", 1, ErrorCode::BadData);
  ASSERT_THAT(run(), IsOk());  // Reads all of s0 and a part of s1.
  EXPECT_EQ(ids("users"), ids_below(6));
  source.at = nullptr;
  ASSERT_THAT(run(), IsOk());  // Reads the rest.

  EXPECT_THAT(ids("users"), ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(SyncFault, AnotherModeOrAFullRefreshStartsAnew) {
  add_stream(scripted_info("events", true, true), 3, 4);
  options.concurrency = 1;
  source.batch_rows_max = 1;
  fail_at("s1", 2, ErrorCode::BadData);
  ASSERT_THAT(run(), IsOk());
  EXPECT_EQ(stored_slices("events"), 2U);

  options.mode = WriteMode::Replace;
  const auto replaced = run();
  ASSERT_THAT(replaced, IsOk());
  EXPECT_FALSE(replaced->streams[0].resumed);
  EXPECT_EQ(source.requests().back().plan, Value());
  EXPECT_THAT(progresses("s0"), ElementsAre(Value(), Value()));

  options.full_refresh = true;
  source.at = nullptr;
  const auto refreshed = run();
  ASSERT_THAT(refreshed, IsOk());
  EXPECT_FALSE(refreshed->streams[0].resumed);
  EXPECT_EQ(ids("events"), ids_below(12));
  EXPECT_EQ(stored_slices("events"), 0U);
}

TEST_F(SyncFault, AnInterruptedFullRefreshIsCompletedByTheNextRun) {
  add_stream(scripted_info("events", false, true), 2, 4);
  options.concurrency = 1;
  source.batch_rows_max = 1;
  ASSERT_THAT(run(), IsOk());
  options.full_refresh = true;
  fail_at("s1", 2, ErrorCode::BadData);
  ASSERT_THAT(run(), IsOk());
  EXPECT_EQ(ids("events"), ids_below(8));  // Still those of the first load.

  options.full_refresh = false;
  source.at = nullptr;
  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->streams[0].resumed);
  EXPECT_FALSE(report->streams[0].incremental);
  EXPECT_EQ(report->streams[0].rows_read, 2);
  EXPECT_EQ(ids("events"), ids_below(8));
}

TEST_F(SyncFault, ASliceIsReadAgainFromItsLastCheckpoint) {
  add_stream(scripted_info("events", false, true), 1, 6);
  source.batch_rows_max = 1;
  fail_at("s0", 4, ErrorCode::Unavailable, Retry::kRetriesMax);

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->all_done());
  EXPECT_EQ(ids("events"), ids_below(6));
  EXPECT_THAT(progresses("s0"), ElementsAre(Value(), Value(4), Value(4), Value(4)));
  EXPECT_THAT(clock.sleeps(), AllOf(SizeIs(3), Each(Le(Retry::kLongestDelay))));
}

TEST_F(SyncFault, RowsAfterTheLastCheckpointAreVoidWhenASliceIsReadAgain) {
  add_stream(scripted_info("events", false, true), 1, 6);
  source.batch_rows_max = 1;
  source.checkpoint_one_in = 0;
  fail_at("s0", 4, ErrorCode::Unavailable, 2);

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->all_done());
  EXPECT_EQ(ids("events"), ids_below(6));
  EXPECT_EQ(report->streams[0].rows_read, 14);
  EXPECT_EQ(report->streams[0].rows_written, 6);
}

TEST_F(SyncFault, RetriesComeToAnEnd) {
  add_stream(scripted_info("events", false, true), 1, 6);
  fail_at("s0", 0, ErrorCode::Unavailable);

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->streams[0].error->code, ErrorCode::Unavailable);
  EXPECT_THAT(progresses("s0"), SizeIs(1 + Retry::kRetriesMax));
}

TEST_F(SyncFault, WhatIsGainedGivesTheRetriesBack) {
  add_stream(scripted_info("events", false, true), 1, 10);
  source.batch_rows_max = 1;
  auto last = std::make_shared<std::atomic<std::int64_t>>(-1);
  source.at = [last](const ScriptedSource::Point& point) -> Status {
    // Fails once at each record.
    return point.offset > last->exchange(point.offset) ? fault(ErrorCode::Unavailable) : Status();
  };

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->all_done());
  EXPECT_EQ(ids("events"), ids_below(10));
}

TEST_F(SyncFault, AFaultThatNoRetryMendsIsNotRetried) {
  add_stream(scripted_info("events", false, true), 1, 6);
  fail_at("s0", 1, ErrorCode::Unauthenticated);

  ASSERT_THAT(run(), IsOk());

  EXPECT_THAT(progresses("s0"), SizeIs(1));
  EXPECT_THAT(clock.sleeps(), IsEmpty());
}

TEST_F(SyncFault, WaitsAsLongAsTheServerAsks) {
  add_stream(scripted_info("events", false, true), 1, 6);
  auto failed = std::make_shared<std::atomic<bool>>(false);
  source.on_open = [failed](const StreamRequest&) -> Status {
    if (failed->exchange(true)) {
      return {};
    }
    return Error{.code = ErrorCode::RateLimited,
                 .message = "slow down",
                 .retry_after = std::chrono::minutes(2)};
  };

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->all_done());
  EXPECT_THAT(clock.sleeps(), ElementsAre(Ge(std::chrono::minutes(2))));
}

TEST_F(SyncFault, TooManyRejectedRowsFailTheStream) {
  add_stream(scripted_info("events", false, true), 1, 10);
  source.batch_rows_max = 1;
  options.rejected_rows_max = 4;
  source.at = [](const ScriptedSource::Point& point) -> Status {
    const Status rejected = point.sink.reject({.reason = "bad", .position = "record"});
    return {};  // Even when the source takes no notice.
  };

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->streams[0].outcome, StreamOutcome::Failed);
  EXPECT_THAT(report->streams[0].error->message, HasSubstr("limit of 4"));
  EXPECT_EQ(ids("events"), ids_below(4));
  EXPECT_THAT(store.tables["_tendril_rejected"], SizeIs(4));
}

TEST_F(SyncFault, RejectedRowsThatAreReadAgainCountOnce) {
  add_stream(scripted_info("events", false, true), 1, 4);
  source.batch_rows_max = 1;
  source.checkpoint_one_in = 0;
  auto failures = std::make_shared<std::atomic<int>>(2);
  source.at = [failures](const ScriptedSource::Point& point) -> Status {
    if (point.offset == 1) {
      return point.sink.reject({.reason = "bad", .position = "record"});
    }
    return point.offset == 3 && failures->fetch_sub(1) > 0 ? fault(ErrorCode::Unavailable)
                                                           : Status();
  };

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->all_done());
  EXPECT_EQ(report->streams[0].rows_rejected, 1);
  EXPECT_THAT(store.tables["_tendril_rejected"], SizeIs(1));
}

TEST_F(SyncFault, AStopKeepsWhatIsCoveredAndTheNextRunGoesOn) {
  add_stream(scripted_info("events", false, true), 4, 10);
  add_stream(scripted_info("later", false, true), 4, 10);
  options.concurrency = 2;
  std::stop_source stop;
  source.at = [&](const ScriptedSource::Point& point) -> Status {
    if (point.stream.schema.name == "events" && point.slice == "s1" && point.offset == 5) {
      stop.request_stop();
    }
    return {};
  };

  const auto report = run(stop.get_token());

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->stopped);
  EXPECT_EQ(report->streams[0].outcome, StreamOutcome::Stopped);
  EXPECT_FALSE(report->streams[0].error.has_value());
  EXPECT_EQ(report->streams[1].outcome, StreamOutcome::Stopped);
  EXPECT_EQ(progress->snapshot()[1].phase, StreamProgress::Phase::Stopped);
  EXPECT_FALSE(ids("events").empty());
  EXPECT_EQ(source.readers_alive(), 0);

  source.at = nullptr;
  const auto next = run();
  ASSERT_THAT(next, IsOk());
  EXPECT_TRUE(next->all_done());
  EXPECT_EQ(ids("events"), ids_below(40));
  EXPECT_EQ(ids("later"), ids_below(40));
}

TEST_F(SyncFault, AStopWakesThoseWhoWaitForRoom) {
  options.memory_bytes = 64;
  add_stream(scripted_info("events", false, true), 8, 100);
  std::stop_source stop;
  rig = [&](MemoryDestination& destination) {
    destination.on_write = [&](const Batch&) -> Status {
      stop.request_stop();  // From the writer's thread, while readers wait for it.
      return {};
    };
  };

  const auto report = run(stop.get_token());

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->stopped);
}

TEST_F(SyncFault, AStopBeforeTheStartReadsNothing) {
  add_stream(scripted_info("events", false, true), 1, 10);
  std::stop_source stop;
  stop.request_stop();

  const auto report = run(stop.get_token());

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->stopped);
  EXPECT_THAT(source.reads(), IsEmpty());
}

TEST_F(SyncFault, AStopOnceTheDestinationIsOpenReadsNothing) {
  add_stream(scripted_info("events", false, true), 1, 10);
  std::stop_source stop;
  options.on_opened = [&] { stop.request_stop(); };

  const auto report = run(stop.get_token());

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->stopped);
  EXPECT_THAT(source.reads(), IsEmpty());
  EXPECT_THAT(store.tables, IsEmpty());
}

TEST_F(SyncFault, AStopEndsTheWaitForARetry) {
  add_stream(scripted_info("events", false, true), 1, 10);
  std::stop_source stop;
  source.at = [&](const ScriptedSource::Point&) -> Status {
    stop.request_stop();
    return fault(ErrorCode::Unavailable);
  };

  const auto report = run(stop.get_token());

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->streams[0].outcome, StreamOutcome::Stopped);
  EXPECT_THAT(source.reads(), SizeIs(1));
}

TEST_F(SyncFault, AnExceptionOfTheSourceFailsItsStreamOnly) {
  add_stream(scripted_info("opens", false, true), 1, 5);
  add_stream(scripted_info("plans", false, true), 1, 5);
  add_stream(scripted_info("reads", false, true)).slices = {{"boom", {{.id = 0}}}};
  add_stream(scripted_info("ends", false, true), 1, 5);
  add_stream(scripted_info("good", false, true), 1, 5);
  const auto boom = [](bool now) { return now ? throw std::runtime_error("boom") : Status(); };
  source.on_open = [&](const StreamRequest& request) { return boom(request.stream == "opens"); };
  source.on_next_slice = [&](const std::string& stream) { return boom(stream == "plans"); };
  source.at = [&](const ScriptedSource::Point& point) { return boom(point.slice == "boom"); };
  source.on_finish = [&](const std::string& stream) { boom(stream == "ends").value(); };

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(report->streams[i].error->code, ErrorCode::Internal) << report->streams[i].stream;
    EXPECT_THAT(report->streams[i].error->message, HasSubstr("boom"));
  }
  EXPECT_EQ(report->streams[4].outcome, StreamOutcome::Done);
}

TEST_F(SyncFault, ABatchOfAnotherTableIsABug) {
  add_stream(scripted_info("events", false, true), 1, 2);
  source.at = [](const ScriptedSource::Point& point) -> Status {
    TableSchema other = point.stream.schema;
    other.name = "others";
    BatchBuilder builder(other);
    builder.cell("id").append_int(1);
    builder.end_row();
    const Batch batch = TRY(builder.take());
    return point.sink.write(batch);
  };

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->streams[0].error->code, ErrorCode::Internal);
  EXPECT_THAT(report->streams[0].error->message, HasSubstr("others"));
}

TEST_F(SyncFault, DamagedStateFailsItsStreamUntilAFullRefresh) {
  add_stream(scripted_info("events", false, true), 1, 5);
  add_stream(scripted_info("users", true, true), 1, 5);
  store.state[{"events", "s0"}] = "{";

  const auto report = run();
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->streams[0].outcome, StreamOutcome::Failed);
  EXPECT_THAT(report->streams[0].error->message, HasSubstr("stream events, slice s0"));
  EXPECT_EQ(report->streams[1].outcome, StreamOutcome::Done);

  options.full_refresh = true;
  const auto refreshed = run();
  ASSERT_THAT(refreshed, IsOk());
  EXPECT_TRUE(refreshed->all_done());
  EXPECT_EQ(stored_slices("events"), 0U);
}

}  // namespace
}  // namespace tendril
