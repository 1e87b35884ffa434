#include "telemetry/run_samples.h"

#include <algorithm>

namespace tendril {
namespace {

double rate(std::int64_t from, std::int64_t to, double seconds) {
  return static_cast<double>(to - from) / seconds;
}

}  // namespace

RunSample RunSamples::between(const Mark& from, const Mark& to) {
  const double seconds = std::max(std::chrono::duration<double>(to.at - from.at).count(), 1e-3);
  return {.at = to.at,
          .rows_read_per_second = rate(from.rows_read, to.rows_read, seconds),
          .rows_committed_per_second = rate(from.rows_committed, to.rows_committed, seconds),
          .requests_per_second = rate(from.requests, to.requests, seconds)};
}

void RunSamples::add(const RunFigures& figures) {
  Mark mark{.at = figures.elapsed, .requests = figures.source.requests};
  for (const StreamProgress& stream : figures.streams) {
    mark.rows_read += stream.rows_read;
    mark.rows_committed += stream.rows_committed;
  }
  // A sample that has not got its time yet takes this one in, too.
  std::size_t resident = figures.resident_bytes;
  std::size_t queue = figures.queue.bytes;
  if (samples_.size() > 1 && mark.at - marks_[marks_.size() - 2].at < step_) {
    resident = std::max(resident, samples_.back().resident_bytes);
    queue = std::max(queue, samples_.back().queue_bytes);
    samples_.pop_back();
    marks_.pop_back();
  }
  RunSample sample = between(marks_.empty() ? Mark() : marks_.back(), mark);
  sample.resident_bytes = resident;
  sample.queue_bytes = queue;
  samples_.push_back(sample);
  marks_.push_back(mark);
  if (samples_.size() > kSamplesMax) {
    halve();
  }
}

void RunSamples::halve() {
  std::vector<RunSample> samples;
  std::vector<Mark> marks;
  for (std::size_t i = 0; i < samples_.size(); i += 2) {
    const std::size_t last = std::min(i + 1, samples_.size() - 1);
    RunSample sample = between(marks.empty() ? Mark() : marks.back(), marks_[last]);
    sample.resident_bytes = std::max(samples_[i].resident_bytes, samples_[last].resident_bytes);
    sample.queue_bytes = std::max(samples_[i].queue_bytes, samples_[last].queue_bytes);
    samples.push_back(sample);
    marks.push_back(marks_[last]);
  }
  samples_ = std::move(samples);
  marks_ = std::move(marks);
  step_ = marks_.back().at / static_cast<std::int64_t>(marks_.size());
}

}  // namespace tendril
