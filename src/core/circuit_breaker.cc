#include "core/circuit_breaker.h"

#include <algorithm>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "core/check.h"

namespace tendril {

using std::chrono::ceil;
using std::chrono::milliseconds;

CircuitBreaker::Permit::~Permit() {
  if (breaker_ != nullptr && is_probe_) {
    breaker_->abandon();
  }
}

CircuitBreaker::Report CircuitBreaker::Permit::succeed() {
  CHECK(breaker_ != nullptr);
  return std::exchange(breaker_, nullptr)->alive();
}

CircuitBreaker::Report CircuitBreaker::Permit::fail() {
  CHECK(breaker_ != nullptr);
  return std::exchange(breaker_, nullptr)->broken(is_probe_);
}

Status CircuitBreaker::wait(milliseconds patience, std::stop_token stop) {
  for (;;) {
    milliseconds pause{0};
    {
      std::unique_lock lock(mutex_);
      const Clock::Monotonic now = clock_.monotonic();
      if (state_ == State::Closed || (state_ == State::Open && now >= probe_at_)) {
        return {};
      }
      const bool is_probing = state_ == State::Probing;
      pause = is_probing ? options_.open_first : ceil<milliseconds>(probe_at_ - now);
      if (ceil<milliseconds>(now - opened_at_) + (is_probing ? milliseconds(0) : pause) >
          patience) {
        return closed_door(pause, failures_);
      }
      if (is_probing) {
        if (!probed_.wait(lock, stop, [this] { return state_ != State::Probing; })) {
          return Error{ErrorCode::Cancelled, "cancelled while waiting for " + server_};
        }
        continue;
      }
    }
    if (!clock_.sleep(pause, stop)) {
      return Error{ErrorCode::Cancelled, "cancelled while waiting for " + server_};
    }
  }
}

std::optional<CircuitBreaker::Permit> CircuitBreaker::enter() {
  const std::lock_guard lock(mutex_);
  switch (state_) {
    case State::Closed: return Permit(this, false);
    case State::Probing: return std::nullopt;
    case State::Open: break;
  }
  if (clock_.monotonic() < probe_at_) {
    return std::nullopt;
  }
  state_ = State::Probing;
  return Permit(this, true);
}

bool CircuitBreaker::is_open() const {
  const std::lock_guard lock(mutex_);
  return state_ != State::Closed;
}

std::int64_t CircuitBreaker::openings() const {
  const std::lock_guard lock(mutex_);
  return openings_;
}

CircuitBreaker::Report CircuitBreaker::alive() {
  const std::lock_guard lock(mutex_);
  const bool was_open = state_ != State::Closed;
  state_ = State::Closed;
  failures_ = 0;
  probes_failed_ = 0;
  probed_.notify_all();
  return {.change = was_open ? Change::Closed : Change::None};
}

CircuitBreaker::Report CircuitBreaker::broken(bool is_probe) {
  const std::lock_guard lock(mutex_);
  const Clock::Monotonic now = clock_.monotonic();
  if (failures_ == 0) {
    first_failure_at_ = now;
  }
  ++failures_;
  if (is_probe && state_ == State::Probing) {
    ++probes_failed_;
    const milliseconds open_for =
        std::min(options_.open_first * (1 << std::min(probes_failed_, 16)), options_.open_longest);
    state_ = State::Open;
    probe_at_ = now + open_for;
    probed_.notify_all();
    return {.change = Change::StaysOpen, .failures = failures_, .open_for = open_for};
  }
  // Of requests that were under way when it opened nothing new is learnt.
  if (state_ != State::Closed || failures_ < options_.failures_min ||
      now - first_failure_at_ < options_.span) {
    return {.failures = failures_};
  }
  state_ = State::Open;
  ++openings_;
  opened_at_ = now;
  probe_at_ = now + options_.open_first;
  return {.change = Change::Opened, .failures = failures_, .open_for = options_.open_first};
}

// The probe is still due: whoever comes next sends it.
void CircuitBreaker::abandon() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::Probing) {
    state_ = State::Open;
    probed_.notify_all();
  }
}

Error CircuitBreaker::closed_door(milliseconds wait, int failures) const {
  const std::time_t probe_at = static_cast<std::time_t>(
      ceil<std::chrono::seconds>((clock_.now() + wait).time_since_epoch()).count());
  return Error{ErrorCode::Unavailable,
               fmt::format("{} is out of order, nothing is sent to it before the next probe at "
                           "{:%Y-%m-%dT%H:%M:%S}Z: {} requests in a row failed",
                           server_, fmt::gmtime(probe_at), failures),
               wait};
}

}  // namespace tendril
