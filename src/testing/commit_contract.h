// Part of the destination contract: commits, state, epochs, and the modes Append and Replace.
#pragma once

#include <string>
#include <vector>

#include "testing/destination_fixture.h"

namespace tendril {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DestinationContract);

TEST_P(DestinationContract, RefusesATableThatWasNotPrepared) {
  Destination& destination = open();

  EXPECT_THAT(destination.write(batch_of(plain_table(), {item(1, "a")})),
              IsError(ErrorCode::Internal));
}

TEST_P(DestinationContract, TakesEmptyBatchesAndEmptyCommits) {
  Destination& destination = open();
  ASSERT_THAT(destination.commit({}), IsOk());
  ASSERT_THAT(destination.prepare({plain_table()}), IsOk());
  ASSERT_THAT(destination.write(batch_of(plain_table(), {})), IsOk());

  const auto counts = destination.commit({});

  ASSERT_THAT(counts, IsOk());
  for (const TableCounts& table : *counts) {
    EXPECT_EQ(table.rows_written + table.rows_deleted, 0);
  }
}

TEST_P(DestinationContract, CountsTheRowsOfEachTable) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({plain_table("a")}), IsOk());
  ASSERT_THAT(destination.prepare({plain_table("b")}), IsOk());
  ASSERT_THAT(destination.write(batch_of(plain_table("a"), {item(1, "x"), item(2, "y")})), IsOk());
  ASSERT_THAT(destination.write(batch_of(plain_table("b"), {item(3, "z")})), IsOk());

  const auto counts = destination.commit({});

  ASSERT_THAT(counts, IsOk());
  std::map<std::string, std::int64_t> written;
  for (const TableCounts& table : *counts) {
    written[table.table] += table.rows_written;
  }
  EXPECT_EQ(written["a"], 2);
  EXPECT_EQ(written["b"], 1);
}

TEST_P(DestinationContract, SetsAndErasesState) {
  Destination& destination = open();
  ASSERT_THAT(destination.commit({.entries = {{"s", "", "1"}, {"s", "x", "2"}, {"t", "", "3"}}}),
              IsOk());
  ASSERT_THAT(
      destination.commit({.erased = {{"s", "x"}, {"never", ""}}, .entries = {{"s", "", "4"}}}),
      IsOk());

  EXPECT_THAT(destination.load_state(), IsOkAndHolds(UnorderedElementsAre(
                                            StateEntry{"s", "", "4"}, StateEntry{"t", "", "3"})));
}

TEST_P(DestinationContract, ErasesBeforeItSets) {
  Destination& destination = open();

  ASSERT_THAT(destination.commit({.erased = {{"s", ""}}, .entries = {{"s", "", "1"}}}), IsOk());

  EXPECT_THAT(destination.load_state(), IsOkAndHolds(ElementsAre(StateEntry{"s", "", "1"})));
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(KeepingDestination);

TEST_P(KeepingDestination, StoresNothingBeforeACommit) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({plain_table()}), IsOk());
  ASSERT_THAT(destination.write(batch_of(plain_table(), {item(1, "a")})), IsOk());
  EXPECT_THAT(rows(), IsEmpty());

  crash();

  EXPECT_THAT(rows(), IsEmpty());
  EXPECT_THAT(open().load_state(), IsOkAndHolds(IsEmpty()));
}

TEST_P(KeepingDestination, StoresRowsAndStateInOneCommit) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({plain_table()}), IsOk());
  ASSERT_THAT(destination.write(batch_of(plain_table(), {item(1, "a")})), IsOk());
  ASSERT_THAT(destination.commit({.entries = {{"items", "", R"({"page":1,"näme":"ü\u0000"})"}}}),
              IsOk());
  ASSERT_THAT(destination.write(batch_of(plain_table(), {item(2, "b")})), IsOk());
  crash();

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(1, "a")));
  EXPECT_THAT(open().load_state(),
              IsOkAndHolds(ElementsAre(StateEntry{"items", "", R"({"page":1,"näme":"ü\u0000"})"})));
}

