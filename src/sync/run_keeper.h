// RunKeeper: keeps the record of a run while it runs. It renews the lease of the run as long as
// anything moves, and ends a run that stands still, that somebody asked to stop, or whose lease is
// another's.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "connector/source.h"
#include "core/clock.h"
#include "core/log.h"
#include "state/run_store.h"
#include "sync/announcing_clock.h"
#include "sync/progress.h"
#include "sync/slice_book.h"

namespace tendril {

// Why a keeper ended a run.
enum class StopCause { None, CancelAsked, Stalled, LeaseLost };

// What a keeper works with; all must outlive it.
struct RunKeeperParts {
  RunStore* store;  // Null: nothing is recorded, and only the watchdog works.
  const SyncProgress& progress;
  SliceBook& slices;
  std::function<SourceCounters()> counters;  // Called by the keeper's thread.
  const AnnouncingClock& clock;              // That the run waits on.
  Log& log;
};

struct RunTerms {
  static constexpr std::chrono::minutes kStallTimeout{15};
  // Beyond the stall timeout: a run ends itself before others take it for lost.
  static constexpr std::chrono::minutes kLeaseGrace{2};
  // How long a run that is to end may stand still before its process is ended.
  static constexpr std::chrono::seconds kStopGrace{60};

  std::chrono::milliseconds stall_timeout = kStallTimeout;

  std::chrono::milliseconds lease() const { return stall_timeout + kLeaseGrace; }
};

// Threads: safe to share.
class RunKeeper {
 public:
  // `run` as it was begun.
  RunKeeper(const RunKeeperParts& parts, RunRecord run, const RunTerms& terms);

  // Looks at the run once, renews its lease when anything has moved, and decides whether to go on.
  void tick();

  // Requested when the run is to end. cause() and reason() say why.
  std::stop_token token() const { return stop_.get_token(); }
  StopCause cause() const;
  std::string reason() const;

  // The run was to end and has not moved for long since: it hangs in a call that does not return.
  bool is_stuck() const;

  // Records the end of the run. Returns false when it had been ended by others; reason() says how.
  bool end(const RunEnd& end);

  const std::string& run_id() const { return run_.id; }

 private:
  using Reading = std::vector<std::int64_t>;  // All that grows while a run moves.
  using Streams = std::vector<StreamProgress>;

  void note_progress(const SourceCounters& counters, const Streams& streams);
  LeaseRenewal renewal(const Streams& streams);
  void heed(const Result<RunState>& state);
  void decide(StopCause cause, std::string reason);
  std::string stall_reason(const Streams& streams) const;
  std::vector<StreamRecord> changed_streams(const Streams& streams);
  void report_fault(const Error& fault);

  const RunKeeperParts parts_;
  const RunTerms terms_;
  std::stop_source stop_;
  mutable std::mutex mutex_;
  // All guarded by mutex_:
  RunRecord run_;
  Reading reading_;
  Clock::Monotonic ticked_at_;
  Clock::Monotonic moved_at_;
  bool moved_ = true;  // Since the last renewal.
  Clock::Monotonic stopped_at_{};
  StopCause cause_ = StopCause::None;
  std::string reason_;
  std::map<std::string, StreamRecord> streams_;  // As they were told last.
  bool fault_reported_ = false;
};

// Looks after a keeper's run on a thread of its own. `on_stuck` is called once when the run is
// stuck, to end the process.
class RunKeeping {
 public:
  static constexpr std::chrono::milliseconds kInterval{1'000};

  RunKeeping(RunKeeper& keeper, Clock& clock, std::function<void()> on_stuck);

 private:
  std::jthread thread_;
};

}  // namespace tendril
