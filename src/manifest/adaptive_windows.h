// AdaptiveWindows: cuts one window into shorter ones while the API does not answer in time, and
// lets them grow back. Source: manifest component "AdaptiveWindow", an extension.
#pragma once

#include <optional>

#include "data/instant.h"
#include "data/value.h"
#include "manifest/stream_cursor.h"
#include "manifest/window.h"

namespace tendril {

// Calls: next(); then finish() if the window was read, or shrink() if it was not.
// Threads: one at a time.
class AdaptiveWindows {
 public:
  // `progress` is what progress() returned in the run that is gone on with, or null. Windows end
  // `granularity` before the next one starts.
  AdaptiveWindows(const AdaptiveStep& step, const Window& whole, Micros granularity,
                  const Value& progress);

  // The same again until finish() or shrink(); nullopt after the last.
  std::optional<Window> next() const;

  // The window was read: goes on after it, and lets the next one be twice as long.
  void finish();

  // Halves the window. False when it is at its floor, or was tried often enough.
  bool shrink();
  bool can_shrink() const;

  Value progress() const;

 private:
  const AdaptiveStep step_;
  const Window whole_;
  const Micros granularity_;
  std::optional<Instant> at_;  // Where the next window starts; nullopt: all were read.
  Micros span_;                // How long it may be.
  int tries_ = 0;              // That it failed.
};

}  // namespace tendril
