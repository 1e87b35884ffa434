// How a sync ended: what is recorded of it, what is said, and the exit status.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "core/error.h"
#include "state/run_record.h"
#include "sync/run_keeper.h"
#include "sync/sync.h"

namespace tendril {

// What asked a run to stop, if anything did.
struct RunStop {
  StopCause cause = StopCause::None;
  std::string reason = {};  // For Stalled and LeaseLost.
  int signal = 0;           // SIGINT or SIGTERM, or 0.
};

struct SyncEnding {
  RunState state = RunState::Succeeded;
  std::string reason = {};
  ExitCode exit_code = ExitCode::Done;
  std::vector<Error> faults = {};  // One line each.
  std::string note = {};           // What is no error, or "".
};

// Of a run that took place.
SyncEnding ending_of(const SyncReport& report, const RunStop& stop);

// Of a run that could not begin to read.
SyncEnding ending_of(const Error& fault, const RunStop& stop);

}  // namespace tendril
