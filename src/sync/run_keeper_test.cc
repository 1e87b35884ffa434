// What a keeper does about a run that moves, stands still, is cancelled, or is taken over.
#include "sync/run_keeper.h"

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "state/sqlite_run_store.h"
#include "sync/sync_harness_test.h"
#include "testing/fake_clock.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

constexpr std::chrono::minutes kStall{15};

class KeptRun : public testing::Test {
 protected:
  void SetUp() override {
    auto store = open_sqlite_run_store(folder_ / "runs.db");
    ASSERT_THAT(store, IsOk());
    store_ = std::move(store).value();
    run_ = {.id = "r1",
            .connection = "shop",
            .destination = "d",
            .started = time_.now(),
            .holder = {.host = "here", .pid = 1},
            .lease_expires = time_.now() + RunTerms().lease(),
            .progressed = time_.now()};
    ASSERT_THAT(store_->begin(run_, OnLiveRun::Refuse), IsOk());
    progress_.add_stream("items");
    progress_.set_phase("items", StreamProgress::Phase::Reading);
  }

  std::unique_ptr<RunKeeper> keeper(RunStore* store) {
    return std::make_unique<RunKeeper>(RunKeeperParts{.store = store,
                                                      .progress = progress_,
                                                      .slices = slices_,
                                                      .counters = [this] { return counters_; },
                                                      .clock = clock_,
                                                      .log = log_},
                                       run_, RunTerms{.stall_timeout = kStall});
  }

  // Time passes, and the keeper looks every second half minute.
  void pass(RunKeeper& keeper, std::chrono::seconds duration) {
    for (std::chrono::seconds passed{0}; passed < duration; passed += std::chrono::seconds(30)) {
      time_.advance(std::chrono::seconds(30));
      keeper.tick();
    }
  }

  RunRecord recorded() const { return store_->find("r1").value().value(); }

  const TemporaryFolder folder_;
  FakeClock time_;
  AnnouncingClock clock_{time_};
  SyncProgress progress_;
  SliceBook slices_;
  SourceCounters counters_;
  Redactor redactor_;
  SilentSink lines_;
  Log log_{LogLevel::Debug, LogFormat::Text, time_, redactor_, lines_};
  std::unique_ptr<RunStore> store_;
  RunRecord run_;
};

TEST_F(KeptRun, RenewsTheLeaseWhileAnythingMoves) {
  const auto keeper = this->keeper(store_.get());
  for (int i = 0; i < 60; ++i) {
    counters_.requests += 1;
    pass(*keeper, std::chrono::minutes(1));
  }

  EXPECT_EQ(keeper->cause(), StopCause::None);
  EXPECT_GT(recorded().lease_expires, time_.now() + kStall);
  EXPECT_EQ(recorded().counts.requests, 60);
}

TEST_F(KeptRun, DoesNotRenewItForBeingAlive) {
  const auto keeper = this->keeper(store_.get());
  keeper->tick();
  const Instant expires = recorded().lease_expires;

  pass(*keeper, std::chrono::minutes(5));

  EXPECT_EQ(recorded().lease_expires, expires);
}

TEST_F(KeptRun, EndsARunThatStandsStillNamingWhatStalls) {
  const auto keeper = this->keeper(store_.get());
  const std::string stream = "items";
  const std::string slice = "2024-01";
  slices_.slice_started({.stream = stream, .slice = slice});
  keeper->tick();

  pass(*keeper, kStall - std::chrono::minutes(1));
  EXPECT_FALSE(keeper->token().stop_requested());
  pass(*keeper, std::chrono::minutes(1));

  EXPECT_TRUE(keeper->token().stop_requested());
  EXPECT_EQ(keeper->cause(), StopCause::Stalled);
  EXPECT_THAT(keeper->reason(), AllOf(HasSubstr("stalled"), HasSubstr("900 seconds"),
                                      HasSubstr("items (slice 2024-01)")));
  EXPECT_GT(recorded().lease_expires, time_.now()) << "others took it for lost before it ended";
}

TEST_F(KeptRun, AWaitThatWasAskedForIsNoStall) {
  const auto keeper = this->keeper(store_.get());
  // A wait of an hour under way, as a rate limit asks for.
  class Hour final : public Clock {
   public:
    Hour(FakeClock& time, std::function<void()> meanwhile)
        : time_(time), meanwhile_(std::move(meanwhile)) {}
    Wall now() const override { return time_.now(); }
    Monotonic monotonic() const override { return time_.monotonic(); }
    bool sleep(std::chrono::milliseconds, std::stop_token) override {
      meanwhile_();
      return true;
    }

   private:
    FakeClock& time_;
    std::function<void()> meanwhile_;
  };
  RunKeeper* watched = nullptr;
  Hour hour(time_, [&] {
    pass(*watched, std::chrono::minutes(59));
    EXPECT_EQ(watched->cause(), StopCause::None);
    pass(*watched, std::chrono::minutes(20));  // Longer than was announced.
    EXPECT_EQ(watched->cause(), StopCause::Stalled);
  });
  AnnouncingClock clock(hour);
  RunKeeper other({.store = nullptr,
                   .progress = progress_,
                   .slices = slices_,
                   .counters = [this] { return counters_; },
                   .clock = clock,
                   .log = log_},
                  run_, RunTerms{.stall_timeout = kStall});
  watched = &other;
  EXPECT_TRUE(clock.sleep(std::chrono::hours(1), {}));
}

