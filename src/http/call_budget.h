// CallBudget: how many requests a source may send in a span of time, for each kind of request, as
// its manifest says. One budget serves all clients and threads of a source.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "http/message.h"

namespace tendril {

// What an answer says about a limit.
struct CallAllowance {
  std::optional<std::int64_t> calls_left;
  std::optional<Clock::Wall> resets_at;
};

// Threads: one at a time.
class CallLimit {
 public:
  virtual ~CallLimit() = default;

  // Takes `weight` calls and returns zero, or returns how long it takes until they may be free.
  virtual std::chrono::milliseconds take(std::int64_t weight, Clock::Wall now) = 0;

  // Learns from an answer; only ever to allow less.
  virtual void observe(const CallAllowance& said, Clock::Wall now) = 0;

  // The greatest weight that can ever be taken.
  virtual std::int64_t weight_max() const = 0;
};

struct CallRate {
  std::int64_t calls = 0;
  std::chrono::microseconds interval{0};
};

// At most so many calls in any span of that length; all rates hold at once.
// REQUIRES: rates are not empty, and their members positive.
std::unique_ptr<CallLimit> moving_window(std::vector<CallRate> rates);

// So many calls in a window, which starts with its first call; an answer that names the window's
// end moves it there.
std::unique_ptr<CallLimit> fixed_window(CallRate rate);

// Threads: safe to share.
class CallBudget {
 public:
  struct Policy {
    // The weight of a request that the policy is for; nullopt for any other.
    std::function<std::optional<std::int64_t>(const Request&)> weigh;
    std::unique_ptr<CallLimit> limit;  // Null: unlimited.
  };
  // Where answers speak of the limit.
  struct Signs {
    std::string remaining_header = "ratelimit-remaining";
    std::string reset_header = "ratelimit-reset";
    std::set<int> exhausted_statuses = {429};
  };

  // `clock` must outlive the budget. The first policy that is for a request holds.
  CallBudget(std::vector<Policy> policies, Signs signs, Clock& clock)
      : policies_(std::move(policies)), signs_(std::move(signs)), clock_(clock) {}

  // Waits until the request may be sent.
  // Errors: InvalidConfig when it never may; Cancelled.
  Status wait_turn(const Request& request, std::stop_token stop);

  void observe(const Request& request, const Response& response);

 private:
  const std::vector<Policy> policies_;  // The limits are guarded by mutex_.
  const Signs signs_;
  Clock& clock_;
  std::mutex mutex_;
};

}  // namespace tendril
