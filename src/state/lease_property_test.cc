// Workers that begin, progress, stop, resume, vanish and are cancelled, at random, with scanners
// between them and a clock that only the test moves: at no time do two of them hold the lease of
// one connection, and none stays "running" for ever.
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/random.h"
#include "state/run_scanner.h"
#include "state/sqlite_run_store.h"
#include "testing/fake_clock.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

constexpr std::chrono::seconds kLease{60};
constexpr int kWorkers = 5;
constexpr int kSteps = 250;

// A process as the test plays it. It knows no more than a real one: what the store told it last.
struct Worker {
  std::int64_t pid = 0;
  bool alive = true;
  bool stopped = false;               // By SIGSTOP: does nothing until it is woken.
  std::optional<RunRecord> run = {};  // That it believes to hold.
};

class LeaseProperty : public testing::TestWithParam<int> {
 protected:
  LeaseProperty() : random_(static_cast<std::uint64_t>(GetParam())) {
    for (Worker& worker : workers_) {
      worker.pid = ++pids_;
    }
  }

  void SetUp() override {
    auto store = open_sqlite_run_store(folder_ / "runs.db");
    ASSERT_THAT(store, IsOk());
    store_ = std::move(store).value();
  }

  LeaseHolder holder(const Worker& worker) const { return {.host = "here", .pid = worker.pid}; }

  bool is_alive(std::int64_t pid) const {
    for (const Worker& worker : workers_) {
      if (worker.pid == pid) {
        return worker.alive;
      }
    }
    return false;
  }

  void begin(Worker& worker) {
    const bool takes_over = random_.below(10) == 0;
    RunRecord run{.id = "r" + std::to_string(++runs_),
                  .connection = "c" + std::to_string(random_.below(2)),
                  .destination = "d",
                  .started = clock_.now(),
                  .holder = holder(worker),
                  .lease_expires = clock_.now() + kLease,
                  .progressed = clock_.now()};
    const auto other = store_->begin(run, takes_over ? OnLiveRun::TakeOver : OnLiveRun::Refuse);
    ASSERT_THAT(other, IsOk());
    if (*other) {
      EXPECT_FALSE(takes_over);
      EXPECT_GT((*other)->lease_expires, clock_.now()) << "a dead lease kept a worker out";
      return;
    }
    worker.run = std::move(run);
  }

  void progress(Worker& worker) {
    const auto state = store_->renew({.run = worker.run->id,
                                      .holder = holder(worker),
                                      .expires = clock_.now() + kLease,
                                      .progressed = clock_.now()});
    ASSERT_THAT(state, IsOk());
    if (is_final(*state)) {
      worker.run.reset();
    } else if (*state == RunState::Cancelling) {
      EXPECT_TRUE(
          store_->end(worker.run->id, holder(worker), {.state = RunState::Cancelled}).value());
      worker.run.reset();
    } else {
      worker.run->lease_expires = clock_.now() + kLease;
    }
  }

  void act(Worker& worker) {
    if (!worker.alive) {
      worker = {.pid = ++pids_};  // Somebody starts another.
      return;
    }
    if (worker.stopped) {
      worker.stopped = random_.below(4) != 0;
      return;
    }
    if (!worker.run) {
      begin(worker);
      return;
    }
    switch (random_.below(10)) {
      case 0: worker.alive = false; break;
      case 1: worker.stopped = true; break;
      case 2: {
        const auto ended =
            store_->end(worker.run->id, holder(worker), {.state = RunState::Succeeded});
        ASSERT_THAT(ended, IsOk());
        worker.run.reset();
        break;
      }
      case 3: {
        ASSERT_THAT(store_->ask_to_cancel(worker.run->id, clock_.now()), IsOk());
        break;
      }
      default: progress(worker);
    }
  }

  void scan() {
    ASSERT_THAT(
        scan_runs(*store_, clock_, [&](const LeaseHolder& who) { return !is_alive(who.pid); }),
        IsOk());
  }

  // The store has one moving run of a connection at most.
  void expect_one_holder() {
    std::set<std::string> connections;
    for (const RunRecord& run : store_->list({.only_moving = true}).value()) {
      EXPECT_TRUE(connections.insert(run.connection).second) << run.id;
    }
  }

  const TemporaryFolder folder_;
  FakeClock clock_;
  Random random_;
  std::unique_ptr<RunStore> store_;
  std::vector<Worker> workers_ = std::vector<Worker>(kWorkers);
  std::int64_t pids_ = 0;
  int runs_ = 0;
};

TEST_P(LeaseProperty, NeverTwoHoldersAndNeverRunningForEver) {
  for (int step = 0; step < kSteps; ++step) {
    clock_.advance(std::chrono::seconds(random_.below(20)));
    act(workers_[random_.below(workers_.size())]);
    if (random_.below(5) == 0) {
      scan();
    }
    expect_one_holder();
    if (HasFatalFailure() || HasFailure()) {
      return;
    }
  }

  // All are stopped or dead from here on: one scan after the leases have expired, nothing moves.
  clock_.advance(kLease);
  scan();
  EXPECT_TRUE(store_->list({.only_moving = true}).value().empty());
  for (Worker& worker : workers_) {
    if (worker.alive && worker.run) {
      progress(worker);
      EXPECT_FALSE(worker.run.has_value()) << "a worker woke and believes to hold a lost lease";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LeaseProperty, testing::Range(0, 12));

}  // namespace
}  // namespace tendril
