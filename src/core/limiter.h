// Limiter: keeps all who use one account of one server within its limits: a budget set beforehand,
// and holds that the server asks for. It knows nothing of any protocol.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <stop_token>

#include "core/clock.h"
#include "core/result.h"

namespace tendril {

struct LimiterOptions {
  // A token bucket; nothing: no limit of our own.
  std::optional<double> requests_per_second = std::nullopt;
  double burst = 1;  // Requests that may go at once after a pause.
  // The longest wait for the server's leave before a request fails as RateLimited.
  std::chrono::milliseconds wait_max{3'600'000};
};

// Threads: safe to share.
class Limiter {
 public:
  Limiter(LimiterOptions options, Clock& clock);

  // Waits until a request may be sent.
  // Errors: RateLimited when that is further away than wait_max; Cancelled.
  Status wait_turn(std::stop_token stop);

  // Nobody sends before `duration` has passed.
  void hold(std::chrono::milliseconds duration);

  // Holds all users to the stricter of the limits so far and these.
  void tighten(const LimiterOptions& options);

 private:
  // Returns how long to wait now, and takes a token when none is held yet.
  std::chrono::milliseconds next_wait(bool& has_token);
  void give_back(bool has_token);
  std::chrono::milliseconds wait_max() const;

  Clock& clock_;
  mutable std::mutex mutex_;
  LimiterOptions options_;  // Guarded by mutex_, as are all below.
  double tokens_;           // Negative: promised in advance.
  Clock::Monotonic refilled_at_;
  Clock::Monotonic held_until_;
};

}  // namespace tendril
