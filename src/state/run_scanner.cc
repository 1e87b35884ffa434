#include "state/run_scanner.h"

#include <optional>
#include <string>

#include "data/instant.h"

namespace tendril {
namespace {

std::string progress_of(const RunRecord& run) {
  return "after " + std::to_string(run.counts.rows_committed) + " rows, last heard of at " +
         to_iso(run.progressed);
}

// What a run has come to, if nobody holds it any more.
std::optional<RunEnd> end_of(const RunRecord& run, Instant now, const HolderCheck& gone) {
  const std::string process = "process " + std::to_string(run.holder.pid);
  if (gone(run.holder)) {
    if (run.state == RunState::Cancelling) {
      return RunEnd{.state = RunState::Cancelled,
                    .reason = process + " ended while it was to stop, " + progress_of(run),
                    .ended = now};
    }
    return RunEnd{.state = RunState::Lost,
                  .reason = process + " ended without a word " + progress_of(run),
                  .ended = now};
  }
  if (run.lease_expires <= now) {
    return RunEnd{.state = RunState::Lost,
                  .reason = process + " on " + run.holder.host + " made no progress until " +
                            to_iso(run.lease_expires) + ", when its lease expired, " +
                            progress_of(run),
                  .ended = now};
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<RunRecord>> scan_runs(RunStore& store, const Clock& clock,
                                         const HolderCheck& gone) {
  const std::vector<RunRecord> moving = TRY(store.list({.only_moving = true}));
  std::vector<RunRecord> ended;
  for (const RunRecord& run : moving) {
    if (run.state == RunState::Queued) {
      continue;  // Nobody holds it yet.
    }
    if (const std::optional<RunEnd> end = end_of(run, clock.now(), gone)) {
      const bool given_up = TRY(store.give_up(run, *end));
      if (given_up) {
        ended.push_back(run);
        ended.back().state = end->state;
        ended.back().reason = end->reason;
        ended.back().ended = end->ended;
      }
    }
  }
  return ended;
}

}  // namespace tendril
