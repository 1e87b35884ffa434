// What an observer hears of a run, in order with what the destination is given.
#include <mutex>
#include <string>
#include <utility>
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

// Hears of the work of the reading threads, and of commits.
class HeardWork final : public SyncObserver {
 public:
  void committed(const CommitReport& commit) override { rows_committed += commit.rows; }
  void work_started(const StreamWork& work) override { note("start", work); }
  void work_restarted(const StreamWork& work, const Error& error) override {
    note(to_string(error.code), work);
  }
  void work_ended(const StreamWork& work, const Status& outcome) override {
    note(outcome.ok() ? "end" : "fail", work);
  }

  std::vector<std::string> heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

  std::int64_t rows_committed = 0;  // The writer's.

 private:
  void note(std::string_view what, const StreamWork& work) {
    const char* kind = work.kind == StreamWork::Kind::Open   ? " open "
                       : work.kind == StreamWork::Kind::Plan ? " plan "
                                                             : " read ";
    const std::lock_guard lock(mutex_);
    heard_.push_back(std::string(what) + kind + work.stream);
  }

  mutable std::mutex mutex_;
  std::vector<std::string> heard_;  // Guarded by mutex_.
};

TEST_F(SyncObserving, HearsOfEachPieceOfWorkAroundIt) {
  HeardWork work;
  options.observer = &work;
  options.concurrency = 1;
  add_stream(scripted_info("issues", false, false), 1, 3);
  bool has_failed = false;
  source.at = [&](const ScriptedSource::Point& point) {
    return point.offset == 1 && !std::exchange(has_failed, true)
               ? Status(fault(ErrorCode::Unavailable))
               : Status();
  };

  ASSERT_THAT(run(), IsOk());

  EXPECT_THAT(work.heard(), ElementsAre("start open issues", "end open issues", "start plan issues",
                                        "end plan issues", "start read issues",
                                        "unavailable read issues", "end read issues"));
  EXPECT_EQ(work.rows_committed, 3);
  EXPECT_EQ(progress->snapshot().at(0).slices_read_again, 1);
  EXPECT_EQ(progress->queue().bytes, 0U);
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
