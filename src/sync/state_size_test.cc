// A stream whose state grows beyond what is kept fails with the size, and neither loses nor repeats
// rows.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "state/stream_state.h"
#include "sync/sync.h"
#include "sync/sync_harness_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class StateSize : public testing::Test, public SyncHarness {
 protected:
  StateSize() {
    options.mode = WriteMode::Append;
    source.batch_rows_max = 1;
    add_stream(scripted_info("large", false, false), 1, 6);
    add_stream(scripted_info("small", false, false), 1, 6);
  }

  // The reader of `large` claims a progress of that many bytes after its third row.
  void grow(std::size_t bytes) {
    source.at = [bytes](const ScriptedSource::Point& point) {
      const bool here = point.stream.schema.name == "large" && point.offset == 3;
      return here ? point.sink.checkpoint(Value(std::string(bytes, 'x'))) : Status();
    };
  }
};

TEST_F(StateSize, BeyondWhatIsKeptFailsTheStreamAlone) {
  grow(kStateEntryBytesMax);

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  const StreamReport& large = report->streams.at(0);
  EXPECT_EQ(large.outcome, StreamOutcome::Failed);
  ASSERT_TRUE(large.error.has_value());
  EXPECT_EQ(large.error->code, ErrorCode::BadData);
  EXPECT_THAT(large.error->message,
              AllOf(HasSubstr("stream large, slice s0"), HasSubstr("bytes, the most is 1048576")));
  EXPECT_EQ(report->streams.at(1).outcome, StreamOutcome::Done);
  EXPECT_EQ(ids("small"), ids_below(6));
  for (const auto& [key, json] : store.state) {
    EXPECT_LE(json.size(), kStateEntryBytesMax);
  }
}

TEST_F(StateSize, LeavesAStateToGoOnFrom) {
  grow(kStateEntryBytesMax);
  ASSERT_THAT(run(), IsOk());
  source.at = nullptr;

  ASSERT_THAT(run(), IsOk());

  EXPECT_EQ(ids("large"), ids_below(6)) << "in mode append, none twice and none lost";
}

}  // namespace
}  // namespace tendril
