#include "core/byte_budget.h"

namespace tendril {

ByteBudget::Lease ByteBudget::acquire(std::size_t bytes, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const bool fits = changed_.wait(
      lock, stop, [&] { return used_bytes_ == 0 || used_bytes_ + bytes <= capacity_bytes_; });
  if (!fits) {
    return {};
  }
  used_bytes_ += bytes;
  return {this, bytes};
}

std::size_t ByteBudget::used_bytes() const {
  const std::lock_guard lock(mutex_);
  return used_bytes_;
}

void ByteBudget::release(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  used_bytes_ -= bytes;
  changed_.notify_all();
}

}  // namespace tendril
