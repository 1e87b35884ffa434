#include "telemetry/run_watch.h"

#include "telemetry/resident_memory.h"

namespace tendril {

void RunWatch::committed(const CommitReport& commit) {
  const std::lock_guard lock(mutex_);
  commits_.add(commit.rows, commit.elapsed);
}

void RunWatch::end(RunState state) {
  const std::lock_guard lock(mutex_);
  state_ = state;
  ended_at_ = clock_.monotonic();
}

RunFigures RunWatch::figures() const {
  RunFigures figures;
  figures.connection = connection_;
  figures.streams = progress_.snapshot();
  figures.queue = progress_.queue();
  figures.source = source_.counters();
  figures.resident_bytes = resident_bytes();
  const std::lock_guard lock(mutex_);
  figures.state = state_;
  figures.commits = commits_;
  const Clock::Monotonic until = state_ == RunState::Running ? clock_.monotonic() : ended_at_;
  figures.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(until - started_at_);
  return figures;
}

RunState state_of(const SyncReport& report) {
  return report.stopped        ? RunState::Cancelled
         : report.all_done()   ? RunState::Succeeded
         : report.all_failed() ? RunState::Failed
                               : RunState::PartlyFailed;
}

}  // namespace tendril
