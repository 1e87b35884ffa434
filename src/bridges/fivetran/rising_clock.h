// RisingClock: a clock of which no two moments are the same, so that rows written before a moment
// and after it can be told apart.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include "core/clock.h"

namespace tendril {

// Threads: safe to share.
class RisingClock final : public Clock {
 public:
  explicit RisingClock(std::unique_ptr<Clock> clock) : clock_(std::move(clock)) {}

  Wall now() const override {
    Wall last = last_.load();
    Wall next = {};
    do {
      next = std::max(clock_->now(), last + std::chrono::microseconds(1));
    } while (!last_.compare_exchange_weak(last, next));
    return next;
  }
  Monotonic monotonic() const override { return clock_->monotonic(); }
  bool sleep(std::chrono::milliseconds duration, std::stop_token stop) override {
    return clock_->sleep(duration, std::move(stop));
  }

 private:
  const std::unique_ptr<Clock> clock_;
  mutable std::atomic<Wall> last_{};
};

}  // namespace tendril
