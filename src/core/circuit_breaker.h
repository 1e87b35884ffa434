// CircuitBreaker: keeps many threads from beating on a server that is down. After enough failures
// in a row it opens: nobody sends until one probe, let through every now and then, finds the server
// alive. It knows nothing of any protocol.
// Source: Nygard, "Release It!", 2007, the pattern "Circuit Breaker".
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "core/clock.h"
#include "core/error.h"
#include "core/result.h"

namespace tendril {

struct BreakerOptions {
  // So many failures in a row open it, the last of them at least `span` after the first: one lost
  // connection that many requests shared is not an outage.
  int failures_min = 10;
  std::chrono::milliseconds span{1'000};
  // How long it stays open before a probe; twice as long after each that failed.
  std::chrono::milliseconds open_first{15'000};
  std::chrono::milliseconds open_longest{120'000};
};

// Threads: safe to share. Must outlive its permits.
class CircuitBreaker {
 public:
  enum class Change {
    None,
    Opened,
    StaysOpen,  // A probe failed.
    Closed,     // A probe, or a late answer, found the server alive.
  };

  // What came of an outcome that was reported.
  struct Report {
    Change change = Change::None;
    int failures = 0;                       // In a row, so far.
    std::chrono::milliseconds open_for{0};  // Until the next probe; of Opened and StaysOpen.
  };

  // The right to send one request. One that goes without an outcome, as after a cancel, leaves a
  // probe to somebody else.
  class Permit {
   public:
    Permit(Permit&& other) noexcept
        : breaker_(std::exchange(other.breaker_, nullptr)), is_probe_(other.is_probe_) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit();

    // The server is alive, whatever it answered. REQUIRES: no outcome was reported yet.
    Report succeed();
    // There was no answer, or one that says the server is broken. REQUIRES: as succeed().
    Report fail();

   private:
    friend class CircuitBreaker;
    Permit(CircuitBreaker* breaker, bool is_probe) : breaker_(breaker), is_probe_(is_probe) {}

    CircuitBreaker* breaker_;
    bool is_probe_;
  };

  // `server` is how errors name it: "https://api.example.com".
  CircuitBreaker(std::string server, BreakerOptions options, Clock& clock)
      : server_(std::move(server)), options_(options), clock_(clock) {}

  // Waits until a request may be worth sending. Returns at once while closed.
  // Errors: Unavailable, naming the server and the time of the next probe, when the outage would
  //   last longer than `patience` by then; Cancelled.
  Status wait(std::chrono::milliseconds patience, std::stop_token stop);

  // Returns nullopt when it is open, or half open with the probe under way; never waits.
  std::optional<Permit> enter();

  bool is_open() const;

  // How often it has opened.
  std::int64_t openings() const;

 private:
  enum class State { Closed, Open, Probing };

  Report alive();
  Report broken(bool is_probe);
  void abandon();
  Error closed_door(std::chrono::milliseconds wait, int failures) const;

  const std::string server_;
  const BreakerOptions options_;
  Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable_any probed_;
  State state_ = State::Closed;  // Guarded by mutex_, as are all below.
  int failures_ = 0;             // In a row.
  int probes_failed_ = 0;        // Since it opened.
  std::int64_t openings_ = 0;
  Clock::Monotonic first_failure_at_{};
  Clock::Monotonic opened_at_{};  // The first time in this outage.
  Clock::Monotonic probe_at_{};
};

}  // namespace tendril
