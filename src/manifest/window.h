// Windows: a span of time cut into pieces that an API answers one by one.
#pragma once

#include <optional>

#include "data/instant.h"

namespace tendril {

// Both ends belong to the window.
struct Window {
  Instant start;
  Instant end;

  friend bool operator==(const Window&, const Window&) = default;
};

struct WindowPlan {
  Instant start;
  Instant end;
  // The longest window; nullopt: one window covers all.
  std::optional<Duration> step = std::nullopt;
  // The smallest difference between two times that the API tells apart. A window ends this much
  // before the next one starts, so that windows tile the span: no gap, nothing twice. Zero: windows
  // share their ends.
  Micros granularity = Micros(0);
  // The API refuses a window that ends where it starts.
  bool strictly_increasing = false;
};

// The windows of a plan, one after another; the last one ends where the plan does.
// Threads: one at a time.
class Windows {
 public:
  // REQUIRES: the step moves time forward.
  explicit Windows(WindowPlan plan);

  // Returns nullopt after the last.
  std::optional<Window> next();

 private:
  const WindowPlan plan_;
  std::optional<Instant> lower_;  // Of the next window.
};

}  // namespace tendril
