// Clock: the only way this program asks for the time or waits for it, so that
// tests of retries, rate limits and tokens take no real time.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>

namespace tendril {

// Threads: safe to share.
class Clock {
 public:
  using Wall = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;
  using Monotonic = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;

  // The calendar time, in UTC.
  virtual Wall now() const = 0;

  // A time that never goes back; for durations and deadlines.
  virtual Monotonic monotonic() const = 0;

  // Returns true after `duration`, or false as soon as `stop` is requested.
  virtual bool sleep(std::chrono::milliseconds duration, std::stop_token stop) = 0;
};

std::unique_ptr<Clock> system_clock();

}  // namespace tendril
