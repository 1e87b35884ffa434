// RateLimiter: counts requests per credential in fixed windows.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "core/clock.h"
#include "sandbox/definition.h"

namespace tendril {

// Where one credential stands against one limit.
struct RateState {
  std::uint64_t limit = 0;
  std::uint64_t used = 0;
  std::int64_t reset_s = 0;        // Unix time at which the window ends.
  std::int64_t retry_after_s = 0;  // Until then.
  bool exceeded = false;

  std::uint64_t remaining() const { return limit - used; }
};

// Threads: safe to share.
class RateLimiter {
 public:
  // `clock` must outlive the limiter.
  explicit RateLimiter(const Clock& clock) : clock_(clock) {}

  enum class Take { One, None };

  // Takes a request out of what is left, unless nothing is.
  RateState count(const LimitPlan& plan, std::string_view credential, std::uint64_t limit,
                  Take take);
  // Gives back what count() took.
  void give_back(const LimitPlan& plan, std::string_view credential);

 private:
  struct Window {
    std::int64_t end_s = 0;
    std::uint64_t used = 0;
  };

  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Window> windows_;  // Guarded by mutex_.
};

// Sets {rate.limit}, {rate.remaining}, {rate.used}, {rate.reset} and {rate.retry_after}.
void set_rate_facts(Facts& facts, const std::string& name, const RateState& state);

}  // namespace tendril
