// ClientPool: the HTTP clients of one source. Streams that use the same credentials in the same way
// share a client: its connections, its tokens and its pacing.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "connector/registry.h"
#include "connector/source.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "data/value.h"
#include "http/call_budget.h"
#include "http/client.h"
#include "manifest/authentication.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/response_cache.h"

namespace tendril {

// Threads: safe to share. Clients live as long as the pool.
class ClientPool {
 public:
  // `waits` is the clock by which clients wait. All that `context` names, `log` and `waits` must
  // outlive the pool.
  ClientPool(AuthenticationContext context, Log& log, Clock& waits)
      : context_(context), log_(log), waits_(waits) {}

  Clock& waits() const { return waits_; }

  // Holds all clients that are made from now on to one budget.
  void set_budget(std::unique_ptr<CallBudget> budget) { budget_ = std::move(budget); }

  // Returns the client for the credentials of a requester and this patience. `environment` must
  // outlive the pool's use.
  // Errors: InvalidConfig and Unsupported from the authenticator.
  Result<Client*> client(const Node& requester, const RetryPolicy& retry,
                         const Environment& environment);

  SourceCounters counters() const;

  // Of answers that several streams ask for.
  ResponseCache& cache() { return cache_; }

 private:
  // Returns the authenticator of that identity, made when there is none yet.
  Result<Authenticator*> authenticator(const std::string& identity, const Node& requester,
                                       const Environment& environment);

  const AuthenticationContext context_;
  Log& log_;
  ResponseCache cache_;
  Clock& waits_;
  std::unique_ptr<CallBudget> budget_;  // Null: none is set.
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Authenticator>> authenticators_;  // Guarded by mutex_.
  std::map<std::string, std::unique_ptr<Client>> clients_;                // Guarded by mutex_.
};

}  // namespace tendril
