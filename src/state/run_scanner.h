// The scanner: ends the runs that nobody holds any more, so that none is "running" for ever.
#pragma once

#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "state/lease_holder.h"
#include "state/run_store.h"

namespace tendril {

// Makes lost, with the reason, every moving run whose process is gone or whose lease has expired
// (cancelled, when it had been asked to stop), and returns them.
Result<std::vector<RunRecord>> scan_runs(RunStore& store, const Clock& clock,
                                         const HolderCheck& gone = is_gone);

}  // namespace tendril
