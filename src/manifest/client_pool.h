// ClientPool: the HTTP clients of one source. Streams that use the same credentials in the same way
// share a client: its connections, its tokens and its pacing.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "connector/registry.h"
#include "connector/source.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "data/value.h"
#include "http/client.h"
#include "manifest/authentication.h"
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

  // Returns the client for these credentials and this patience.
  // Errors: InvalidConfig and Unsupported from the authenticator.
  Result<Client*> client(const Node* authenticator, const RetryPolicy& retry);

  SourceCounters counters() const;

  // Of answers that several streams ask for.
  ResponseCache& cache() { return cache_; }

 private:
  const AuthenticationContext context_;
  Log& log_;
  ResponseCache cache_;
  Clock& waits_;
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Authenticator>> authenticators_;  // Guarded by mutex_.
  std::map<std::string, std::unique_ptr<Client>> clients_;                // Guarded by mutex_.
};

}  // namespace tendril
