#include "core/clock.h"

#include <condition_variable>
#include <mutex>

namespace tendril {
namespace {

class SystemClock final : public Clock {
 public:
  Wall now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
  }

  Monotonic monotonic() const override { return std::chrono::steady_clock::now(); }

  bool sleep(std::chrono::milliseconds duration, std::stop_token stop) override {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, duration, [] { return false; });
    return !stop.stop_requested();
  }
};

}  // namespace

std::unique_ptr<Clock> system_clock() { return std::make_unique<SystemClock>(); }

}  // namespace tendril
