// AsyncJobLimit: how many jobs of one source may run at the API at once.
// Source: manifest field "max_concurrent_async_job_count".
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

#include "core/result.h"

namespace tendril {

// Threads: safe to share.
class AsyncJobLimit {
 public:
  // The right to run one job; given back when destroyed.
  class Slot {
   public:
    explicit Slot(AsyncJobLimit* limit) : limit_(limit) {}
    ~Slot() { release(); }
    Slot(Slot&& other) noexcept : limit_(other.limit_) { other.limit_ = nullptr; }
    Slot& operator=(Slot&&) = delete;

   private:
    void release();

    AsyncJobLimit* limit_;  // Null: nothing to give back.
  };

  explicit AsyncJobLimit(std::int64_t jobs_max) : free_(jobs_max < 1 ? 1 : jobs_max) {}

  // Waits until fewer jobs run. Errors: Cancelled.
  Result<Slot> acquire(std::stop_token stop);

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::int64_t free_;  // Guarded by mutex_.
};

}  // namespace tendril
