// How many slices of a source its manifest lets be read at the same time.
// Source: manifest component "ConcurrencyLevel".
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "data/value.h"
#include "manifest/node.h"

namespace tendril {

// Errors: InvalidConfig when the configuration may raise the number, and nothing bounds it.
Status check_concurrency_level(const Node& level);

// At least 1. Errors: InvalidConfig when it is no such number.
Result<int> concurrency_level(const Node& level, const Value& config, const Clock& clock);

}  // namespace tendril
