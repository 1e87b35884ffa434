#include "sandbox/rate_limiter.h"

#include <algorithm>

namespace tendril {

RateState RateLimiter::count(const LimitPlan& plan, std::string_view credential,
                             std::uint64_t limit, Take take) {
  const auto now_s =
      std::chrono::duration_cast<std::chrono::seconds>(clock_.now().time_since_epoch()).count();
  if (!plan.enabled) {
    return RateState{.limit = limit, .reset_s = now_s + plan.window.count()};
  }
  const std::lock_guard lock(mutex_);
  Window& window = windows_[std::pair(plan.name, std::string(credential))];
  if (now_s >= window.end_s) {
    window = Window{now_s + plan.window.count(), 0};
  }
  RateState state{.limit = limit, .reset_s = window.end_s, .retry_after_s = window.end_s - now_s};
  if (take == Take::One) {
    state.exceeded = window.used >= limit;
    window.used += state.exceeded ? 0 : 1;
  }
  state.used = std::min(window.used, limit);
  return state;
}

void RateLimiter::give_back(const LimitPlan& plan, std::string_view credential) {
  const std::lock_guard lock(mutex_);
  const auto found = windows_.find(std::pair(plan.name, std::string(credential)));
  if (found != windows_.end() && found->second.used > 0) {
    --found->second.used;
  }
}

void set_rate_facts(Facts& facts, const std::string& name, const RateState& state) {
  facts.set("rate.name", name);
  facts.set_number("rate.limit", static_cast<std::int64_t>(state.limit));
  facts.set_number("rate.remaining", static_cast<std::int64_t>(state.remaining()));
  facts.set_number("rate.used", static_cast<std::int64_t>(state.used));
  facts.set_number("rate.reset", state.reset_s);
  facts.set_number("rate.retry_after", state.retry_after_s);
}

}  // namespace tendril
