#include "core/standing_clock.h"

#include <utility>

namespace tendril {
namespace {

class StandingClock final : public Clock {
 public:
  explicit StandingClock(Wall now) : now_(now), real_(system_clock()) {}

  Wall now() const override { return now_; }
  Monotonic monotonic() const override { return real_->monotonic(); }
  bool sleep(std::chrono::milliseconds duration, std::stop_token stop) override {
    return real_->sleep(duration, std::move(stop));
  }

 private:
  const Wall now_;
  const std::unique_ptr<Clock> real_;
};

}  // namespace

std::unique_ptr<Clock> standing_clock(Clock::Wall now) {
  return std::make_unique<StandingClock>(now);
}

}  // namespace tendril