TEST_F(KeptRun, TimeInWhichTheProcessDidNotRunIsNoStall) {
  const auto keeper = this->keeper(store_.get());
  keeper->tick();

  time_.advance(std::chrono::hours(5));
  keeper->tick();

  EXPECT_EQ(keeper->cause(), StopCause::None);
}

TEST_F(KeptRun, HeedsACancel) {
  const auto keeper = this->keeper(store_.get());
  ASSERT_THAT(store_->ask_to_cancel("r1", time_.now()), IsOk());

  keeper->tick();

  EXPECT_EQ(keeper->cause(), StopCause::CancelAsked);
  EXPECT_TRUE(keeper->token().stop_requested());
}

TEST_F(KeptRun, StopsWhenAnotherRunTookOver) {
  const auto keeper = this->keeper(store_.get());
  RunRecord other = run_;
  other.id = "r2";
  other.holder.pid = 2;
  ASSERT_THAT(store_->begin(other, OnLiveRun::TakeOver), IsOk());

  keeper->tick();

  EXPECT_EQ(keeper->cause(), StopCause::LeaseLost);
  EXPECT_THAT(keeper->reason(), HasSubstr("run r2 took over"));
  EXPECT_FALSE(keeper->end({.state = RunState::Succeeded}));
  EXPECT_EQ(recorded().state, RunState::Lost);
}

TEST_F(KeptRun, ARunThatDoesNotEndIsStuck) {
  const auto keeper = this->keeper(store_.get());
  ASSERT_THAT(store_->ask_to_cancel("r1", time_.now()), IsOk());
  pass(*keeper, std::chrono::seconds(30));
  EXPECT_FALSE(keeper->is_stuck());
  progress_.add_rows_committed("items", 1);  // It moves: it is about to end.
  pass(*keeper, std::chrono::seconds(30));
  EXPECT_FALSE(keeper->is_stuck());

  pass(*keeper, RunTerms::kStopGrace);

  EXPECT_TRUE(keeper->is_stuck());
}

TEST_F(KeptRun, RecordsTheEndWithAllCounts) {
  const auto keeper = this->keeper(store_.get());
  slices_.run_opened(7);
  progress_.add_rows_read("items", 10, 100);
  progress_.add_rows_committed("items", 10);
  progress_.set_phase("items", StreamProgress::Phase::Done);

  EXPECT_TRUE(keeper->end({.state = RunState::Succeeded, .ended = time_.now(), .exit_code = 0}));

  EXPECT_EQ(recorded().state, RunState::Succeeded);
  EXPECT_EQ(recorded().epoch, 7);
  EXPECT_EQ(recorded().counts.rows_committed, 10);
  EXPECT_THAT(store_->streams("r1").value(), ElementsAre(Field(&StreamRecord::state, "done")));
}

TEST_F(KeptRun, WatchesARunThatIsNotRecorded) {
  const auto keeper = this->keeper(nullptr);

  pass(*keeper, kStall);

  EXPECT_EQ(keeper->cause(), StopCause::Stalled);
  EXPECT_TRUE(keeper->end({.state = RunState::Failed}));
}

TEST_F(KeptRun, WorksBesideTheThreadsOfARun) {
  const auto clock = system_clock();
  AnnouncingClock announcing(*clock);
  RunKeeper keeper({.store = store_.get(),
                    .progress = progress_,
                    .slices = slices_,
                    .counters = [] { return SourceCounters(); },
                    .clock = announcing,
                    .log = log_},
                   run_, RunTerms());
  std::atomic<bool> done = false;
  std::jthread reader([&] {
    const std::string stream = "items";
    for (int i = 0; i < 2'000; ++i) {
      const std::string slice = std::to_string(i);
      slices_.slice_started({.stream = stream, .slice = slice});
      progress_.add_rows_read("items", 1, 1);
      slices_.slice_read({.stream = stream, .slice = slice}, 1);
      slices_.slice_committed({.stream = stream, .slice = slice});
    }
    done = true;
  });
  const RunKeeping thread(keeper, *clock, [] {});
  while (!done) {
    keeper.tick();
  }
  reader.join();

  EXPECT_TRUE(keeper.end({.state = RunState::Succeeded}));
  EXPECT_EQ(recorded().counts.rows_read, 2'000);
}

}  // namespace
}  // namespace tendril
