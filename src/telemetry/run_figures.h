// RunFigures: all that can be counted of a run at one moment. Metrics and reports are made of it.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connector/source.h"
#include "state/run_record.h"
#include "sync/progress.h"

namespace tendril {

// The states that a run is shown in.
inline constexpr std::array kShownRunStates = {RunState::Running, RunState::Succeeded,
                                               RunState::PartlyFailed, RunState::Failed,
                                               RunState::Cancelled};

std::string_view to_string(StreamProgress::Phase phase);

// How long commits took.
struct CommitFigures {
  // Upper bounds of the buckets; one more takes what is longer.
  static constexpr std::array kSecondsMax = {0.001, 0.005, 0.025, 0.1, 0.5, 2.0, 10.0, 60.0};

  std::int64_t count = 0;
  std::int64_t rows = 0;
  std::chrono::microseconds elapsed{0};
  std::array<std::int64_t, kSecondsMax.size() + 1> by_seconds{};

  void add(std::int64_t rows_committed, std::chrono::microseconds took);
};

struct RunFigures {
  std::string connection = {};
  RunState state = RunState::Running;
  std::chrono::milliseconds elapsed{0};
  std::vector<StreamProgress> streams = {};
  SourceCounters source = {};
  QueueProgress queue = {};
  CommitFigures commits = {};
  std::size_t resident_bytes = 0;  // Of the process; 0 where the system does not say.
};

// Waiting time of all threads together, by reason, in the order in which it is shown.
struct WaitingTime {
  std::string_view reason;  // "rate_limit"
  std::string_view title;   // "rate limits"
  std::chrono::microseconds waited{0};
};
std::array<WaitingTime, 4> waiting_times(const RunFigures& figures);

// Answers by class of status, in the order in which they are shown.
struct AnswerCount {
  std::string_view status_class;  // "2xx", or "none" for those without an answer.
  std::int64_t count = 0;
};
std::array<AnswerCount, 6> answer_counts(const RunFigures& figures);

}  // namespace tendril
