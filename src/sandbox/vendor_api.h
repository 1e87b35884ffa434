// VendorApi: answers requests as the vendor would: credentials, limits, rows, pages, errors.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "sandbox/exchange.h"
#include "sandbox/parameters.h"
#include "sandbox/rate_limiter.h"
#include "sandbox/simulation.h"

namespace tendril {

// Threads: safe to share.
class VendorApi {
 public:
  // Both must outlive the API. `limits` are those of the definition with the user's changes.
  VendorApi(const Simulation& simulation, std::vector<LimitPlan> limits, const Clock& clock)
      : simulation_(simulation), limits_(std::move(limits)), limiter_(clock) {}

  ApiResponse answer(const ApiRequest& request);

  std::uint64_t answered() const { return answered_; }

 private:
  struct Exchange;

  ApiResponse answer_checked(Exchange& exchange, const Simulation::View& view);
  const ErrorAnswer* check_headers(const Exchange& exchange) const;
  const ErrorAnswer* authenticate(Exchange& exchange) const;
  const ErrorAnswer* count_request(Exchange& exchange);
  const ErrorAnswer* check_permission(const Exchange& exchange) const;
  void match_route(Exchange& exchange) const;
  const ErrorAnswer* find_rows(Exchange& exchange, const Simulation::View& view) const;
  ApiResponse answer_list(Exchange& exchange, const Simulation::View& view) const;
  ApiResponse answer_one(Exchange& exchange, const Simulation::View& view) const;
  ApiResponse refuse(Exchange& exchange, const Refusal& refusal,
                     const Simulation::View& view) const;
  void finish(Exchange& exchange, ApiResponse& response, const Simulation::View& view);
  bool unchanged(const Exchange& exchange, ApiResponse& response) const;
  std::uint64_t limit_of(const LimitPlan& plan, const CredentialPlan* credential) const;

  const Simulation& simulation_;
  std::vector<LimitPlan> limits_;
  RateLimiter limiter_;
  std::atomic<std::uint64_t> answered_ = 0;
};

// Errors: InvalidConfig for a change such as "core=x" or a limit that is not there.
Result<std::vector<LimitPlan>> change_limits(std::vector<LimitPlan> limits,
                                             const std::vector<std::string>& changes);

}  // namespace tendril
