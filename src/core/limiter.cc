#include "core/limiter.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace tendril {

using std::chrono::milliseconds;

Limiter::Limiter(LimiterOptions options, Clock& clock)
    : clock_(clock),
      options_(options),
      tokens_(std::max(1.0, options.burst)),
      refilled_at_(clock.monotonic()),
      held_until_(clock.monotonic()) {}

// A token is taken in advance, even one that is not there yet; whoever comes later waits longer.
// So the order is fair, and nobody wakes in vain.
Status Limiter::wait_turn(std::stop_token stop) {
  bool has_token = false;
  for (;;) {
    const milliseconds wait = next_wait(has_token);
    if (wait > wait_max()) {
      give_back(has_token);
      return Error{ErrorCode::RateLimited,
                   "the rate limit leaves no turn for " + std::to_string(wait.count()) + " ms",
                   wait};
    }
    if (wait.count() == 0 && has_token && !stop.stop_requested()) {
      return {};
    }
    if (stop.stop_requested() || !clock_.sleep(wait, stop)) {
      give_back(has_token);
      return Error{ErrorCode::Cancelled, "cancelled while waiting for the rate limit"};
    }
  }
}

milliseconds Limiter::next_wait(bool& has_token) {
  const std::lock_guard lock(mutex_);
  const Clock::Monotonic now = clock_.monotonic();
  if (held_until_ > now) {
    return std::chrono::ceil<milliseconds>(held_until_ - now);
  }
  if (has_token || !options_.requests_per_second) {
    has_token = true;
    return milliseconds(0);
  }
  const double rate = std::max(*options_.requests_per_second, 1e-6);
  const std::chrono::duration<double> idle = now - refilled_at_;
  tokens_ = std::min(tokens_ + idle.count() * rate, std::max(1.0, options_.burst));
  refilled_at_ = now;
  tokens_ -= 1;
  has_token = true;
  const double missing_seconds = std::max(0.0, -tokens_ / rate);
  return milliseconds(std::llround(std::ceil(missing_seconds * 1000)));
}

void Limiter::give_back(bool has_token) {
  const std::lock_guard lock(mutex_);
  tokens_ += has_token ? 1 : 0;
}

milliseconds Limiter::wait_max() const {
  const std::lock_guard lock(mutex_);
  return options_.wait_max;
}

void Limiter::hold(milliseconds duration) {
  const std::lock_guard lock(mutex_);
  held_until_ = std::max(held_until_, clock_.monotonic() + duration);
}

void Limiter::tighten(const LimiterOptions& options) {
  const std::lock_guard lock(mutex_);
  if (options.requests_per_second) {
    options_.requests_per_second =
        std::min(*options.requests_per_second,
                 options_.requests_per_second.value_or(*options.requests_per_second));
  }
  options_.burst = std::min(options_.burst, options.burst);
  options_.wait_max = std::min(options_.wait_max, options.wait_max);
}

}  // namespace tendril
