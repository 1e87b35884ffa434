// Retry: decides whether and when something that a source failed to do is tried again.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>

#include "core/clock.h"
#include "core/error.h"
#include "core/random.h"

namespace tendril {

// Threads: one at a time.
class Retry {
 public:
  static constexpr int kRetriesMax = 3;
  static constexpr std::chrono::milliseconds kFirstDelay{1'000};
  static constexpr std::chrono::milliseconds kLongestDelay{30'000};

  // `clock` must outlive the retry.
  Retry(Clock& clock, std::uint64_t seed) : clock_(clock), random_(seed) {}

  // Returns true after a wait when `error` is worth another try: what the server asked for, and a
  // random part of a delay that doubles, so that many slices do not come back at once. Returns
  // false when it is not, when all tries are used up, or when `stop` is requested.
  bool wait(const Error& error, std::stop_token stop);

  // Something was gained since the last fault: all tries are there again.
  void reset() { retries_ = 0; }

  int retries() const { return retries_; }

 private:
  Clock& clock_;
  Random random_;
  int retries_ = 0;
};

}  // namespace tendril
