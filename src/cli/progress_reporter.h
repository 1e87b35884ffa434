// ProgressReporter: shows how far a sync is while it runs: bars on a terminal, a log line every few
// seconds elsewhere.
#pragma once

#include <stop_token>
#include <thread>

#include "cli/screen.h"
#include "core/clock.h"
#include "core/log.h"
#include "sync/progress.h"

namespace tendril {

struct ProgressTargets {
  Screen& screen;
  Log& log;
  Clock& clock;
};

class ProgressReporter {
 public:
  // Starts a thread. `progress` and the targets must outlive this object.
  // REQUIRES: with `bars`, the screen is a terminal.
  ProgressReporter(const SyncProgress& progress, ProgressTargets targets, bool bars);

  // Ends the thread and removes the bars.
  ~ProgressReporter() = default;

 private:
  void draw_bars(const std::stop_token& stop);
  void log_lines(const std::stop_token& stop);

  const SyncProgress& progress_;
  const ProgressTargets targets_;
  std::jthread thread_;
};

}  // namespace tendril
