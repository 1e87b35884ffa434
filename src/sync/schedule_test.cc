#include "sync/schedule.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/scripted_source.h"

namespace tendril {
namespace {

using Kind = ReadingTask::Kind;

class Scheduling : public testing::Test {
 protected:
  void add_stream(std::string name, std::string group = {}, std::vector<std::string> parents = {}) {
    StreamPlan plan;
    plan.info = scripted_info(std::move(name), true, true);
    plan.info.exclusive_group = std::move(group);
    plan.info.planning_groups = std::move(parents);
    streams_.push_back(std::make_unique<StreamRun>(std::move(plan), streams_.size()));
  }

  static std::shared_ptr<const SliceWork> slice(std::string id) {
    return std::make_shared<SliceWork>(SliceWork{.slice = {.id = std::move(id)}});
  }

  // Expects the next task to be one of `kind` for `stream`.
  static ReadingTask expect(Schedule& schedule, Kind kind, std::string_view stream) {
    const auto task = schedule.next();
    EXPECT_TRUE(task.has_value());
    EXPECT_EQ(task->kind, kind);
    EXPECT_EQ(task->stream->name(), stream);
    return *task;
  }

  static Error broken() { return {.code = ErrorCode::BadData, .message = "broken"}; }

  std::vector<std::unique_ptr<StreamRun>> streams_;
};

TEST_F(Scheduling, OpensPlansReadsAndEnds) {
  add_stream("a");
  Schedule schedule(streams_);

  schedule.finish(expect(schedule, Kind::Open, "a"), {});
  const ReadingTask plan = expect(schedule, Kind::Plan, "a");
  EXPECT_TRUE(schedule.add_slice(*streams_[0], slice("1")));
  EXPECT_TRUE(schedule.add_slice(*streams_[0], slice("2")));
  schedule.all_planned(*streams_[0]);
  schedule.finish(plan, {});
  const ReadingTask first = expect(schedule, Kind::Read, "a");
  EXPECT_EQ(first.slice->slice.id, "1");
  schedule.finish(first, {});
  schedule.finish(expect(schedule, Kind::Read, "a"), {});
  const ReadingTask end = expect(schedule, Kind::End, "a");
  EXPECT_EQ(end.end.outcome, StreamOutcome::Done);
  schedule.finish(end, {});

  EXPECT_FALSE(schedule.next().has_value());
}

TEST_F(Scheduling, NobodyWaitsForAStreamThatIsBeingOpenedOrPlanned) {
  add_stream("a");
  add_stream("b");
  Schedule schedule(streams_);

  const ReadingTask open_a = expect(schedule, Kind::Open, "a");
  const ReadingTask open_b = expect(schedule, Kind::Open, "b");
  schedule.finish(open_a, {});
  const ReadingTask plan_a = expect(schedule, Kind::Plan, "a");
  schedule.finish(open_b, {});
  expect(schedule, Kind::Plan, "b");
  schedule.add_slice(*streams_[1], slice("b1"));
  schedule.add_slice(*streams_[0], slice("a1"));

  expect(schedule, Kind::Read, "a");  // The earlier stream first,
  expect(schedule, Kind::Read, "b");  // then whatever there is.
}

TEST_F(Scheduling, StreamsOfAGroupAreReadOneAfterAnother) {
  add_stream("a", "group");
  add_stream("b", "group");
  add_stream("c", "other");
  Schedule schedule(streams_);

  const ReadingTask open_a = expect(schedule, Kind::Open, "a");
  schedule.finish(expect(schedule, Kind::Open, "c"), {});
  schedule.finish(open_a, {});
  const ReadingTask plan_a = expect(schedule, Kind::Plan, "a");
  schedule.add_slice(*streams_[0], slice("a1"));
  schedule.all_planned(*streams_[0]);
  schedule.finish(plan_a, {});
  const ReadingTask read_a = expect(schedule, Kind::Read, "a");
  expect(schedule, Kind::Plan, "c");  // "b" still has to wait.
  schedule.finish(read_a, {});
  schedule.finish(expect(schedule, Kind::End, "a"), {});
  expect(schedule, Kind::Open, "b");
}

TEST_F(Scheduling, AFailureFreesTheGroup) {
  add_stream("a", "group");
  add_stream("b", "group");
  Schedule schedule(streams_);

  schedule.finish(expect(schedule, Kind::Open, "a"), broken());
  schedule.finish(expect(schedule, Kind::End, "a"), {});
  expect(schedule, Kind::Open, "b");
}

TEST_F(Scheduling, ParentsAreHeldWhileTheirChildIsPlanned) {
  add_stream("child", "", {"group"});
  add_stream("sibling", "", {"group"});
  add_stream("parent", "group");
  add_stream("free");
  Schedule schedule(streams_);

  schedule.finish(expect(schedule, Kind::Open, "child"), {});
  const ReadingTask plan = expect(schedule, Kind::Plan, "child");
  expect(schedule, Kind::Open, "free");
  schedule.add_slice(*streams_[0], slice("1"));
  schedule.all_planned(*streams_[0]);
  schedule.finish(plan, {});
  expect(schedule, Kind::Read, "child");

  const ReadingTask open = expect(schedule, Kind::Open, "sibling");  // Beside the child's reading.
  schedule.finish(open, {});
  const ReadingTask second = expect(schedule, Kind::Plan, "sibling");
  schedule.all_planned(*streams_[1]);
  schedule.finish(second, {});
  schedule.finish(expect(schedule, Kind::End, "sibling"), {});
  expect(schedule, Kind::Open, "parent");
}

TEST_F(Scheduling, PlansOnlySoFarAhead) {
  add_stream("a");
  Schedule schedule(streams_);
  schedule.finish(expect(schedule, Kind::Open, "a"), {});
  const ReadingTask plan = expect(schedule, Kind::Plan, "a");

  int planned = 1;
  while (schedule.add_slice(*streams_[0], slice(std::to_string(planned)))) {
    ASSERT_LT(++planned, 100);
  }
  schedule.finish(plan, {});

  for (int i = 0; i < planned; ++i) {
    expect(schedule, Kind::Read, "a");
  }
  expect(schedule, Kind::Plan, "a");
}

TEST_F(Scheduling, AnErrorEndsItsStreamWhenAllItsTasksAreBack) {
  add_stream("a");
  add_stream("b");
  Schedule schedule(streams_);
  schedule.finish(expect(schedule, Kind::Open, "a"), {});
  const ReadingTask plan = expect(schedule, Kind::Plan, "a");
  schedule.add_slice(*streams_[0], slice("1"));
  schedule.add_slice(*streams_[0], slice("2"));
  const ReadingTask read = expect(schedule, Kind::Read, "a");

  schedule.finish(read, broken());
  EXPECT_TRUE(streams_[0]->stop.stop_requested());
  expect(schedule, Kind::Open, "b");  // Neither the second slice nor the end yet.
  schedule.finish(plan, Error{.code = ErrorCode::Cancelled, .message = "stopped"});

  const ReadingTask end = expect(schedule, Kind::End, "a");
  EXPECT_EQ(end.end.outcome, StreamOutcome::Failed);
  EXPECT_EQ(end.end.error->message, "broken");
}

TEST_F(Scheduling, AStopEndsAllStreams) {
  add_stream("a");
  add_stream("b");
  Schedule schedule(streams_);
  const ReadingTask open = expect(schedule, Kind::Open, "a");

  schedule.stop_all();

  EXPECT_EQ(expect(schedule, Kind::End, "b").end.outcome, StreamOutcome::Stopped);
  schedule.finish(open, {});
  EXPECT_EQ(expect(schedule, Kind::End, "a").end.outcome, StreamOutcome::Stopped);
  EXPECT_FALSE(schedule.next().has_value());
}

TEST_F(Scheduling, AStreamThatWasReadWholeIsDoneInSpiteOfAStop) {
  add_stream("a");
  Schedule schedule(streams_);
  schedule.finish(expect(schedule, Kind::Open, "a"), {});
  const ReadingTask plan = expect(schedule, Kind::Plan, "a");
  schedule.all_planned(*streams_[0]);
  schedule.stop_all();
  schedule.finish(plan, {});

  EXPECT_EQ(expect(schedule, Kind::End, "a").end.outcome, StreamOutcome::Done);
}

TEST_F(Scheduling, AStopWakesThoseWhoWait) {
  add_stream("a");
  Schedule schedule(streams_);
  const ReadingTask open = expect(schedule, Kind::Open, "a");
  std::jthread waiting([&] { EXPECT_EQ(schedule.next()->kind, Kind::End); });

  schedule.stop_all();
  schedule.finish(open, {});
}

TEST_F(Scheduling, ARefusedStreamEndsAtOnce) {
  StreamPlan plan{.info = scripted_info("a", true, true), .refused = broken()};
  streams_.push_back(std::make_unique<StreamRun>(plan, 0));
  Schedule schedule(streams_);

  EXPECT_EQ(expect(schedule, Kind::End, "a").end.outcome, StreamOutcome::Failed);
}

}  // namespace
}  // namespace tendril
