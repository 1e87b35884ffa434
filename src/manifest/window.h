// Windows: a span of time cut into pieces that an API answers one by one.
#pragma once

#include <optional>

#include "data/instant.h"
#include "manifest/clamping.h"

namespace tendril {

// Both ends belong to the window.
struct Window {
  Instant start;
  Instant end;

  friend bool operator==(const Window&, const Window&) = default;
};

struct WindowRules {
  // The longest window; nullopt: one window covers all.
  std::optional<Duration> step = std::nullopt;
  // The smallest difference between two times that the API tells apart. A window ends this much
  // before the next one starts, so that windows tile the span: no gap, nothing twice. Zero: windows
  // share their ends.
  Micros granularity = Micros(0);
  // The API refuses a window that ends where it starts.
  bool strictly_increasing = false;
  std::optional<Clamping> clamping = std::nullopt;
};

// A span that is to be read.
struct WindowPlan {
  Instant start;  // No window starts before this.
  Instant lower;
  Instant upper;
  // The span ends where the run does; else where one begins that was read before.
  bool upper_is_end = true;
};

// The windows of a plan, one after another, as the reference cuts them.
// Threads: one at a time.
class Windows {
 public:
  // REQUIRES: the step moves time forward.
  Windows(const WindowRules& rules, const WindowPlan& plan);

  // Returns nullopt after the last.
  std::optional<Window> next();

 private:
  Instant clamped(Instant time) const;
  Window whole();
  std::optional<Window> step_on();

  const WindowRules rules_;
  const WindowPlan plan_;
  std::optional<Instant> lower_;  // Of the next window.
  bool first_ = true;
};

}  // namespace tendril
