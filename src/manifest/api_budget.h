// The rate limits that a manifest sets for its whole source.
// Source: manifest components "HTTPAPIBudget", "FixedWindowCallRatePolicy",
// "MovingWindowCallRatePolicy", "UnlimitedCallRatePolicy" and "Rate".
#pragma once

#include <memory>

#include "core/clock.h"
#include "core/result.h"
#include "data/value.h"
#include "http/call_budget.h"
#include "manifest/node.h"

namespace tendril {

// `clock` must outlive the result.
// Errors: InvalidConfig and Unsupported with file, line and column.
Result<std::unique_ptr<CallBudget>> api_budget(const Node& node, const Value& config, Clock& clock);

}  // namespace tendril