TEST_P(KeepingDestination, KeepsTheStateOfConnectionsApart) {
  ASSERT_THAT(open("one").commit({.entries = {{"s", "", "1"}}}), IsOk());
  ASSERT_THAT(open("two").commit({.erased = {{"s", ""}}, .entries = {{"t", "", "2"}}}), IsOk());

  EXPECT_THAT(open("one").load_state(), IsOkAndHolds(ElementsAre(StateEntry{"s", "", "1"})));
  EXPECT_THAT(open("two").load_state(), IsOkAndHolds(ElementsAre(StateEntry{"t", "", "2"})));
}

TEST_P(KeepingDestination, LetsNoOlderRunCommit) {
  Destination& older = open();
  ASSERT_THAT(older.prepare({plain_table()}), IsOk());
  ASSERT_THAT(older.write(batch_of(plain_table(), {item(1, "old")})), IsOk());
  const std::unique_ptr<Destination> newer = fixture_->destination();
  ASSERT_THAT(newer->open("connection"), IsOk());

  EXPECT_THAT(older.commit({.entries = {{"items", "", "1"}}}), IsError(ErrorCode::Cancelled));
  // What follows a failure says the same, and not that its table is unknown.
  EXPECT_THAT(older.write(batch_of(plain_table(), {item(1, "old")})),
              IsError(ErrorCode::Cancelled));

  EXPECT_THAT(rows(), IsEmpty());
  EXPECT_THAT(newer->load_state(), IsOkAndHolds(IsEmpty()));
  crash();
  ASSERT_THAT(newer->prepare({plain_table()}), IsOk());
  ASSERT_THAT(newer->write(batch_of(plain_table(), {item(2, "new")})), IsOk());
  ASSERT_THAT(newer->commit({}), IsOk());
  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(2, "new")));
}

TEST_P(KeepingDestination, DoesNotMindRunsOfOtherConnections) {
  Destination& one = open("one");
  ASSERT_THAT(one.prepare({plain_table()}), IsOk());
  ASSERT_THAT(one.write(batch_of(plain_table(), {item(1, "a")})), IsOk());
  const std::unique_ptr<Destination> two = fixture_->destination();
  ASSERT_THAT(two->open("two"), IsOk());

  EXPECT_THAT(one.commit({}), IsOk());
  EXPECT_THAT(two->commit({.entries = {{"t", "", "2"}}}), IsOk());
}

TEST_P(KeepingDestination, StampsRowsWithTheTimeOfWriting) {
  run({plain_table()}, {batch_of(plain_table(), {item(1, "a"), item(2, "b")})});
  fixture_->clock().advance(std::chrono::hours(1));
  run({plain_table()}, {batch_of(plain_table(), {item(3, "c")})});

  EXPECT_THAT(fixture_->synced("items"),
              ElementsAre("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z", "2024-01-02T04:04:05Z"));
}

TEST_P(KeepingDestination, AppendsEveryRow) {
  for (int repetition = 0; repetition < 2; ++repetition) {
    run({keyed_table()}, {batch_of(keyed_table(), {item(1, "a"), item(1, "a")}),
                          batch_of(keyed_table(), {item(1, "b")})});
  }

  EXPECT_THAT(rows(),
              UnorderedElementsAre(stored_item(1, "a"), stored_item(1, "a"), stored_item(1, "b"),
                                   stored_item(1, "a"), stored_item(1, "a"), stored_item(1, "b")));
}

TEST_P(KeepingDestination, AppendsInManyCommits) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({plain_table()}), IsOk());
  std::vector<StoredRow> expected;
  for (std::int64_t id = 0; id < 20; ++id) {
    ASSERT_THAT(destination.write(batch_of(plain_table(), {item(id, "x")})), IsOk());
    ASSERT_THAT(destination.commit({.entries = {{"items", "", std::to_string(id)}}}), IsOk());
    expected.push_back(stored_item(id, "x"));
  }

  EXPECT_THAT(rows(), ::testing::UnorderedElementsAreArray(expected));
  EXPECT_THAT(destination.load_state(), IsOkAndHolds(ElementsAre(StateEntry{"items", "", "19"})));
}

