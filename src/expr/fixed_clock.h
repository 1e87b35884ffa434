// FixedClock: a clock for the tests of templates that stands at 2024-01-02T03:04:05.678901Z.
#pragma once

#include "core/clock.h"
#include "data/instant.h"

namespace tendril {

class FixedClock : public Clock {
 public:
  Wall now() const override { return instant_from_micros(1'704'164'645'678'901); }
  Monotonic monotonic() const override { return {}; }
  bool sleep(std::chrono::milliseconds, std::stop_token) override { return true; }
};

}  // namespace tendril
