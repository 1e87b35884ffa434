// What a run does when all goes well: modes, state, counts, commits.
#include "sync/sync.h"

#include <algorithm>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/sync_harness_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Sync : public testing::Test, public SyncHarness {};

TEST_F(Sync, LandsTheRowsOfAllStreams) {
  add_stream(scripted_info("issues", true, true), 3, 10);
  add_stream(scripted_info("labels", false, false), 1, 7);

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->all_done());
  EXPECT_FALSE(report->stopped);
  EXPECT_EQ(ids("issues"), ids_below(30));
  EXPECT_EQ(ids("labels"), ids_below(7));
  ASSERT_THAT(report->streams, SizeIs(2));
  EXPECT_EQ(report->streams[0].stream, "issues");
  EXPECT_EQ(report->streams[0].rows_read, 30);
  EXPECT_EQ(report->streams[0].rows_written, 30);
  EXPECT_TRUE(report->streams[0].incremental);
  EXPECT_FALSE(report->streams[0].resumed);
  EXPECT_EQ(report->streams[1].rows_written, 7);
  EXPECT_FALSE(report->streams[1].incremental);
  EXPECT_EQ(source.readers_alive(), 0);
}

TEST_F(Sync, TellsItsProgress) {
  add_stream(scripted_info("issues", true, true), 3, 10);

  ASSERT_THAT(run(), IsOk());

  const std::vector<StreamProgress> streams = progress->snapshot();
  ASSERT_THAT(streams, SizeIs(1));
  EXPECT_EQ(streams[0].phase, StreamProgress::Phase::Done);
  EXPECT_EQ(streams[0].rows_read, 30);
  EXPECT_EQ(streams[0].rows_committed, 30);
  EXPECT_GT(streams[0].bytes_read, 0);
  EXPECT_EQ(streams[0].slices_done, 3);
  EXPECT_EQ(streams[0].slices_planned, 3);
  EXPECT_TRUE(streams[0].all_slices_planned);
}

TEST_F(Sync, ReadsOnlyTheChosenStreams) {
  add_stream(scripted_info("issues", true, true), 1, 1);
  add_stream(scripted_info("labels", true, true), 1, 1);
  options.streams = {"labels", "labels"};

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  ASSERT_THAT(report->streams, SizeIs(1));
  EXPECT_EQ(report->streams[0].stream, "labels");
  EXPECT_FALSE(store.tables.contains("issues"));
}

TEST_F(Sync, DoesNotStartWithOptionsThatCanNotBe) {
  add_stream(scripted_info("issues", false, true), 1, 1);

  options.streams = {"isues", "issues", "lables"};
  EXPECT_THAT(run(), IsError(ErrorCode::InvalidConfig, HasSubstr("isues, lables")));
  options.streams = {};
  options.mode = WriteMode::Merge;
  EXPECT_THAT(run(), IsError(ErrorCode::InvalidConfig, HasSubstr("primary key: issues")));
  options.mode = std::nullopt;
  options.concurrency = 0;
  EXPECT_THAT(run(), IsError(ErrorCode::InvalidConfig, HasSubstr("concurrency")));
  options.concurrency = 1;
  options.connection = "";
  EXPECT_THAT(run(), IsError(ErrorCode::InvalidConfig, HasSubstr("connection")));
}

TEST_F(Sync, ACatalogThatNamesAStreamTwiceIsRefused) {
  add_stream(scripted_info("issues", true, true), 1, 1);
  add_stream(scripted_info("issues", true, true), 1, 1);

  EXPECT_THAT(run(), IsError(ErrorCode::BadData, HasSubstr("issues")));
}

TEST_F(Sync, AnEmptyCatalogIsDoneAtOnce) {
  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->all_done());
  EXPECT_FALSE(report->all_failed());
}

TEST_F(Sync, PreparesTheTablesOfEmptyStreams) {
  add_stream(scripted_info("merged", true, true), 0, 0);
  add_stream(scripted_info("appended", false, true), 2, 0);
  add_stream(scripted_info("replaced", false, false), 0, 0);
  store.tables["replaced"] = {{.id = 1, .value = "old"}};
  std::set<std::string> prepared;
  rig = [&](MemoryDestination& destination) {
    destination.on_prepare = [&](const TablePlan& plan) -> Status {
      prepared.insert(plan.schema.name);
      EXPECT_THAT(plan.schema.columns, SizeIs(2));
      return {};
    };
  };

  ASSERT_THAT(run(), IsOk());

  EXPECT_THAT(prepared, ElementsAre("appended", "merged", "replaced"));
  EXPECT_THAT(ids("replaced"), IsEmpty());
}

