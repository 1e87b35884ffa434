// What `tendril sync --dry-run` says, for people and for programs.
#pragma once

#include <span>
#include <string>

#include "data/value.h"
#include "sync/dry_run.h"

namespace tendril {

// A paragraph for each table.
std::string dry_run_text(std::span<const TableForecast> forecasts);

// The same as one JSON object.
Value dry_run_json(std::span<const TableForecast> forecasts);

}  // namespace tendril
