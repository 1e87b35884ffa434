#include "state/run_scanner.h"

#include <csignal>
#include <memory>

#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "state/sqlite_run_store.h"
#include "testing/fake_clock.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

bool never_gone(const LeaseHolder&) { return false; }
bool always_gone(const LeaseHolder&) { return true; }

class RunScanning : public testing::Test {
 protected:
  void SetUp() override {
    auto store = open_sqlite_run_store(folder_ / "runs.db");
    ASSERT_THAT(store, IsOk());
    store_ = std::move(store).value();
    const RunRecord run{.id = "r1",
                        .connection = "shop",
                        .destination = "duckdb:/w",
                        .started = clock_.now(),
                        .holder = {.host = "here", .pid = 123},
                        .lease_expires = clock_.now() + std::chrono::minutes(15),
                        .progressed = clock_.now(),
                        .counts = {.rows_committed = 1200}};
    ASSERT_THAT(store_->begin(run, OnLiveRun::Refuse), IsOk());
  }

  RunRecord run() const { return store_->find("r1").value().value(); }

  const TemporaryFolder folder_;
  FakeClock clock_;
  std::unique_ptr<RunStore> store_;
};

TEST_F(RunScanning, LeavesALiveRunAlone) {
  EXPECT_THAT(scan_runs(*store_, clock_, never_gone).value(), IsEmpty());
  EXPECT_EQ(run().state, RunState::Running);
}

TEST_F(RunScanning, SaysOfAProcessThatIsGoneHowFarItCame) {
  EXPECT_THAT(scan_runs(*store_, clock_, always_gone).value(), SizeIs(1));

  EXPECT_EQ(run().state, RunState::Lost);
  EXPECT_THAT(run().reason, AllOf(HasSubstr("process 123 ended without a word after 1200 rows"),
                                  HasSubstr("2024-01-02T03:04:05Z")));
  EXPECT_THAT(scan_runs(*store_, clock_, always_gone).value(), IsEmpty());
}

TEST_F(RunScanning, EndsARunWhoseLeaseExpired) {
  clock_.advance(std::chrono::minutes(15));

  EXPECT_THAT(scan_runs(*store_, clock_, never_gone).value(), SizeIs(1));

  EXPECT_EQ(run().state, RunState::Lost);
  EXPECT_THAT(run().reason, HasSubstr("made no progress until 2024-01-02T03:19:05Z"));
}

TEST_F(RunScanning, ARunThatWasToStopAndIsGoneIsCancelled) {
  ASSERT_THAT(store_->ask_to_cancel("r1", clock_.now()), IsOk());

  EXPECT_THAT(scan_runs(*store_, clock_, always_gone).value(), SizeIs(1));

  EXPECT_EQ(run().state, RunState::Cancelled);
}

TEST(LeaseHolders, ThisProcessIsNotGone) {
  const LeaseHolder holder = this_process();
  EXPECT_EQ(holder.pid, ::getpid());
  EXPECT_GT(holder.process_start, 0);
  EXPECT_FALSE(is_gone(holder));
}

TEST(LeaseHolders, AnotherProcessOfTheSameNumberIsNotTheHolder) {
  LeaseHolder earlier = this_process();
  --earlier.process_start;
  EXPECT_TRUE(is_gone(earlier));
}

TEST(LeaseHolders, NoProcessSurvivesABoot) {
  LeaseHolder before = this_process();
  before.boot = "00000000-0000-0000-0000-000000000000" + before.boot.substr(before.boot.find('/'));
  EXPECT_TRUE(is_gone(before));
}

TEST(LeaseHolders, OfOtherHostsAndNamespacesNobodyCanSay) {
  LeaseHolder elsewhere = this_process();
  elsewhere.host += "-not";
  elsewhere.pid = 0;
  EXPECT_FALSE(is_gone(elsewhere));
  LeaseHolder contained = this_process();
  contained.boot += "0";
  contained.pid = 0;
  EXPECT_FALSE(is_gone(contained));
}

TEST(LeaseHolders, AProcessThatWasKilledIsGoneBeforeItsParentLooks) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  LeaseHolder holder = this_process();
  holder.pid = child;
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  siginfo_t facts = {};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &facts, WEXITED | WNOWAIT), 0);

  EXPECT_TRUE(is_gone(holder));

  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(is_gone(holder));
}

}  // namespace
}  // namespace tendril
