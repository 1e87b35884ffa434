#include "sync/run_keeper.h"

#include <algorithm>
#include <utility>

#include "core/fault_point.h"

namespace tendril {
namespace {

constexpr std::size_t kSlicesNamedMax = 5;

// A longer time between two looks means that the process itself did not run.
constexpr std::chrono::seconds kLookGapMax{30};

std::string_view state_of(StreamProgress::Phase phase) {
  switch (phase) {
    case StreamProgress::Phase::Waiting: return "waiting";
    case StreamProgress::Phase::Reading: return "reading";
    case StreamProgress::Phase::Done: return "done";
    case StreamProgress::Phase::Failed: return "failed";
    case StreamProgress::Phase::Stopped: return "stopped";
  }
  return "unknown";
}

RunCounts counts_of(const SourceCounters& counters, const std::vector<StreamProgress>& streams) {
  RunCounts counts{.requests = counters.requests};
  for (const StreamProgress& stream : streams) {
    counts.rows_read += stream.rows_read;
    counts.rows_committed += stream.rows_committed;
    counts.bytes_read += stream.bytes_read;
    counts.slices_done += stream.slices_done;
  }
  return counts;
}

}  // namespace

RunKeeper::RunKeeper(const RunKeeperParts& parts, RunRecord run, const RunTerms& terms)
    : parts_(parts),
      terms_(terms),
      run_(std::move(run)),
      ticked_at_(parts.clock.monotonic()),
      moved_at_(ticked_at_) {}

void RunKeeper::tick() {
  const SourceCounters counters = parts_.counters();
  const Streams streams = parts_.progress.snapshot();
  bool ends = false;
  {
    const std::lock_guard lock(mutex_);
    note_progress(counters, streams);
    if (parts_.store != nullptr) {
      heed(moved_ ? parts_.store->renew(renewal(streams)) : parts_.store->state_of(run_.id));
    }
    if (cause_ == StopCause::None && ticked_at_ - moved_at_ >= terms_.stall_timeout) {
      decide(StopCause::Stalled, stall_reason(streams));
    }
    ends = cause_ != StopCause::None;
  }
  if (ends) {
    stop_.request_stop();  // Runs callbacks of the engine: not under the lock.
  }
}

StopCause RunKeeper::cause() const {
  const std::lock_guard lock(mutex_);
  return cause_;
}

std::string RunKeeper::reason() const {
  const std::lock_guard lock(mutex_);
  return reason_;
}

bool RunKeeper::is_stuck() const {
  const std::lock_guard lock(mutex_);
  return cause_ != StopCause::None &&
         parts_.clock.monotonic() - std::max(stopped_at_, moved_at_) >= RunTerms::kStopGrace;
}

bool RunKeeper::end(const RunEnd& end) {
  const SourceCounters counters = parts_.counters();
  const Streams streams = parts_.progress.snapshot();
  const std::lock_guard lock(mutex_);
  if (parts_.store == nullptr) {
    return true;
  }
  note_progress(counters, streams);
  // The last counts and slices first: what ends is not renewed any more.
  if (const auto renewed = parts_.store->renew(renewal(streams)); !renewed.ok()) {
    report_fault(renewed.error());
  }
  const Result<bool> ended = parts_.store->end(run_.id, run_.holder, end);
  if (!ended.ok()) {
    report_fault(ended.error());
    return true;
  }
  fault_point(FaultPoint::RunRecorded);
  if (!*ended) {
    const auto found = parts_.store->find(run_.id);
    reason_ = found.ok() && *found ? (*found)->reason : "its record is gone";
  }
  return *ended;
}

void RunKeeper::note_progress(const SourceCounters& counters, const Streams& streams) {
  const Clock::Monotonic now = parts_.clock.monotonic();
  const Clock::Monotonic last = std::exchange(ticked_at_, now);
  if (now - last > kLookGapMax) {
    moved_at_ += now - last;
  }
  Reading reading = {counters.requests, counters.retries, counters.bytes_received,
                     parts_.slices.epoch()};
  for (const StreamProgress& stream : streams) {
    reading.insert(reading.end(),
                   {static_cast<std::int64_t>(stream.phase), stream.rows_read,
                    stream.rows_committed, stream.slices_done, stream.slices_planned});
  }
  if (reading != reading_ || parts_.clock.is_waited_on()) {
    reading_ = std::move(reading);
    moved_at_ = now;
    moved_ = true;
    run_.progressed = parts_.clock.now();
  }
  run_.counts = counts_of(counters, streams);
}

LeaseRenewal RunKeeper::renewal(const Streams& streams) {
  SliceBook::Changes slices = parts_.slices.take_changes();
  return {.run = run_.id,
          .holder = run_.holder,
          .expires = run_.progressed + terms_.lease(),
          .progressed = run_.progressed,
          .epoch = parts_.slices.epoch(),
          .counts = run_.counts,
          .streams = changed_streams(streams),
          .slices = std::move(slices.slices),
          .slices_gone = std::move(slices.gone)};
}

// Does what the store says of the run.
void RunKeeper::heed(const Result<RunState>& state) {
  if (!state.ok()) {
    report_fault(state.error());
    return;
  }
  if (std::exchange(moved_, false)) {
    fault_point(FaultPoint::LeaseRenewed);
  }
  if (*state == RunState::Cancelling) {
    if (cause_ == StopCause::None) {
      decide(StopCause::CancelAsked, "cancelled");
    }
  } else if (is_final(*state) && cause_ != StopCause::LeaseLost) {
    const auto found = parts_.store->find(run_.id);
    const std::string why = found.ok() && *found ? (*found)->reason : "its record is gone";
    decide(StopCause::LeaseLost, "run " + run_.id + " lost its lease: " + why);
  }
}

void RunKeeper::decide(StopCause cause, std::string reason) {
  cause_ = cause;
  reason_ = std::move(reason);
  stopped_at_ = parts_.clock.monotonic();
}

std::string RunKeeper::stall_reason(const Streams& streams) const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(terms_.stall_timeout);
  std::string names;
  for (const SliceRecord& slice : parts_.slices.under_way(kSlicesNamedMax)) {
    names += (names.empty() ? "" : ", ") + slice.stream;
    names += slice.slice.empty() ? "" : " (slice " + slice.slice + ")";
  }
  for (const StreamProgress& stream : streams) {
    const bool named = names.find(stream.stream) != std::string::npos;
    if (stream.phase == StreamProgress::Phase::Reading && !named) {
      names += (names.empty() ? "" : ", ") + stream.stream;
    }
  }
  return "the run stalled: nothing was read, requested or committed for " +
         std::to_string(seconds.count()) +
         " seconds, under way: " + (names.empty() ? "no stream" : names);
}

