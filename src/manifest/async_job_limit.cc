#include "manifest/async_job_limit.h"

#include <utility>

namespace tendril {

void AsyncJobLimit::Slot::release() {
  if (limit_ == nullptr) {
    return;
  }
  const std::lock_guard lock(limit_->mutex_);
  ++limit_->free_;
  limit_->changed_.notify_one();
}

Result<AsyncJobLimit::Slot> AsyncJobLimit::acquire(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, std::move(stop), [this] { return free_ > 0; })) {
    return Error{ErrorCode::Cancelled, "cancelled while waiting for other jobs to end"};
  }
  --free_;
  return Slot(this);
}

}  // namespace tendril
