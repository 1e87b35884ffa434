#include "manifest/client_pool.h"

#include <string_view>
#include <utility>

#include "http/paced_transport.h"
#include "manifest/account.h"
#include "manifest/stream_slice.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

// Takes the "$parameters" out of every component.
void drop_parameters(Value& tree) {
  if (List* list = tree.as_list()) {
    for (Value& item : *list) {
      drop_parameters(item);
    }
  }
  if (Map* map = tree.as_map()) {
    map->erase("$parameters");
    for (auto& [name, member] : map->members()) {
      drop_parameters(member);
    }
  }
}

// True when a template in the text looks at the parameters of its component.
bool looks_at_parameters(std::string_view text) {
  for (const std::string_view name : {"parameters", "options"}) {
    for (std::size_t at = text.find(name); at != std::string_view::npos;
         at = text.find(name, at + 1)) {
      const std::size_t next = at + name.size();
      if (next < text.size() && (text[next] == '[' || text[next] == '.')) {
        return true;
      }
    }
  }
  return false;
}

// What makes credentials the same in whatever stream they stand: all of the resolved component but
// the stream's parameters, unless a template looks at those.
std::string identity_of(const Node& requester) {
  const Node* authenticator = requester.find("authenticator");
  if (authenticator == nullptr) {
    return "";
  }
  Value tree = to_value(*authenticator);
  std::string whole = canonical_json(tree);
  drop_parameters(tree);
  std::string identity = canonical_json(tree);
  if (looks_at_parameters(identity)) {
    identity = std::move(whole);
  }
  // This kind logs in below the requester's own address.
  if (identity.find("LegacySessionTokenAuthenticator") != std::string::npos) {
    const Node* base = requester.find(requester.find("url") != nullptr ? "url" : "url_base");
    identity += base == nullptr ? "" : plain_text(base->scalar);
  }
  return identity;
}

}  // namespace

Result<const ClientPool::Credentials*> ClientPool::credentials(const std::string& identity,
                                                               const Node& requester,
                                                               const Environment& environment) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = credentials_.find(identity); found != credentials_.end()) {
      return &found->second;
    }
  }
  // Made without the lock, for an authenticator may need a client of its own. When two threads make
  // the same one, the first to come back wins.
  Credentials made;
  made.account = account_of(requester, context_.config, context_.clock);
  made.transport = paced_transport(context_.transport, limiters(), made.account);
  const AuthenticationContext context{.config = context_.config,
                                      .transport = *made.transport,
                                      .clock = context_.clock,
                                      .redactor = context_.redactor,
                                      .save = context_.save,
                                      .environment = &environment,
                                      .waits = &waits_,
                                      .requester = &requester};
  made.authenticator = TRY(authenticator_of(requester.find("authenticator"), context));
  const std::lock_guard lock(mutex_);
  return &credentials_.emplace(identity, std::move(made)).first->second;
}

Result<Client*> ClientPool::client(const Node& requester, const RetryPolicy& retry,
                                   const Environment& environment) {
  const std::string identity = identity_of(requester);
  const std::string key = std::to_string(retry.attempts_max) + " " + identity;
  const Credentials* const used = TRY(credentials(identity, requester, environment));
  const std::lock_guard lock(mutex_);
  if (const auto found = clients_.find(key); found != clients_.end()) {
    return found->second.get();
  }
  const ClientOptions options{.retry = retry,
                              .jitter_seed = static_cast<std::uint64_t>(
                                  context_.clock.monotonic().time_since_epoch().count()),
                              .account = used->account,
                              .limiters = &limiters(),
                              .budget = budget_.get(),
                              .cache = sharing_.cache,
                              .observer = sharing_.observer};
  auto made =
      std::make_unique<Client>(context_.transport, *used->authenticator, waits_, log_, options);
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
    for (std::size_t i = 0; i < total.answers.size(); ++i) {
      total.answers[i] += counters.answers[i];
    }
    total.not_modified += counters.not_modified;
    total.breaker_openings += counters.breaker_openings;
    total.waited_for_rate_limit += counters.waited_for_rate_limit;
    total.waited_to_retry += counters.waited_to_retry;
    total.waited_for_breaker += counters.waited_for_breaker;
  }
  return total;
}

}  // namespace tendril
