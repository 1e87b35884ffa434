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

void observe_quota(const Headers& headers, const Clock& clock, Limiter& limiter) {
  const Clock::Wall now = clock.now();
  const Quota said = quota(headers, now);
  if (said.remaining == 0 && said.resets_at) {
    limiter.hold(milliseconds_until(*said.resets_at, now));
  }
}

}  // namespace tendril
