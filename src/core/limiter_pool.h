// LimiterPool: the limiters and breakers of a process. All that talks to one server shares its
// breaker, and all that does so for one account its limiter: slices, streams, logins, and other
// connections of the same process. It knows nothing of any protocol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "core/circuit_breaker.h"
#include "core/clock.h"
#include "core/limiter.h"

namespace tendril {

// Threads: safe to share.
class LimiterPool {
 public:
  // Of limiters and of breakers; beyond it, those that nobody uses are forgotten.
  static constexpr std::size_t kKeptMax = 4'096;

  // `clock` must outlive all that the pool has handed out.
  explicit LimiterPool(Clock& clock, BreakerOptions breaker = {})
      : clock_(clock), breaker_options_(breaker) {}

  // `server` is an origin ("https://api.example.com"), `account` whatever tells accounts apart
  // without being a secret. Options that are stricter than those of before hold for all.
  // Shared by the pool and those who asked for it.
  std::shared_ptr<Limiter> limiter(const std::string& server, const std::string& account,
                                   const LimiterOptions& options);
  std::shared_ptr<CircuitBreaker> breaker(const std::string& server);

 private:
  using Account = std::pair<std::string, std::string>;  // Server and account.

  Clock& clock_;
  const BreakerOptions breaker_options_;
  std::mutex mutex_;
  std::map<Account, std::shared_ptr<Limiter>> limiters_;             // Guarded by mutex_.
  std::map<std::string, std::shared_ptr<CircuitBreaker>> breakers_;  // Guarded by mutex_.
};

}  // namespace tendril
