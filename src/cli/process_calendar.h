// The calendar of the process, which templates, windows and tokens see: the machine's, or one that
// stands where TENDRIL_NOW says.
#pragma once

#include <memory>

#include "cli/config_file.h"
#include "core/clock.h"
#include "core/result.h"

namespace tendril {

// TENDRIL_NOW is an instant in any usual spelling: "2024-01-02T03:04:05Z", "1704164645"; without a
// zone it is UTC. Not set or empty: the machine's clock.
// Errors: InvalidConfig when it can not be read.
Result<std::unique_ptr<Clock>> process_calendar(const EnvironmentLookup& environment);

}  // namespace tendril
