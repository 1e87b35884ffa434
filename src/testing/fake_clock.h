// FakeClock: a clock whose sleeps take no time: they move it on and are remembered.
#pragma once

#include <chrono>
#include <mutex>
#include <stop_token>
#include <vector>

#include "core/clock.h"

namespace tendril {

// Threads: safe to share.
class FakeClock final : public Clock {
 public:
  // 2024-01-02T03:04:05Z unless told otherwise.
  explicit FakeClock(Wall start = Wall(std::chrono::seconds(1'704'164'645))) : wall_(start) {}

  Wall now() const override {
    const std::lock_guard lock(mutex_);
    return wall_;
  }

  Monotonic monotonic() const override {
    const std::lock_guard lock(mutex_);
    return monotonic_;
  }

  bool sleep(std::chrono::milliseconds duration, std::stop_token stop) override {
    if (stop.stop_requested()) {
      return false;
    }
    const std::lock_guard lock(mutex_);
    sleeps_.push_back(duration);
    wall_ += duration;
    monotonic_ += duration;
    return true;
  }

  void advance(std::chrono::milliseconds duration) {
    const std::lock_guard lock(mutex_);
    wall_ += duration;
    monotonic_ += duration;
  }

  // What was slept so far, in order.
  std::vector<std::chrono::milliseconds> sleeps() const {
    const std::lock_guard lock(mutex_);
    return sleeps_;
  }

  std::chrono::milliseconds slept() const {
    std::chrono::milliseconds total{0};
    for (const auto duration : sleeps()) {
      total += duration;
    }
    return total;
  }

 private:
  mutable std::mutex mutex_;
  Wall wall_;                                      // Guarded by mutex_.
  Monotonic monotonic_{std::chrono::hours(1)};     // Guarded by mutex_.
  std::vector<std::chrono::milliseconds> sleeps_;  // Guarded by mutex_.
};

}  // namespace tendril
