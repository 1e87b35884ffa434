// What answers say about the vendor's rate limits (P4).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/clock.h"
#include "core/limiter.h"
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

// Learns from an answer; after "remaining: 0" nobody sends before the reset.
void observe_quota(const Headers& headers, const Clock& clock, Limiter& limiter);

}  // namespace tendril
