#include "manifest/client_pool.h"

#include <utility>

#include "manifest/stream_slice.h"

namespace tendril {

Result<Client*> ClientPool::client(const Node* authenticator, const RetryPolicy& retry) {
  // The same resolved component means the same credentials, whatever stream it stands in.
  const std::string identity =
      authenticator == nullptr ? "" : canonical_json(to_value(*authenticator));
  const std::string key = std::to_string(retry.attempts_max) + " " + identity;
  const std::lock_guard lock(mutex_);
  if (const auto found = clients_.find(key); found != clients_.end()) {
    return found->second.get();
  }
  std::unique_ptr<Authenticator>& credentials = authenticators_[identity];
  if (credentials == nullptr) {
    credentials = TRY(authenticator_of(authenticator, context_));
  }
  ClientOptions options;
  options.retry = retry;
  options.jitter_seed =
      static_cast<std::uint64_t>(context_.clock.monotonic().time_since_epoch().count());
  auto made = std::make_unique<Client>(context_.transport, *credentials, waits_, log_,
                                       std::move(options));
  return clients_.emplace(key, std::move(made)).first->second.get();
}

SourceCounters ClientPool::counters() const {
  SourceCounters total;
  const std::lock_guard lock(mutex_);
  for (const auto& [key, client] : clients_) {
    const ClientCounters counters = client->counters();
    total.requests += counters.requests;
    total.retries += counters.retries;
    total.bytes_received += counters.bytes_received;
  }
  return total;
}

}  // namespace tendril
