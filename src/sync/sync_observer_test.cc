// What an observer hears of a run, in order with what the destination is given.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/sync.h"
#include "sync/sync_harness_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::ElementsAre;

class SyncObserving : public testing::Test, public SyncHarness, public SyncObserver {
 protected:
  SyncObserving() {
    options.observer = this;
    options.mode = WriteMode::Append;
    source.batch_rows_max = 1;
    rig = [this](MemoryDestination& destination) {
      destination.on_write = [this](const Batch& batch) {
        heard.push_back("row of " + batch.schema->name);
        return Status();
      };
      destination.on_commit = [this](const Checkpoint& checkpoint) {
        heard.push_back("commit of " + std::to_string(checkpoint.entries.size()));
        return Status();
      };
    };
  }

  void stream_started(const std::string& stream) override { heard.push_back("start " + stream); }

  void stream_ended(const StreamReport& report) override {
    const char* outcome = report.outcome == StreamOutcome::Done     ? "done"
                          : report.outcome == StreamOutcome::Failed ? "failed"
                                                                    : "stopped";
    heard.push_back("end " + report.stream + " " + outcome + " " +
                    std::to_string(report.rows_read));
    error = report.error;
  }

  std::vector<std::string> heard;
  std::optional<Error> error;
};

TEST_F(SyncObserving, HearsOfAStreamBeforeAndAfterItsRows) {
  add_stream(scripted_info("issues", false, false), 1, 2);

  ASSERT_THAT(run(), IsOk());

  EXPECT_THAT(heard, ElementsAre("start issues", "row of issues", "row of issues", "commit of 1",
                                 "end issues done 2"));
}

TEST_F(SyncObserving, HearsOfAFailureAfterWhatWasKept) {
  add_stream(scripted_info("issues", false, false), 1, 2);
  source.at = [](const ScriptedSource::Point& point) {
    return point.offset == 1 ? Status(fault(ErrorCode::BadData)) : Status();
  };

  ASSERT_THAT(run(), IsOk());

  EXPECT_THAT(heard,
              ElementsAre("start issues", "row of issues", "commit of 2", "end issues failed 1"));
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, ErrorCode::BadData);
}

TEST_F(SyncObserving, HearsOfTheEndOfAStreamThatCouldNotBeOpened) {
  add_stream(scripted_info("issues", false, false), 1, 2);
  source.on_open = [](const StreamRequest&) { return Status(fault(ErrorCode::InvalidConfig)); };

  ASSERT_THAT(run(), IsOk());

  EXPECT_THAT(heard, ElementsAre("end issues failed 0"));
}

TEST_F(SyncObserving, LetsTheSourceKnowThatDocumentsAreWanted) {
  add_stream(scripted_info("issues", false, false), 1, 1);
  options.documents = true;

  ASSERT_THAT(run(), IsOk());

  ASSERT_EQ(source.requests().size(), 1U);
  EXPECT_TRUE(source.requests().front().documents);
}

}  // namespace
}  // namespace tendril
