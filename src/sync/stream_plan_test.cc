#include "sync/stream_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/matchers.h"
#include "testing/scripted_source.h"

namespace tendril {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class StreamPlanning : public testing::Test {
 protected:
  StreamPlanning() { options_.connection = "main"; }

  // The state of a stream "events" whose load in `mode` was interrupted in its slice "a".
  static std::vector<StateEntry> interrupted(std::string mode, bool incremental) {
    StreamState state;
    state.cursor = 7;
    state.attempt = Attempt{.plan = "p", .mode = std::move(mode), .incremental = incremental};
    return {stream_entry("events", state), slice_entry("events", "a", {.value = 3})};
  }

  StreamPlan plan(const StreamInfo& info, const std::vector<StateEntry>& state = {}) {
    auto plans = plan_streams(Catalog{{info}}, options_, state);
    EXPECT_THAT(plans, IsOk());
    return plans->at(0);
  }

  SyncOptions options_;
};

TEST_F(StreamPlanning, AFirstRunHasNothingToGoOnWith) {
  const StreamPlan first = plan(scripted_info("events", false, true));

  EXPECT_EQ(first.mode, WriteMode::Append);
  EXPECT_TRUE(first.incremental);
  EXPECT_FALSE(first.resumed());
  EXPECT_EQ(first.stored, StreamState());
  EXPECT_THAT(first.discarded, IsEmpty());
}

TEST_F(StreamPlanning, TheChosenModeWinsAndReplaceReadsWhole) {
  options_.mode = WriteMode::Replace;

  const StreamPlan replaced = plan(scripted_info("events", true, true));

  EXPECT_EQ(replaced.mode, WriteMode::Replace);
  EXPECT_FALSE(replaced.incremental);
}

TEST_F(StreamPlanning, AnInterruptedLoadGoesOn) {
  const StreamPlan next = plan(scripted_info("events", false, true), interrupted("append", true));

  EXPECT_TRUE(next.resumed());
  EXPECT_EQ(next.stored.attempt->plan, Value("p"));
  EXPECT_EQ(next.stored.cursor, Value(7));
  EXPECT_THAT(next.stored.slices, SizeIs(1));
  EXPECT_THAT(next.discarded, IsEmpty());
}

TEST_F(StreamPlanning, AnInterruptedWholeReadGoesOnWhole) {
  const StreamPlan next = plan(scripted_info("events", false, true), interrupted("replace", false));

  EXPECT_TRUE(next.resumed());
  EXPECT_EQ(next.mode, WriteMode::Replace);
  EXPECT_FALSE(next.incremental);
}

TEST_F(StreamPlanning, AnotherModeDiscardsTheInterruptedLoadButNotTheCursor) {
  options_.mode = WriteMode::Merge;

  const StreamPlan next = plan(scripted_info("events", true, true), interrupted("append", true));

  EXPECT_FALSE(next.resumed());
  EXPECT_EQ(next.stored.cursor, Value(7));
  EXPECT_THAT(next.stored.slices, IsEmpty());
  EXPECT_THAT(next.discarded, SizeIs(2));
}

TEST_F(StreamPlanning, AStreamThatIsNoLongerIncrementalStartsAnew) {
  const StreamPlan next = plan(scripted_info("events", true, false), interrupted("merge", true));

  EXPECT_FALSE(next.resumed());
  EXPECT_FALSE(next.incremental);
}

TEST_F(StreamPlanning, SlicesWithoutALoadAreCleanedUp) {
  const StreamPlan next =
      plan(scripted_info("events", true, true),
           {slice_entry("events", "a", {.value = 3}), slice_entry("users", "a", {.value = 3})});

  EXPECT_FALSE(next.resumed());
  ASSERT_THAT(next.discarded, SizeIs(1));
  EXPECT_EQ(next.discarded[0].slice, "a");
}

TEST_F(StreamPlanning, DamageRefusesTheStreamButNotAFullRefresh) {
  const std::vector<StateEntry> damaged{{"events", "", "{}"}, {"events", "a", "["}};

  const StreamPlan refused = plan(scripted_info("events", true, true), damaged);
  ASSERT_TRUE(refused.refused.has_value());
  EXPECT_THAT(refused.refused->message, HasSubstr("connection main, stream events"));

  options_.full_refresh = true;
  const StreamPlan anew = plan(scripted_info("events", true, true), damaged);
  EXPECT_FALSE(anew.refused.has_value());
  EXPECT_THAT(anew.discarded, SizeIs(1));
}

}  // namespace
}  // namespace tendril
