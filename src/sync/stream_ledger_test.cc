#include "sync/stream_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/scripted_source.h"

namespace tendril {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

StreamPlan new_load() { return {.info = scripted_info("events", false, true)}; }

Attempt attempt() { return {.plan = 1, .mode = "append", .incremental = true}; }

StreamPlan interrupted_load() {
  StreamPlan plan = new_load();
  plan.stored.cursor = 7;
  plan.stored.attempt = attempt();
  plan.stored.slices["a"] = {.done = true, .value = 4, .rows_rejected = 1};
  return plan;
}

Checkpoint collected(StreamLedger& ledger) {
  Checkpoint checkpoint;
  ledger.collect(checkpoint);
  return checkpoint;
}

TEST(StreamLedger, SaysNothingBeforeTheTableIsWritten) {
  StreamLedger ledger(new_load());
  ledger.open(attempt());

  EXPECT_THAT(collected(ledger).entries, IsEmpty());
}

TEST(StreamLedger, StoresTheAttemptOnceAndEachSliceWhenItMoved) {
  StreamLedger ledger(new_load());
  ledger.open(attempt());
  ledger.start_writing();
  ledger.cover({.id = "a"}, {.value = 1});
  ledger.cover({.id = "a"}, {.value = 2});

  const Checkpoint first = collected(ledger);
  ASSERT_THAT(first.entries, SizeIs(2));
  EXPECT_EQ(first.entries[0].slice, "");
  EXPECT_EQ(first.entries[1], slice_entry("events", "a", {.value = 2}));

  EXPECT_THAT(collected(ledger).entries, IsEmpty());

  ledger.cover({.id = "b"}, {.value = 5});
  const Checkpoint third = collected(ledger);
  ASSERT_THAT(third.entries, SizeIs(1));
  EXPECT_EQ(third.entries[0].slice, "b");
}

TEST(StreamLedger, AnAttemptThatGoesOnUnchangedIsNotStoredAgain) {
  StreamLedger same(interrupted_load());
  same.open(attempt());
  same.start_writing();
  EXPECT_THAT(collected(same).entries, IsEmpty());

  StreamLedger changed(interrupted_load());
  Attempt longer = attempt();
  longer.plan = 2;
  changed.open(longer);
  changed.start_writing();
  EXPECT_THAT(collected(changed).entries, SizeIs(1));
}

TEST(StreamLedger, TheEndErasesWhatIsStoredAndNothingElse) {
  StreamLedger ledger(interrupted_load());
  ledger.open(attempt());
  ledger.start_writing();
  ledger.skip({.id = "a"}, {.done = true, .value = 4});
  ledger.cover({.id = "b"}, {.done = true, .value = 5});

  Checkpoint end;
  ledger.collect_end(9, end);
  ledger.collect(end);

  ASSERT_THAT(end.erased, SizeIs(1));
  EXPECT_EQ(end.erased[0].slice, "a");
  ASSERT_THAT(end.entries, SizeIs(1));
  EXPECT_EQ(end.entries[0].json, R"({"version":1,"cursor":9})");
}

TEST(StreamLedger, RemembersResultsAndRejectionsOfEarlierRuns) {
  StreamLedger ledger(interrupted_load());
  ledger.skip({.id = "a", .bounds = 1}, {.done = true, .value = 4});
  ledger.cover({.id = "b", .bounds = 2}, {.done = false, .value = 0});
  ledger.cover({.id = "b", .bounds = 2}, {.done = true, .value = 5});

  ASSERT_THAT(ledger.results(), SizeIs(2));
  EXPECT_EQ(ledger.results()[0].result, Value(4));
  EXPECT_EQ(ledger.results()[1].result, Value(5));
  EXPECT_EQ(ledger.results()[1].slice.bounds, Value(2));
  EXPECT_TRUE(ledger.any_rejected());
}

TEST(StreamLedger, ADiscardedLoadGoesAndLeavesTheCursor) {
  StreamPlan plan = new_load();
  plan.stored.cursor = 7;
  plan.discarded = {{"events", "a"}, {"events", ""}};
  StreamLedger ledger(plan);
  ASSERT_TRUE(ledger.has_discarded());

  Checkpoint checkpoint;
  ledger.collect_discarded(checkpoint);

  EXPECT_THAT(checkpoint.erased, SizeIs(2));
  ASSERT_THAT(checkpoint.entries, SizeIs(1));
  EXPECT_EQ(checkpoint.entries[0].json, R"({"version":1,"cursor":7})");
  EXPECT_FALSE(ledger.has_discarded());
}

}  // namespace
}  // namespace tendril