TEST_F(Sync, ChoosesTheModeByKeyAndCursor) {
  add_stream(scripted_info("keyed", true, false), 1, 1);
  add_stream(scripted_info("cursor_only", false, true), 1, 1);
  add_stream(scripted_info("neither", false, false), 1, 1);
  std::map<std::string, WriteMode> modes;
  rig = [&](MemoryDestination& destination) {
    destination.on_prepare = [&](const TablePlan& plan) -> Status {
      modes[plan.schema.name] = plan.mode;
      EXPECT_EQ(plan.hard_deletes, options.hard_deletes);
      return {};
    };
  };
  options.hard_deletes = true;

  ASSERT_THAT(run(), IsOk());
  EXPECT_EQ(modes["keyed"], WriteMode::Merge);
  EXPECT_EQ(modes["cursor_only"], WriteMode::Append);
  EXPECT_EQ(modes["neither"], WriteMode::Replace);

  options.full_refresh = true;  // Appending what is there already would double it.
  ASSERT_THAT(run(), IsOk());
  EXPECT_EQ(modes["cursor_only"], WriteMode::Replace);

  options.mode = WriteMode::Append;
  ASSERT_THAT(run(), IsOk());
  EXPECT_EQ(modes["keyed"], WriteMode::Append);
}

TEST_F(Sync, TheSecondRunReadsOnlyWhatIsNew) {
  ScriptedStream& stream = add_stream(scripted_info("events", false, true), 2, 5);
  ASSERT_THAT(run(), IsOk());
  EXPECT_EQ(state("events"), R"({"version":1,"cursor":0})");

  source.generation = 1;
  stream.slices[1].rows.push_back({.id = 10, .value = "new", .added = 1});
  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->streams[0].rows_read, 1);
  EXPECT_EQ(ids("events"), ids_below(11));
  EXPECT_TRUE(source.requests().back().incremental);
  EXPECT_EQ(source.requests().back().state, Value(0));
  EXPECT_EQ(state("events"), R"({"version":1,"cursor":1})");
}

TEST_F(Sync, AFullRefreshForgetsTheCursorAndSetsItAnew) {
  add_stream(scripted_info("events", false, true), 2, 5);
  ASSERT_THAT(run(), IsOk());

  options.full_refresh = true;
  source.generation = 3;
  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_FALSE(report->streams[0].incremental);
  EXPECT_EQ(source.requests().back().state, Value());
  EXPECT_EQ(ids("events"), ids_below(10));
  EXPECT_EQ(state("events"), R"({"version":1,"cursor":3})");
}

TEST_F(Sync, ReplaceTakesEffectOnlyAtTheEnd) {
  options.commit_rows = 1;
  options.mode = WriteMode::Replace;
  add_stream(scripted_info("issues", true, true), 3, 10);
  store.tables["issues"] = {{.id = 99, .value = "old"}};
  std::set<std::vector<std::int64_t>> seen;
  rig = [&](MemoryDestination& destination) {
    destination.after_commit = [&]() -> Status {
      seen.insert(ids("issues"));
      return {};
    };
  };

  ASSERT_THAT(run(), IsOk());

  EXPECT_GT(store.commits.size(), 2U);
  EXPECT_THAT(seen, ElementsAre(ids_below(30), ElementsAre(99)));
  ASSERT_THAT(store.commits.back().completed_tables, ElementsAre("issues"));
}

TEST_F(Sync, AWholeReadMarksRowsThatWereNotSeen) {
  ScriptedStream& stream = add_stream(scripted_info("users", true, false), 2, 3);
  ASSERT_THAT(run(), IsOk());

  source.generation = 1;
  stream.slices[0].rows[1].removed = 1;
  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_THAT(ids("users"), ElementsAre(0, 2, 3, 4, 5));
  EXPECT_THAT(store.tables["users"], SizeIs(6));
  EXPECT_EQ(report->streams[0].rows_deleted, 1);
}

TEST_F(Sync, AnIncrementalReadMarksNothing) {
  add_stream(scripted_info("users", true, true), 2, 3);
  ASSERT_THAT(run(), IsOk());

  source.generation = 1;
  ASSERT_THAT(run(), IsOk());

  EXPECT_EQ(ids("users"), ids_below(6));
}

