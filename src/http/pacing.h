// Pacer: keeps a client within the vendor's rate limits (P4): what the answers say about them,
// and budgets set beforehand. One pacer serves all threads that share a host and account.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>

#include "core/clock.h"
#include "core/result.h"
#include "http/message.h"

namespace tendril {

// Reads Retry-After: seconds, or an HTTP date (then relative to `now`, never negative).
// Source: RFC 9110 section 10.2.3.
std::optional<std::chrono::milliseconds> retry_after(const Headers& headers, Clock::Wall now);

// What an answer says about the quota: X-RateLimit-Remaining / -Reset, RateLimit-Remaining /
// -Reset, X-Rate-Limit-*. A reset is Unix seconds, Unix milliseconds, a date, or seconds from
// now; told apart by size.
struct Quota {
  std::optional<std::int64_t> remaining;
  std::optional<Clock::Wall> resets_at;
};
Quota quota(const Headers& headers, Clock::Wall now);

struct PacingOptions {
  // A token bucket; nothing: no limit of our own.
  std::optional<double> requests_per_second = std::nullopt;
  double burst = 1;  // Requests that may go at once after a pause.
  // The longest wait for a vendor's quota to reset before the request fails as RateLimited.
  std::chrono::milliseconds wait_max{3'600'000};
};

// Threads: safe to share.
class Pacer {
 public:
  Pacer(PacingOptions options, Clock& clock);

  // Waits until a request may be sent.
  // Errors: RateLimited when that is further away than wait_max; Cancelled.
  Status wait_turn(std::stop_token stop);

  // Learns from an answer; after "remaining: 0" nobody sends before the reset.
  void observe(const Response& response);

  // Nobody sends before `duration` has passed.
  void hold(std::chrono::milliseconds duration);

 private:
  // Returns how long to wait now, and takes a token when none is held yet.
  std::chrono::milliseconds next_wait(bool& has_token);
  void give_back(bool has_token);

  const PacingOptions options_;
  Clock& clock_;
  std::mutex mutex_;
  double tokens_;                 // Guarded by mutex_. Negative: promised in advance.
  Clock::Monotonic refilled_at_;  // Guarded by mutex_.
  Clock::Monotonic held_until_;   // Guarded by mutex_.
};

}  // namespace tendril
