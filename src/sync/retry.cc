#include "sync/retry.h"

#include <algorithm>

namespace tendril {

bool Retry::wait(const Error& error, std::stop_token stop) {
  if (!is_retryable(error.code) || retries_ == kRetriesMax || stop.stop_requested()) {
    return false;
  }
  const auto ceiling = std::min(kFirstDelay * (1 << retries_), kLongestDelay);
  ++retries_;
  const std::chrono::milliseconds jitter(
      random_.below(static_cast<std::uint64_t>(ceiling.count()) + 1));
  const auto asked = error.retry_after.value_or(std::chrono::milliseconds(0));
  return clock_.sleep(std::max(asked, std::chrono::milliseconds(0)) + jitter, std::move(stop));
}

}  // namespace tendril
