// Client: sends a request as often as it takes: credentials, pacing, retries with back-off, and
// a verdict on every answer. One client serves all threads of a connection to one API.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "core/clock.h"
#include "core/limiter_pool.h"
#include "core/log.h"
#include "core/random.h"
#include "core/result.h"
#include "http/authenticator.h"
#include "http/call_budget.h"
#include "http/http_cache.h"
#include "http/message.h"
#include "http/request_observer.h"
#include "http/transport.h"

namespace tendril {

// How often and how long to try again (P5).
struct RetryPolicy {
  int attempts_max = 6;  // The first one counts.
  std::chrono::milliseconds backoff_base{500};
  std::chrono::milliseconds backoff_cap{60'000};
  // No attempt starts later than this after the first; waits for a rate limit do not count.
  std::chrono::milliseconds deadline{600'000};
};

// Returns a random wait in [0, min(cap, base × 2^attempt)], attempt counted from 0.
// Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 (full jitter).
std::chrono::milliseconds full_jitter(const RetryPolicy& policy, int attempt, Random& random);

// What to do with an answer, or with the failure to get one.
struct Verdict {
  enum class Action {
    Accept,        // Hand the response to the caller.
    Retry,         // Try again with back-off, while the policy allows.
    RateLimited,   // Try again after a wait that does not count as an attempt's fault.
    Renew,         // Renew the credentials and try again, once; Fail where they can not be.
    RenewOrRetry,  // The same; Retry where they can not be.
    Restart,       // Hand the response to the caller, who asks for the first page again.
    Ignore,        // Hand the response to the caller, who treats it as empty.
    Fail,          // Give up.
  };

  Action action = Action::Accept;
  // How long to wait before the next attempt; nullopt: Retry-After if sent, else back-off.
  std::optional<std::chrono::milliseconds> wait = std::nullopt;
  // What Fail, or a retry that was the last, reports. Its code decides what the engine does.
  std::optional<Error> error = std::nullopt;
};

// Judges the outcome of attempt number `attempt` (from 0). Exactly one of response and error
// is set.
struct Outcome {
  const Response* response = nullptr;
  const Error* error = nullptr;
  int attempt = 0;
};
using Judge = std::function<Verdict(const Outcome&)>;

// The usual rules: 2xx and 3xx are accepted; 429 is RateLimited; 401 Renew, then Fail as
// Unauthenticated; 403 with an exhausted quota RateLimited, else Fail as PermissionDenied; 404 and
// 410 Fail as NotFound; 408, 425, 5xx and transport errors Retry as Unavailable; other 4xx Fail
// as BadData. Messages name method, origin and path, status, and up to 200 bytes of the body.
Verdict judge_by_status(const Request& request, const Outcome& outcome, Clock::Wall now);

// The error that an answer stands for, as judge_by_status() words it.
Error error_of(const Request& request, const Response& response);

struct ClientOptions {
  RetryPolicy retry = {};
  LimiterOptions pacing = {};
  // How old an outage of the server may be before requests fail at once rather than wait for a
  // probe; see CircuitBreaker.
  std::chrono::milliseconds outage_patience{120'000};
  std::uint64_t jitter_seed = 0;
  // Tells the accounts of a server apart, and is no secret: see fingerprint().
  std::string account = {};
  // Shared with other clients; must outlive them. All but the account may be left out.
  LimiterPool* limiters = nullptr;  // Null: one of the client's own.
  CallBudget* budget = nullptr;
  HttpCache* cache = nullptr;
  RequestObserver* observer = nullptr;
};

// What a client did so far; read by progress bars and reports.
struct ClientCounters {
  std::int64_t requests = 0;
  std::int64_t retries = 0;
  std::int64_t bytes_received = 0;
  // By the hundreds of the status, those the server sent: [2] counts 2xx and [3] "not modified";
  // [0] those without an answer.
  std::array<std::int64_t, 6> answers{};
  std::int64_t not_modified = 0;      // Answered out of the cache.
  std::int64_t breaker_openings = 0;  // That requests of this client brought about.
  std::chrono::milliseconds waited_for_rate_limit{0};
  std::chrono::milliseconds waited_to_retry{0};
  std::chrono::milliseconds waited_for_breaker{0};

  std::chrono::milliseconds waited() const {
    return waited_for_rate_limit + waited_to_retry + waited_for_breaker;
  }
};

// Threads: safe to share.
class Client {
 public:
  // All references must outlive the client.
  Client(Transport& transport, Authenticator& authenticator, Clock& clock, Log& log,
         ClientOptions options);
  ~Client();

  struct Answer {
    Response response;
    bool ignored = false;  // The verdict was Ignore.
    bool restart = false;  // The verdict was Restart.
  };

  // Sends until the judge accepts, ignores or fails the answer, or the policy ends.
  // Errors: the verdict's error; RateLimited; Cancelled. Every error carries the request id where
  //   the server gave one, and no secret.
  Result<Answer> send(const Request& request, const Judge& judge, std::stop_token stop);

  // The same for a body of any size, given to `sink` piece by piece. What the judge makes of status
  // and headers alone decides: an answer it accepts goes to the sink, any other is collected and
  // judged whole. Response::body stays empty where the sink took it. Once the sink has bytes,
  // nothing is tried again: whoever called starts over.
  Result<Answer> receive(const Request& request, const Judge& judge,
                         const Transport::BodySink& sink, std::stop_token stop);

  // With judge_by_status().
  Result<Response> send(const Request& request, std::stop_token stop);

  ClientCounters counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tendril