TEST_F(Sync, RowsThatWereNotSeenStayWhenSomeWereRejected) {
  ScriptedStream& stream = add_stream(scripted_info("users", true, false), 1, 3);
  ASSERT_THAT(run(), IsOk());

  source.generation = 1;
  stream.slices[0].rows[1].removed = 1;
  source.at = [](const ScriptedSource::Point& point) {
    return point.offset == 1 ? point.sink.reject({.reason = "no id"}) : Status();
  };
  ASSERT_THAT(run(), IsOk());

  EXPECT_EQ(ids("users"), ids_below(3));
}

TEST_F(Sync, RejectedRowsGoToTheirTable) {
  add_stream(scripted_info("users", true, false), 2, 3);
  source.at = [](const ScriptedSource::Point& point) {
    return point.offset == 1
               ? point.sink.reject(
                     {.reason = "bad " + point.slice, .position = "record 1", .payload = "{}"})
               : Status();
  };

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->all_done());
  EXPECT_EQ(report->streams[0].rows_rejected, 2);
  std::set<std::string> reasons;
  for (const MemoryRow& row : store.tables["_tendril_rejected"]) {
    reasons.insert(row.value);
  }
  EXPECT_THAT(reasons, ElementsAre("bad s0", "bad s1"));
}

TEST_F(Sync, ManyTinySlicesShareCommits) {
  add_stream(scripted_info("events", false, true), 10'000, 1);

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(ids("events"), ids_below(10'000));
  EXPECT_THAT(store.commits, SizeIs(1));
  EXPECT_THAT(store.commits[0].entries, SizeIs(1));  // Nobody needs the slices any more.
  EXPECT_THAT(source.finished_slices(), ElementsAre(10'000));
}

TEST_F(Sync, ATinyBudgetSlowsButDoesNotBlock) {
  options.memory_bytes = 64;  // Less than any batch.
  options.concurrency = 4;
  source.checkpoint_one_in = 3;
  add_stream(scripted_info("events", false, true), 20, 50);
  add_stream(scripted_info("users", true, true), 20, 50);

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->all_done());
  EXPECT_EQ(ids("events"), ids_below(1000));
  EXPECT_EQ(ids("users"), ids_below(1000));
}

TEST_F(Sync, SlicesWithoutCheckpointsWaitOnDiskUntilTheyAreDone) {
  options.memory_bytes = 64;
  options.commit_rows = 1;
  source.checkpoint_one_in = 0;
  add_stream(scripted_info("events", false, true), 3, 100);
  rig = [&](MemoryDestination& destination) {
    destination.after_commit = [&]() -> Status {
      EXPECT_EQ(ids("events").size() % 100, 0U);  // Whole slices only.
      return {};
    };
  };

  ASSERT_THAT(run(), IsOk());

  EXPECT_EQ(ids("events"), ids_below(300));
}

TEST_F(Sync, CommitsWhenEnoughRowsAreStaged) {
  options.concurrency = 1;
  options.commit_rows = 10;
  source.batch_rows_max = 1;
  add_stream(scripted_info("events", false, true), 1, 100);

  ASSERT_THAT(run(), IsOk());

  EXPECT_THAT(store.commits, SizeIs(11));  // And the end.
}

TEST_F(Sync, CommitsWhenEnoughBytesAreStaged) {
  options.concurrency = 1;
  options.commit_bytes = 1;
  source.batch_rows_max = 1;
  add_stream(scripted_info("events", false, true), 1, 100);

  ASSERT_THAT(run(), IsOk());

  EXPECT_THAT(store.commits, SizeIs(101));
}

TEST_F(Sync, CommitsWhenTheIntervalHasPassed) {
  options.concurrency = 1;
  source.batch_rows_max = 1;
  add_stream(scripted_info("events", false, true), 1, 3);
  rig = [&](MemoryDestination& destination) {
    destination.on_write = [&](const Batch&) -> Status {
      clock.advance(options.commit_interval);
      return {};
    };
  };

  ASSERT_THAT(run(), IsOk());

  EXPECT_THAT(store.commits, SizeIs(4));
}

TEST_F(Sync, CommitsWhileTheSourceIsSilent) {
  options.commit_interval = std::chrono::milliseconds(1);
  add_stream(scripted_info("events", false, true), 1, 2);
  source.batch_rows_max = 1;
  const std::unique_ptr<Clock> real = system_clock();
  std::atomic<bool> committed = false;
  source.at = [&](const ScriptedSource::Point& point) -> Status {
    while (point.offset == 1 && !committed) {  // Goes on only after the first row's commit.
      real->sleep(std::chrono::milliseconds(1), {});
    }
    return {};
  };
  MemoryDestination destination(store, *real);
  destination.after_commit = [&]() -> Status {
    committed = true;
    return {};
  };
  SyncProgress shown;

  EXPECT_THAT(run_sync(source, destination, options, *real, log, shown, {}), IsOk());
}

TEST_F(Sync, ReadsAsManySlicesAtATimeAsAllowed) {
  options.concurrency = 3;
  add_stream(scripted_info("events", false, true), 3, 1);
  std::mutex mutex;
  std::condition_variable all_there;
  int reading = 0;
  source.at = [&](const ScriptedSource::Point& point) -> Status {
    if (point.offset == 0) {
      std::unique_lock lock(mutex);
      ++reading;
      all_there.notify_all();
      all_there.wait(lock, [&] { return reading == 3; });  // Ends only when all three read.
    }
    return {};
  };

  EXPECT_THAT(run(), IsOk());
}

TEST_F(Sync, ReadsNoMoreSlicesAtATimeThanTheSourceAllows) {
  options.concurrency = 8;
  source.slices_at_once = 2;
  add_stream(scripted_info("events", false, true), 6, 2);
  add_stream(scripted_info("people", false, true), 6, 2);
  std::mutex mutex;
  std::condition_variable changed;
  std::set<std::thread::id> threads;
  int reading = 0;
  int most = 0;
  source.at = [&](const ScriptedSource::Point& point) -> Status {
    std::unique_lock lock(mutex);
    threads.insert(std::this_thread::get_id());
    if (point.offset == 0) {
      most = std::max(most, ++reading);
      changed.notify_all();
      changed.wait(lock, [&] { return most >= 2; });  // Ends only when two are read at a time.
    } else if (point.offset == 2) {
      --reading;
    }
    return {};
  };

  EXPECT_THAT(run(), IsOk());
  EXPECT_EQ(most, 2);
  EXPECT_THAT(threads, SizeIs(2));
  EXPECT_EQ(ids("events"), ids_below(12));
}

TEST_F(Sync, ReadsNoMoreThanItsOwnLimitWhateverTheSourceAllows) {
  options.concurrency = 1;
  source.slices_at_once = 50;
  add_stream(scripted_info("events", false, true), 4, 1);
  std::set<std::thread::id> threads;
  source.at = [&](const ScriptedSource::Point&) -> Status {
    threads.insert(std::this_thread::get_id());
    return {};
  };

  EXPECT_THAT(run(), IsOk());
  EXPECT_THAT(threads, SizeIs(1));
}

TEST_F(Sync, ReadsStreamsOfAGroupOneAfterAnother) {
  options.concurrency = 4;
  for (const char* name : {"a", "b", "c"}) {
    add_stream(scripted_info(name, true, true), 3, 2).info.exclusive_group = "group";
  }
  std::mutex mutex;
  std::multiset<std::string> reading;
  source.at = [&](const ScriptedSource::Point& point) -> Status {
    const std::lock_guard lock(mutex);
    const std::string& stream = point.stream.schema.name;
    if (point.offset == 0) {
      reading.insert(stream);
    }
    EXPECT_EQ(reading.count(stream), reading.size()) << "another stream is read beside " << stream;
    if (point.offset == 2) {
      reading.erase(reading.find(stream));
    }
    return {};
  };

  EXPECT_THAT(run(), IsOk());
  std::vector<std::string> order;
  for (const ScriptedSource::ReadCall& call : source.reads()) {
    if (order.empty() || order.back() != call.stream) {
      order.push_back(call.stream);
    }
  }
  EXPECT_THAT(order, ElementsAre("a", "b", "c"));
}

TEST_F(Sync, HandsOnTheCursorThatTheUserChoseWhereThereIsAChoice) {
  add_stream(scripted_info("free", false, true), 1, 1).info.cursor_is_chosen = true;
  add_stream(scripted_info("fixed", false, true), 1, 1);
  options.concurrency = 1;
  options.cursor_fields = {{"free", "id"}, {"fixed", "id"}};

  EXPECT_THAT(run(), IsOk());
  const std::vector<StreamRequest> requests = source.requests();
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_EQ(requests[0].cursor_field, "id");
  EXPECT_EQ(requests[1].cursor_field, "");
}

}  // namespace
}  // namespace tendril
