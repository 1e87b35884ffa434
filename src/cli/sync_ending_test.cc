#include "cli/sync_ending.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tendril {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

StreamReport failed(std::string stream, ErrorCode code) {
  return {.stream = std::move(stream),
          .outcome = StreamOutcome::Failed,
          .error = Error{code, "made to fail"}};
}

SyncReport stopped() {
  SyncReport report;
  report.streams = {{.stream = "a"}, {.stream = "b", .outcome = StreamOutcome::Stopped}};
  report.stopped = true;
  return report;
}

TEST(SyncEndings, OfAllStreamsDone) {
  SyncReport report;
  report.streams = {{.stream = "a"}};

  const SyncEnding ending = ending_of(report, {});

  EXPECT_EQ(ending.state, RunState::Succeeded);
  EXPECT_EQ(ending.exit_code, ExitCode::Done);
  EXPECT_THAT(ending.faults, IsEmpty());
}

TEST(SyncEndings, OfSomeStreamsFailed) {
  SyncReport report;
  report.streams = {{.stream = "a"}, failed("b", ErrorCode::Unavailable)};

  const SyncEnding ending = ending_of(report, {});

  EXPECT_EQ(ending.state, RunState::PartlyFailed);
  EXPECT_EQ(ending.exit_code, ExitCode::SomeStreamsFailed);
  EXPECT_THAT(ending.reason, HasSubstr("b: made to fail"));
}

TEST(SyncEndings, AFullDiskFailsTheRunHoweverManyStreamsWereDone) {
  SyncReport report;
  report.streams = {{.stream = "a"}, failed("b", ErrorCode::System)};

  EXPECT_EQ(ending_of(report, {}).exit_code, ExitCode::Failed);
}

TEST(SyncEndings, AnInterruptIsNoFault) {
  const SyncEnding ending = ending_of(stopped(), {.signal = SIGTERM});

  EXPECT_EQ(ending.state, RunState::Cancelled);
  EXPECT_EQ(static_cast<int>(ending.exit_code), 143);
  EXPECT_THAT(ending.faults, IsEmpty());
  EXPECT_THAT(ending.note, HasSubstr("rows are kept"));
}

TEST(SyncEndings, ACancelEndsAsCtrlCDoes) {
  const SyncEnding ending = ending_of(stopped(), {.cause = StopCause::CancelAsked});

  EXPECT_EQ(ending.state, RunState::Cancelled);
  EXPECT_EQ(ending.exit_code, ExitCode::Interrupted);
}

TEST(SyncEndings, AStallIsAFailure) {
  const RunStop stop{.cause = StopCause::Stalled, .reason = "the run stalled"};

  const SyncEnding ending = ending_of(stopped(), stop);

  EXPECT_EQ(ending.state, RunState::Failed);
  EXPECT_EQ(ending.exit_code, ExitCode::Failed);
  ASSERT_THAT(ending.faults, SizeIs(1));
  EXPECT_EQ(ending.faults.front().message, "the run stalled");
}

TEST(SyncEndings, WhatCameToItsEndBeforeTheStopSucceeded) {
  SyncReport report;
  report.streams = {{.stream = "a"}};

  EXPECT_EQ(ending_of(report, {.cause = StopCause::Stalled, .reason = "late"}).state,
            RunState::Succeeded);
}

TEST(SyncEndings, ARunThatCouldNotBegin) {
  EXPECT_EQ(ending_of(Error{ErrorCode::InvalidConfig, "x"}, {}).exit_code, ExitCode::WrongUse);
  EXPECT_EQ(ending_of(Error{ErrorCode::Cancelled, "x"}, {.signal = SIGINT}).exit_code,
            ExitCode::Interrupted);
  const SyncEnding fenced = ending_of(Error{ErrorCode::Cancelled, "x"}, {});
  EXPECT_EQ(fenced.state, RunState::Failed);
  EXPECT_EQ(fenced.exit_code, ExitCode::Failed);
  EXPECT_THAT(fenced.faults, SizeIs(1));
}

}  // namespace
}  // namespace tendril
