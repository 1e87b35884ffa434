// RunWatch: sees all that can be counted of one run, and says what it is at any moment.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "connector/source.h"
#include "core/clock.h"
#include "sync/progress.h"
#include "sync/sync.h"
#include "telemetry/run_figures.h"

namespace tendril {

// Threads: safe to share.
class RunWatch final : public SyncObserver {
 public:
  // All references must outlive the watch.
  RunWatch(std::string connection, const SyncProgress& progress, const Source& source,
           const Clock& clock)
      : connection_(std::move(connection)),
        progress_(progress),
        source_(source),
        clock_(clock),
        started_at_(clock.monotonic()) {}

  void committed(const CommitReport& commit) override;

  // The run is over; time stands still from now on.
  void end(RunState state);

  RunFigures figures() const;

 private:
  const std::string connection_;
  const SyncProgress& progress_;
  const Source& source_;
  const Clock& clock_;
  const Clock::Monotonic started_at_;
  mutable std::mutex mutex_;
  CommitFigures commits_;               // Guarded by mutex_.
  RunState state_ = RunState::Running;  // Guarded by mutex_.
  Clock::Monotonic ended_at_{};         // Guarded by mutex_.
};

// How a run that has ended is called.
RunState state_of(const SyncReport& report);

}  // namespace tendril
