// BackoffStrategy: how long the manifest says to wait before a request is tried again.
// Source: manifest components "ConstantBackoffStrategy", "ExponentialBackoffStrategy",
// "WaitTimeFromHeader" and "WaitUntilTimeFromHeader".
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "core/clock.h"
#include "core/result.h"
#include "data/value.h"
#include "http/client.h"
#include "manifest/node.h"

namespace tendril {

// Threads: safe to share.
class BackoffStrategy {
 public:
  virtual ~BackoffStrategy() = default;

  // Returns nullopt when the strategy has nothing to say about this outcome.
  // Errors: RateLimited when the wait is longer than the manifest allows.
  virtual Result<std::optional<std::chrono::milliseconds>> wait(const Outcome& outcome) const = 0;
};

// `clock` must outlive the strategy.
// Errors: InvalidConfig and Unsupported with file, line and column.
Result<std::unique_ptr<BackoffStrategy>> backoff_strategy(const Node& node, const Value& config,
                                                          Clock& clock);

}  // namespace tendril
