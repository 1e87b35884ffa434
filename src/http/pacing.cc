#include "http/pacing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "http/date_text.h"

namespace tendril {
namespace {

constexpr std::array kRemainingNames = {"X-RateLimit-Remaining", "RateLimit-Remaining",
                                        "X-Rate-Limit-Remaining"};
constexpr std::array kResetNames = {"X-RateLimit-Reset", "RateLimit-Reset", "X-Rate-Limit-Reset"};
constexpr double kWaitSecondsMax = 366.0 * 86'400;  // More is not a wait but a mistake.

template <std::size_t N>
std::optional<std::string_view> find_any(const Headers& headers,
                                         const std::array<const char*, N>& names) {
  for (const char* const name : names) {
    if (const auto value = headers.find(name)) {
      return value;
    }
  }
  return std::nullopt;
}

std::chrono::milliseconds milliseconds_until(Clock::Wall moment, Clock::Wall now) {
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(moment - now),
                  std::chrono::milliseconds(0));
}

}  // namespace

std::optional<std::chrono::milliseconds> retry_after(const Headers& headers, Clock::Wall now) {
  const auto text = headers.find("Retry-After");
  if (!text) {
    return std::nullopt;
  }
  if (const std::optional<double> seconds = parse_number(*text)) {
    const double bounded = std::clamp(*seconds, 0.0, kWaitSecondsMax);
    return std::chrono::milliseconds(std::llround(std::ceil(bounded * 1000)));
  }
  const std::optional<Clock::Wall> date = parse_date_text(*text);
  return date ? std::optional(milliseconds_until(*date, now)) : std::nullopt;
}

Quota quota(const Headers& headers, Clock::Wall now) {
  Quota found;
  if (const auto text = find_any(headers, kRemainingNames)) {
    if (const std::optional<double> number = parse_number(*text)) {
      found.remaining = std::llround(std::clamp(*number, 0.0, 1e15));
    }
  }
  if (const auto text = find_any(headers, kResetNames)) {
    found.resets_at = parse_moment(*text, now);
  }
  return found;
}

Pacer::Pacer(PacingOptions options, Clock& clock)
    : options_(options),
      clock_(clock),
      tokens_(std::max(1.0, options.burst)),
      refilled_at_(clock.monotonic()),
      held_until_(clock.monotonic()) {}

// A token is taken in advance, even one that is not there yet; whoever comes later waits longer.
// So the order is fair, and nobody wakes in vain.
Status Pacer::wait_turn(std::stop_token stop) {
  bool has_token = false;
  for (;;) {
    const std::chrono::milliseconds wait = next_wait(has_token);
    if (wait > options_.wait_max) {
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

std::chrono::milliseconds Pacer::next_wait(bool& has_token) {
  const std::lock_guard lock(mutex_);
  const Clock::Monotonic now = clock_.monotonic();
  if (held_until_ > now) {
    return std::chrono::ceil<std::chrono::milliseconds>(held_until_ - now);
  }
  if (has_token || !options_.requests_per_second) {
    has_token = true;
    return std::chrono::milliseconds(0);
  }
  const double rate = std::max(*options_.requests_per_second, 1e-6);
  const std::chrono::duration<double> idle = now - refilled_at_;
  tokens_ = std::min(tokens_ + idle.count() * rate, std::max(1.0, options_.burst));
  refilled_at_ = now;
  tokens_ -= 1;
  has_token = true;
  const double missing_seconds = std::max(0.0, -tokens_ / rate);
  return std::chrono::milliseconds(std::llround(std::ceil(missing_seconds * 1000)));
}

void Pacer::give_back(bool has_token) {
  const std::lock_guard lock(mutex_);
  tokens_ += has_token ? 1 : 0;
}

void Pacer::observe(const Response& response) {
  const Clock::Wall now = clock_.now();
  const Quota said = quota(response.headers, now);
  if (said.remaining == 0 && said.resets_at) {
    hold(milliseconds_until(*said.resets_at, now));
  }
}

void Pacer::hold(std::chrono::milliseconds duration) {
  const std::lock_guard lock(mutex_);
  held_until_ = std::max(held_until_, clock_.monotonic() + duration);
}

}  // namespace tendril