std::vector<StreamRecord> RunKeeper::changed_streams(const Streams& streams) {
  std::vector<StreamRecord> changed;
  for (const StreamProgress& stream : streams) {
    StreamRecord record{.stream = stream.stream,
                        .state = std::string(state_of(stream.phase)),
                        .rows_read = stream.rows_read,
                        .rows_committed = stream.rows_committed,
                        .slices_done = stream.slices_done,
                        .slices_planned = stream.slices_planned};
    StreamRecord& told = streams_[stream.stream];
    if (record != told) {
      told = record;
      changed.push_back(std::move(record));
    }
  }
  return changed;
}

// A run does not fail because its history can not be written.
void RunKeeper::report_fault(const Error& fault) {
  streams_.clear();  // All are told again once it works.
  if (!std::exchange(fault_reported_, true)) {
    parts_.log.warning("the run goes on, but can not be recorded",
                       {{"run", run_.id}, {"error", fault.message}});
  }
}

RunKeeping::RunKeeping(RunKeeper& keeper, Clock& clock, std::function<void()> on_stuck) {
  thread_ = std::jthread([&keeper, &clock, stuck = std::move(on_stuck)](std::stop_token stop) {
    while (clock.sleep(kInterval, stop)) {
      keeper.tick();
      if (keeper.is_stuck()) {
        stuck();
        return;
      }
    }
  });
}

}  // namespace tendril
