#include "manifest/window.h"

#include <algorithm>

#include "core/check.h"

namespace tendril {

Windows::Windows(const WindowRules& rules, const WindowPlan& plan) : rules_(rules), plan_(plan) {
  const bool has_unit = rules_.granularity > Micros(0);
  const bool is_point = plan_.lower == plan_.upper;
  if (plan_.lower > plan_.upper || (is_point && !has_unit) || plan_.upper < plan_.start) {
    return;
  }
  // Clamped first: a step shorter than a period would else never leave it.
  const Instant lower = clamped(std::max(plan_.lower, plan_.start));
  const bool reads_point = plan_.upper_is_end && !rules_.strictly_increasing;
  if (lower > plan_.upper || (lower == plan_.upper && !reads_point)) {
    return;
  }
  CHECK(!rules_.step || add(lower, *rules_.step) > lower);
  lower_ = lower;
}

Instant Windows::clamped(Instant time) const {
  return rules_.clamping ? rules_.clamping->ceiling(time) : time;
}

// What is left, in one window.
Window Windows::whole() {
  const bool has_unit = rules_.granularity > Micros(0);
  // With a unit, the end of the run is the last unit to read; clamping would go past it.
  const Instant upper = plan_.upper_is_end && has_unit ? plan_.upper : clamped(plan_.upper);
  const Window window{*lower_, plan_.upper_is_end ? upper : upper - rules_.granularity};
  lower_.reset();
  return window;
}

std::optional<Window> Windows::step_on() {
  const Instant start = clamped(*lower_);
  const Instant next = std::min(add(*lower_, *rules_.step), plan_.upper);
  const Instant upper = next == plan_.upper ? next : clamped(next);
  // A border that falls onto the end, or beyond it, ends the last window.
  const bool is_last = next == plan_.upper || upper == plan_.upper;
  lower_.reset();
  if (start >= upper) {
    return std::nullopt;
  }
  if (!is_last) {
    lower_ = upper;
  }
  const bool keeps_end = is_last && plan_.upper_is_end;
  return Window{start, keeps_end ? upper : upper - rules_.granularity};
}

std::optional<Window> Windows::next() {
  if (!lower_) {
    return std::nullopt;
  }
  const bool is_first = first_;
  first_ = false;
  const bool covers_all = !rules_.step || add(*lower_, *rules_.step) >= plan_.upper;
  return is_first && covers_all ? whole() : step_on();
}

}  // namespace tendril
