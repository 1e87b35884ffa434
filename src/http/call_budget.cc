#include "http/call_budget.h"

#include <algorithm>
#include <cmath>

#include "http/date_text.h"

namespace tendril {
namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;

class MovingWindow final : public CallLimit {
 public:
  explicit MovingWindow(std::vector<CallRate> rates) : rates_(std::move(rates)) {}

  milliseconds take(std::int64_t weight, Clock::Wall now) override {
    forget(now);
    milliseconds wait{0};
    for (const CallRate& rate : rates_) {
      wait = std::max(wait, wait_for(rate, weight, now));
    }
    if (wait.count() == 0) {
      calls_.emplace_back(now, weight);
    }
    return wait;
  }

  // Without a reset, "none left" counts as all calls of this moment.
  void observe(const CallAllowance& said, Clock::Wall now) override {
    if (said.calls_left != 0 || said.resets_at) {
      return;
    }
    std::int64_t left = weight_max();
    for (const CallRate& rate : rates_) {
      left = std::min(left, rate.calls - used(rate, now));
    }
    if (left > 0) {
      calls_.emplace_back(now, left);
    }
  }

  std::int64_t weight_max() const override {
    return std::min_element(rates_.begin(), rates_.end(),
                            [](const auto& a, const auto& b) { return a.calls < b.calls; })
        ->calls;
  }

 private:
  std::int64_t used(const CallRate& rate, Clock::Wall now) const {
    std::int64_t sum = 0;
    for (const auto& [when, weight] : calls_) {
      sum += now - when < rate.interval ? weight : 0;
    }
    return sum;
  }

  // How long until enough of the calls in the window are out of it.
  milliseconds wait_for(const CallRate& rate, std::int64_t weight, Clock::Wall now) const {
    std::int64_t sum = used(rate, now);
    for (const auto& [when, taken] : calls_) {
      if (sum + weight <= rate.calls) {
        break;
      }
      if (now - when < rate.interval) {
        sum -= taken;
        if (sum + weight <= rate.calls) {
          return std::max(ceil<milliseconds>(when + rate.interval - now), milliseconds(1));
        }
      }
    }
    return milliseconds(0);
  }

  void forget(Clock::Wall now) {
    std::chrono::microseconds longest{0};
    for (const CallRate& rate : rates_) {
      longest = std::max(longest, rate.interval);
    }
    while (!calls_.empty() && now - calls_.front().first >= longest) {
      calls_.pop_front();
    }
  }

  const std::vector<CallRate> rates_;
  std::deque<std::pair<Clock::Wall, std::int64_t>> calls_;  // When and how many, oldest first.
};

class FixedWindow final : public CallLimit {
 public:
  explicit FixedWindow(CallRate rate) : rate_(rate) {}

  milliseconds take(std::int64_t weight, Clock::Wall now) override {
    if (!ends_at_ || now >= *ends_at_) {
      ends_at_ = now + rate_.interval;
      taken_ = 0;
    }
    if (taken_ + weight > rate_.calls) {
      return std::max(ceil<milliseconds>(*ends_at_ - now), milliseconds(1));
    }
    taken_ += weight;
    return milliseconds(0);
  }

  void observe(const CallAllowance& said, Clock::Wall now) override {
    if (said.calls_left) {
      taken_ = std::max(taken_, rate_.calls - *said.calls_left);
    }
    if (said.resets_at && *said.resets_at > now) {
      ends_at_ = said.resets_at;
    }
  }

  std::int64_t weight_max() const override { return rate_.calls; }

 private:
  const CallRate rate_;
  std::int64_t taken_ = 0;
  std::optional<Clock::Wall> ends_at_;  // Nullopt: no call so far.
};

}  // namespace

std::unique_ptr<CallLimit> moving_window(std::vector<CallRate> rates) {
  return std::make_unique<MovingWindow>(std::move(rates));
}

std::unique_ptr<CallLimit> fixed_window(CallRate rate) {
  return std::make_unique<FixedWindow>(rate);
}

Status CallBudget::wait_turn(const Request& request, std::stop_token stop) {
  for (const Policy& policy : policies_) {
    const std::optional<std::int64_t> weight = policy.weigh(request);
    if (!weight) {
      continue;
    }
    if (policy.limit == nullptr) {
      return {};
    }
    if (*weight > policy.limit->weight_max()) {
      return Error{ErrorCode::InvalidConfig, place_of(request) +
                                                 ": the request weighs more than its rate limit "
                                                 "allows: " +
                                                 std::to_string(*weight)};
    }
    for (;;) {
      milliseconds wait{0};
      {
        const std::lock_guard lock(mutex_);
        wait = policy.limit->take(*weight, clock_.now());
      }
      if (wait.count() == 0) {
        return {};
      }
      if (!clock_.sleep(wait, stop)) {
        return Error{ErrorCode::Cancelled,
                     place_of(request) + ": cancelled while waiting for the rate limit"};
      }
    }
  }
  return {};
}

void CallBudget::observe(const Request& request, const Response& response) {
  const auto policy = std::find_if(policies_.begin(), policies_.end(), [&](const Policy& each) {
    return each.weigh(request).has_value();
  });
  if (policy == policies_.end() || policy->limit == nullptr) {
    return;
  }
  const Clock::Wall now = clock_.now();
  CallAllowance said;
  if (const auto text = response.headers.find(signs_.remaining_header)) {
    if (const std::optional<double> number = parse_number(*text)) {
      said.calls_left = std::llround(std::clamp(*number, 0.0, 1e15));
    }
  }
  if (!said.calls_left && signs_.exhausted_statuses.contains(response.status)) {
    said.calls_left = 0;
  }
  if (const auto text = response.headers.find(signs_.reset_header)) {
    said.resets_at = parse_moment(*text, now);
  }
  const std::lock_guard lock(mutex_);
  policy->limit->observe(said, now);
}

}  // namespace tendril
