// ByteBudget: one limit on the bytes that all queues of a run hold together, so
// that memory is flat whatever the number of streams or their length.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>
#include <utility>

namespace tendril {

// Threads: safe to share. Must outlive its leases.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  // Bytes taken out of the budget, given back by the destructor.
  class Lease {
   public:
    Lease() = default;
    Lease(Lease&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    Lease& operator=(Lease&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Lease() {
      if (budget_ != nullptr) {
        budget_->release(bytes_);
      }
    }

    std::size_t bytes() const { return bytes_; }
    explicit operator bool() const { return budget_ != nullptr; }

   private:
    friend class ByteBudget;
    Lease(ByteBudget* budget, std::size_t bytes) : budget_(budget), bytes_(bytes) {}

    ByteBudget* budget_ = nullptr;
    std::size_t bytes_ = 0;
  };

  // Waits until `bytes` fit. An item larger than the whole budget gets in alone, so
  // that it can not block for ever. Returns an empty lease when `stop` is requested.
  Lease acquire(std::size_t bytes, std::stop_token stop);

  std::size_t capacity_bytes() const { return capacity_bytes_; }
  std::size_t used_bytes() const;

 private:
  void release(std::size_t bytes);

  const std::size_t capacity_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t used_bytes_ = 0;  // Guarded by mutex_.
};

}  // namespace tendril
