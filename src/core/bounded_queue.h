// BoundedQueue: hands items from one thread to another and makes the faster
// side wait, so that memory stays bounded: by a number of items, and by the bytes
// that a budget shared with other queues allows.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "core/byte_budget.h"
#include "core/check.h"

namespace tendril {

// Any number of producers and consumers. The order of one producer is kept.
template <class T>
class BoundedQueue {
 public:
  // What pop() yields: the bytes stay taken from the budget until `lease` goes.
  struct Item {
    T value;
    ByteBudget::Lease lease;
  };

  // `budget` must outlive the queue and its items.
  BoundedQueue(std::size_t capacity_items, ByteBudget& budget)
      : capacity_items_(capacity_items), budget_(budget) {
    CHECK(capacity_items > 0);
  }

  // Waits for room. Returns false, and drops `value`, when the queue is closed or
  // `stop` is requested while waiting.
  bool push(T value, std::size_t bytes, std::stop_token stop) {
    ByteBudget::Lease lease = budget_.acquire(bytes, stop);
    if (!lease) {
      return false;
    }
    std::unique_lock lock(mutex_);
    const bool woken =
        changed_.wait(lock, stop, [this] { return closed_ || items_.size() < capacity_items_; });
    if (!woken || closed_) {
      return false;
    }
    items_.push_back(Item{std::move(value), std::move(lease)});
    changed_.notify_all();
    return true;
  }

  // Waits for an item. Returns nullopt when the queue is closed and empty, or
  // `stop` is requested while waiting.
  std::optional<Item> pop(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    const bool woken = changed_.wait(lock, stop, [this] { return closed_ || !items_.empty(); });
    return woken ? take_first() : std::nullopt;
  }

  // As pop(), but gives up after `patience`; finished() tells that from the end.
  std::optional<Item> pop_for(std::chrono::milliseconds patience, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return closed_ || !items_.empty(); };
    const bool woken = changed_.wait_for(lock, stop, patience, ready);
    return woken ? take_first() : std::nullopt;
  }

  // True when nothing will come any more: closed and empty.
  bool finished() const {
    const std::lock_guard lock(mutex_);
    return closed_ && items_.empty();
  }

  // Lets consumers drain what is left and turns producers away. Idempotent.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  // REQUIRES: mutex_ is held.
  std::optional<Item> take_first() {
    if (items_.empty()) {
      return std::nullopt;
    }
    std::optional<Item> item(std::move(items_.front()));
    items_.pop_front();
    changed_.notify_all();
    return item;
  }

  const std::size_t capacity_items_;
  ByteBudget& budget_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Item> items_;  // Guarded by mutex_.
  bool closed_ = false;     // Guarded by mutex_.
};

}  // namespace tendril