TEST_P(KeepingDestination, ReplacesAllRowsAtTheEndOfTheLoad) {
  const TablePlan plan{plain_table(), WriteMode::Replace};
  run(plan, {batch_of(plain_table(), {item(1, "old"), item(2, "old")})});

  Destination& destination = open();
  ASSERT_THAT(destination.prepare(plan), IsOk());
  ASSERT_THAT(destination.write(batch_of(plain_table(), {item(3, "new")})), IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());
  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(1, "old"), stored_item(2, "old")));
  ASSERT_THAT(destination.write(batch_of(plain_table(), {item(4, "new")})), IsOk());
  ASSERT_THAT(destination.commit({.completed_tables = {"items"}}), IsOk());

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(3, "new"), stored_item(4, "new")));
}

TEST_P(KeepingDestination, ReplacesRowsByNoneWhenTheLoadIsEmpty) {
  const TablePlan plan{plain_table(), WriteMode::Replace};
  run(plan, {batch_of(plain_table(), {item(1, "old")})});

  run(plan, {});

  EXPECT_THAT(fixture_->look("items"), ::testing::Optional(IsEmpty()));
}

TEST_P(KeepingDestination, ResumesALoadThatWasInterrupted) {
  TablePlan plan{plain_table(), WriteMode::Replace};
  run(plan, {batch_of(plain_table(), {item(1, "old")})});
  Destination& first = open();
  ASSERT_THAT(first.prepare(plan), IsOk());
  ASSERT_THAT(first.write(batch_of(plain_table(), {item(2, "new")})), IsOk());
  ASSERT_THAT(first.commit({}), IsOk());
  ASSERT_THAT(first.write(batch_of(plain_table(), {item(3, "lost")})), IsOk());
  crash();
  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(1, "old")));

  plan.resume = true;
  run(plan, {batch_of(plain_table(), {item(4, "new")})});

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(2, "new"), stored_item(4, "new")));
}

TEST_P(KeepingDestination, StartsALoadAnewWhenNotToldToResume) {
  const TablePlan plan{plain_table(), WriteMode::Replace};
  Destination& first = open();
  ASSERT_THAT(first.prepare(plan), IsOk());
  ASSERT_THAT(first.write(batch_of(plain_table(), {item(1, "half")})), IsOk());
  ASSERT_THAT(first.commit({}), IsOk());
  crash();

  run(plan, {batch_of(plain_table(), {item(2, "whole")})});

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(2, "whole")));
}

TEST_P(KeepingDestination, RefusesTheModesItDoesNotHave) {
  if (!fixture_->merges()) {
    EXPECT_THAT(open().prepare({keyed_table(), WriteMode::Merge}),
                IsError(ErrorCode::InvalidConfig, ::testing::HasSubstr("merge")));
  }
  if (!fixture_->keeps_history()) {
    EXPECT_THAT(open().prepare({keyed_table(), WriteMode::History}),
                IsError(ErrorCode::InvalidConfig, ::testing::HasSubstr("history")));
  }
}

TEST_P(KeepingDestination, ReplacesByKey) {
  if (!fixture_->merges()) {
    GTEST_SKIP() << GetParam().name << " does not merge";
  }
  const TablePlan plan{keyed_table(), WriteMode::Replace};
  run(plan, {batch_of(keyed_table(), {item(1, "old"), item(2, "old")})});

  Destination& destination = open();
  ASSERT_THAT(destination.prepare(plan), IsOk());
  ASSERT_THAT(destination.write(batch_of(keyed_table(), {item(1, "a"), item(3, "a")})), IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());
  ASSERT_THAT(destination.write(batch_of(keyed_table(), {item(3, "b"), item(3, "c")})), IsOk());
  const auto counts = destination.commit({.completed_tables = {"items"}});

  ASSERT_THAT(counts, IsOk());
  ASSERT_THAT(*counts, SizeIs(1));
  EXPECT_EQ(counts->front().rows_written, 2);
  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(1, "a"), stored_item(3, "c")));
}

}  // namespace tendril
