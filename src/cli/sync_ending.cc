#include "cli/sync_ending.h"

#include <csignal>
#include <utility>

#include "cli/sync_report_text.h"

namespace tendril {
namespace {

constexpr int kExitStatusOfSignal = 128;

// Nobody asked this run to stop: Cancelled then means that another one took the connection over.
ExitCode exit_code_of_fault(ErrorCode code) {
  return code == ErrorCode::Cancelled ? ExitCode::Failed : exit_code_of(code);
}
constexpr std::size_t kReasonBytesMax = 1'000;

// A fault of this machine, such as a full disk, ends the whole run, however many streams were done.
ExitCode exit_code_of_report(const SyncReport& report) {
  if (report.all_done()) {
    return ExitCode::Done;
  }
  std::optional<ErrorCode> first;
  for (const StreamReport& stream : report.streams) {
    if (stream.error && stream.outcome == StreamOutcome::Failed) {
      first = first.value_or(stream.error->code);
      if (stream.error->code == ErrorCode::System) {
        return ExitCode::Failed;
      }
    }
  }
  if (!report.all_failed()) {
    return ExitCode::SomeStreamsFailed;
  }
  return first ? exit_code_of_fault(*first) : ExitCode::Failed;
}

std::string reason_of(const std::vector<Error>& faults) {
  std::string reason;
  for (const Error& fault : faults) {
    reason += (reason.empty() ? "" : "; ") + fault.message;
  }
  if (reason.size() > kReasonBytesMax) {
    reason.resize(kReasonBytesMax);
    reason += "...";
  }
  return reason;
}

// Somebody wanted it.
SyncEnding cancelled(const RunStop& stop) {
  SyncEnding ending{.state = RunState::Cancelled};
  if (stop.signal != 0) {
    ending.reason = stop.signal == SIGTERM ? "interrupted by SIGTERM" : "interrupted by ctrl-C";
    ending.exit_code = static_cast<ExitCode>(kExitStatusOfSignal + stop.signal);
  } else {
    ending.reason = "cancelled by 'tendril runs cancel'";
    ending.exit_code = ExitCode::Interrupted;
  }
  return ending;
}

// Its keeper ended it.
SyncEnding ended_by_keeper(const RunStop& stop) {
  const bool lost = stop.cause == StopCause::LeaseLost;
  return {.state = lost ? RunState::Lost : RunState::Failed,
          .reason = stop.reason,
          .exit_code = ExitCode::Failed,
          .faults = {{ErrorCode::Unavailable, stop.reason}}};
}

bool is_fault(StopCause cause) {
  return cause == StopCause::Stalled || cause == StopCause::LeaseLost;
}

}  // namespace

SyncEnding ending_of(const SyncReport& report, const RunStop& stop) {
  std::vector<Error> faults = report_faults(report);
  if (is_fault(stop.cause) && !report.all_done()) {
    SyncEnding ending = ended_by_keeper(stop);
    ending.faults.insert(ending.faults.end(), faults.begin(), faults.end());
    ending.note = report.stopped ? kept_text(report) : "";
    return ending;
  }
  if (report.stopped) {
    SyncEnding ending = cancelled(stop);
    ending.faults = std::move(faults);
    ending.note = kept_text(report);
    return ending;
  }
  SyncEnding ending{.reason = reason_of(faults), .exit_code = exit_code_of_report(report)};
  ending.state = report.all_done()     ? RunState::Succeeded
                 : report.all_failed() ? RunState::Failed
                                       : RunState::PartlyFailed;
  ending.faults = std::move(faults);
  return ending;
}

SyncEnding ending_of(const Error& fault, const RunStop& stop) {
  if (is_fault(stop.cause)) {
    return ended_by_keeper(stop);
  }
  const bool wanted = stop.signal != 0 || stop.cause == StopCause::CancelAsked;
  if (fault.code == ErrorCode::Cancelled && wanted) {
    SyncEnding ending = cancelled(stop);
    ending.note = "stopped before anything was read";
    return ending;
  }
  return {.state = RunState::Failed,
          .reason = reason_of({fault}),
          .exit_code = exit_code_of_fault(fault.code),
          .faults = {fault}};
}

}  // namespace tendril
