// RunPlan: what a run would do with each stream, by what the source has, what the destination
// remembers and what the user asks for. Asked by the run itself, and by whoever only looks.
#pragma once

#include <optional>
#include <stop_token>
#include <vector>

#include "connector/destination.h"
#include "connector/source.h"
#include "core/error.h"
#include "core/result.h"
#include "sync/stream_plan.h"
#include "sync/sync.h"

namespace tendril {

// Errors: InvalidConfig.
Status check_options(const SyncOptions& options);

// Says that rows of the table, which `plan` is of, were written by another primary key than it has
// now: both in one table would be merged wrongly, and nobody would see it. Nothing when it may be
// written. Errors: those of the destination.
Result<std::optional<Error>> changed_key(const StreamPlan& plan, Destination& destination);

// As plan_streams() says; and streams whose rows were written by another primary key than the
// catalog names now are refused, unless their tables are written anew.
// REQUIRES: `destination` is open, be it to look.
Result<std::vector<StreamPlan>> plan_run(Source& source, Destination& destination,
                                         const SyncOptions& options, std::stop_token stop);

}  // namespace tendril
