// RunSamples: how a run went over time, in a bounded number of samples: when there are too many,
// two neighbours become one, and from then on one stands for twice the time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "telemetry/run_figures.h"

namespace tendril {

// What happened until `at`, since the sample before.
struct RunSample {
  std::chrono::milliseconds at{0};  // Since the start of the run.
  double rows_read_per_second = 0;
  double rows_committed_per_second = 0;
  double requests_per_second = 0;
  std::size_t resident_bytes = 0;  // The most of that time, as the next.
  std::size_t queue_bytes = 0;
};

// Threads: one at a time.
class RunSamples {
 public:
  static constexpr std::size_t kSamplesMax = 480;

  void add(const RunFigures& figures);

  const std::vector<RunSample>& samples() const { return samples_; }

 private:
  // The counters at the end of a sample.
  struct Mark {
    std::chrono::milliseconds at{0};
    std::int64_t rows_read = 0;
    std::int64_t rows_committed = 0;
    std::int64_t requests = 0;
  };

  static RunSample between(const Mark& from, const Mark& to);
  void halve();

  std::vector<RunSample> samples_;
  std::vector<Mark> marks_;  // Of the samples.
  std::chrono::milliseconds step_{0};
};

}  // namespace tendril
