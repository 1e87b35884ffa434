// ClientPool: the HTTP clients of one source. Streams that use the same credentials in the same way
// share a client; those of one account share its pacing, whatever their client.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "connector/registry.h"
#include "connector/source.h"
#include "core/clock.h"
#include "core/limiter_pool.h"
#include "core/log.h"
#include "core/result.h"
#include "data/value.h"
#include "http/call_budget.h"
#include "http/client.h"
#include "http/transport.h"
#include "manifest/authentication.h"
#include "manifest/client_sharing.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/response_cache.h"

namespace tendril {

// Threads: safe to share. Clients live as long as the pool.
class ClientPool {
 public:
  // `waits` is the clock by which clients wait. All that `context` names, `log` and `waits` must
  // outlive the pool.
  ClientPool(AuthenticationContext context, Log& log, Clock& waits, ClientSharing sharing = {})
      : context_(context), log_(log), waits_(waits), own_limiters_(waits), sharing_(sharing) {}

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
  // One set of credentials.
  struct Credentials {
    std::string account;                   // See account_of().
    std::unique_ptr<Transport> transport;  // For the authenticator's own requests.
    std::unique_ptr<Authenticator> authenticator;
  };

  // Returns the credentials of that identity, made when there are none yet.
  Result<const Credentials*> credentials(const std::string& identity, const Node& requester,
                                         const Environment& environment);
  LimiterPool& limiters() {
    return sharing_.limiters == nullptr ? own_limiters_ : *sharing_.limiters;
  }

  const AuthenticationContext context_;
  Log& log_;
  ResponseCache cache_;
  Clock& waits_;
  LimiterPool own_limiters_;
  const ClientSharing sharing_;
  std::unique_ptr<CallBudget> budget_;  // Null: none is set.
  mutable std::mutex mutex_;
  std::map<std::string, Credentials> credentials_;          // Guarded by mutex_.
  std::map<std::string, std::unique_ptr<Client>> clients_;  // Guarded by mutex_.
};

}  // namespace tendril
