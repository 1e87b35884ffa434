// AnnouncingClock: a clock that tells who waits on it. A run in which nothing moves because a
// vendor asked for a pause is not stuck.
#pragma once

#include <chrono>
#include <mutex>
#include <set>
#include <stop_token>
#include <utility>

#include "core/clock.h"

namespace tendril {

// Threads: safe to share.
class AnnouncingClock final : public Clock {
 public:
  // `clock` must outlive this one.
  explicit AnnouncingClock(Clock& clock) : clock_(clock) {}

  Wall now() const override { return clock_.now(); }
  Monotonic monotonic() const override { return clock_.monotonic(); }

  bool sleep(std::chrono::milliseconds duration, std::stop_token stop) override {
    const auto wait = [&] {
      const std::lock_guard lock(mutex_);
      return waits_.insert(clock_.monotonic() + duration);
    }();
    const bool slept = clock_.sleep(duration, std::move(stop));
    const std::lock_guard lock(mutex_);
    waits_.erase(wait);
    return slept;
  }

  // Somebody waits, and the time for it has not passed.
  bool is_waited_on() const {
    const std::lock_guard lock(mutex_);
    return !waits_.empty() && *waits_.rbegin() >= clock_.monotonic();
  }

 private:
  Clock& clock_;
  mutable std::mutex mutex_;
  std::multiset<Monotonic> waits_;  // Ends of the waits under way. Guarded by mutex_.
};

}  // namespace tendril
