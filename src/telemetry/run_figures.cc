#include "telemetry/run_figures.h"

#include <algorithm>

namespace tendril {

using std::chrono::microseconds;

std::string_view to_string(StreamProgress::Phase phase) {
  switch (phase) {
    case StreamProgress::Phase::Waiting: return "waiting";
    case StreamProgress::Phase::Reading: return "reading";
    case StreamProgress::Phase::Done: return "done";
    case StreamProgress::Phase::Failed: return "failed";
    case StreamProgress::Phase::Stopped: return "stopped";
  }
  return "unknown";
}

void CommitFigures::add(std::int64_t rows_committed, microseconds took) {
  const double seconds = std::chrono::duration<double>(took).count();
  const auto bucket = std::lower_bound(kSecondsMax.begin(), kSecondsMax.end(), seconds);
  ++by_seconds[static_cast<std::size_t>(bucket - kSecondsMax.begin())];
  ++count;
  rows += rows_committed;
  elapsed += took;
}

std::array<WaitingTime, 4> waiting_times(const RunFigures& figures) {
  return {{{"rate_limit", "rate limits", figures.source.waited_for_rate_limit},
           {"retry", "back-off before retries", figures.source.waited_to_retry},
           {"breaker", "servers out of order", figures.source.waited_for_breaker},
           {"queue", "room in the queue", figures.queue.waited}}};
}

std::array<AnswerCount, 6> answer_counts(const RunFigures& figures) {
  const auto& answers = figures.source.answers;
  return {{{"2xx", answers[2]},
           {"3xx", answers[3]},
           {"4xx", answers[4]},
           {"5xx", answers[5]},
           {"1xx", answers[1]},
           {"none", answers[0]}}};
}

}  // namespace tendril
