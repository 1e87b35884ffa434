// RunMonitor: looks at a run every second while it goes on: takes samples for its report, and keeps
// a file of metrics fresh.
#pragma once

#include <filesystem>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "telemetry/run_samples.h"
#include "telemetry/run_watch.h"

namespace tendril {

struct RunMonitorParts {
  const RunWatch& watch;
  Clock& clock;
  Log& log;
};

class RunMonitor {
 public:
  // Starts a thread. `metrics_file` may be empty: then there is none. All of `parts` must outlive
  // the monitor.
  RunMonitor(const RunMonitorParts& parts, std::filesystem::path metrics_file);

  // Ends the thread, after a last look.
  // Errors: System when the file of metrics can not be written.
  Status end();

  // REQUIRES: end() was called.
  const std::vector<RunSample>& samples() const { return samples_.samples(); }

 private:
  void look(std::stop_token stop);
  Status write_metrics(const RunFigures& figures) const;

  const RunMonitorParts parts_;
  const std::filesystem::path metrics_file_;
  RunSamples samples_;  // The thread's until it has ended.
  std::jthread thread_;
};

}  // namespace tendril
