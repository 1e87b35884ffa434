#include "telemetry/run_monitor.h"

#include <chrono>
#include <utility>

#include "core/whole_file.h"
#include "telemetry/metrics.h"

namespace tendril {
namespace {

constexpr std::chrono::milliseconds kLookInterval{1'000};
constexpr int kLooksPerFile = 5;

}  // namespace

RunMonitor::RunMonitor(const RunMonitorParts& parts, std::filesystem::path metrics_file)
    : parts_(parts), metrics_file_(std::move(metrics_file)) {
  thread_ = std::jthread([this](std::stop_token stop) { look(std::move(stop)); });
}

// A file that can not be written while the run goes on is worth one warning; the last attempt, at
// the end, is the one that counts.
void RunMonitor::look(std::stop_token stop) {
  bool has_warned = false;
  for (int looks = 0;; ++looks) {
    const RunFigures figures = parts_.watch.figures();
    samples_.add(figures);
    if (looks % kLooksPerFile == 0 && !has_warned) {
      if (const Status written = write_metrics(figures); !written.ok()) {
        parts_.log.warning("metrics can not be written", {{"error", written.error().message}});
        has_warned = true;
      }
    }
    if (!parts_.clock.sleep(kLookInterval, stop)) {
      return;
    }
  }
}

Status RunMonitor::end() {
  thread_.request_stop();
  if (thread_.joinable()) {
    thread_.join();
  }
  const RunFigures figures = parts_.watch.figures();
  samples_.add(figures);
  return write_metrics(figures);
}

// The format and the way of writing that the text file collector of Prometheus's node exporter
// asks for.
Status RunMonitor::write_metrics(const RunFigures& figures) const {
  return metrics_file_.empty()
             ? Status()
             : write_whole_file(metrics_file_, metrics_text(figures), FileReaders::Anybody);
}

}  // namespace tendril
