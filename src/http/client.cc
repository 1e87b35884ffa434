#include "http/client.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "http/pacing.h"

namespace tendril {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// Of an answer that is judged whole though its body was to be streamed.
constexpr std::size_t kCollectedBytesMax = std::size_t{64} * 1024 * 1024;

constexpr int kNotModified = 304;

milliseconds cap_of(const RetryPolicy& policy, int attempt) {
  milliseconds cap = std::min(policy.backoff_base, policy.backoff_cap);
  for (int i = 0; i < attempt && cap < policy.backoff_cap; ++i) {
    cap = std::min(cap * 2, policy.backoff_cap);
  }
  return std::max(cap, milliseconds(0));
}

}  // namespace

milliseconds full_jitter(const RetryPolicy& policy, int attempt, Random& random) {
  const auto cap = static_cast<std::uint64_t>(cap_of(policy, attempt).count());
  return milliseconds(static_cast<std::int64_t>(random.below(cap + 1)));
}

struct Client::State {
  class Sending;

  State(Transport& transport_used, Authenticator& authenticator_used, Clock& clock_used,
        Log& log_used, const ClientOptions& options_used)
      : transport(transport_used),
        authenticator(authenticator_used),
        clock(clock_used),
        log(log_used),
        options(options_used),
        own_limiters(clock_used),
        limiters(options_used.limiters == nullptr ? own_limiters : *options_used.limiters),
        random(options_used.jitter_seed) {}

  milliseconds jitter(int attempt) {
    const std::lock_guard lock(mutex);
    return full_jitter(options.retry, attempt, random);
  }

  template <class Change>
  void count(Change change) {
    const std::lock_guard lock(mutex);
    change(counters);
  }

  Transport& transport;
  Authenticator& authenticator;
  Clock& clock;
  Log& log;
  const ClientOptions options;
  LimiterPool own_limiters;
  LimiterPool& limiters;  // Its own, or those that it shares.

  std::mutex mutex;
  Random random;            // Guarded by mutex.
  ClientCounters counters;  // Guarded by mutex.
};

// One call of send(), and what it has used up so far.
class Client::State::Sending {
 public:
  // `sink` may be null; else it takes the body of an answer that is accepted.
  Sending(State& state, const Request& request, const Judge& judge, const Transport::BodySink* sink,
          std::stop_token stop)
      : state_(state),
        request_(request),
        judge_(judge),
        sink_(sink),
        stop_(std::move(stop)),
        started_(state.clock.monotonic()),
        origin_(origin_of(request.url)),
        limiter_(state.limiters.limiter(origin_, state.options.account, state.options.pacing)),
        breaker_(state.limiters.breaker(origin_)),
        may_be_kept_(state.options.cache != nullptr && sink == nullptr &&
                     HttpCache::is_for(request)) {}

  Result<Answer> run() {
    Result<Answer> answer = attempts();
    if (!answer.ok()) {
      Error error = std::move(answer).error();
      error.message = redacted(std::move(error.message));
      return error;
    }
    return answer;
  }

 private:
  Result<Answer> attempts() {
    for (;;) {
      CircuitBreaker::Permit permit = TRY(wait_turn());
      Result<Response> result = send_once();
      if (!result.ok() && result.error().code == ErrorCode::Cancelled) {
        return std::move(result).error();
      }
      const Verdict verdict = judged(result);
      report_health(std::move(permit), verdict, result);
      switch (verdict.action) {
        case Verdict::Action::Accept:
          if (!result.ok()) {
            return final_error(verdict, result);
          }
          return accepted(std::move(result).value());
        case Verdict::Action::Ignore:
          return Answer{result.ok() ? std::move(result).value() : Response(), true};
        case Verdict::Action::Restart:
          return Answer{result.ok() ? std::move(result).value() : Response(), false, true};
        default: break;
      }
      TRY(prepare_next(verdict, result));
    }
  }

  // What was collected, because its head alone would not do, goes to the sink after all.
  Result<Answer> accepted(Response response) {
    if (sink_ != nullptr && !response.body.empty()) {
      std::string body;
      body.swap(response.body);
      sunk_ = true;
      TRY((*sink_)(body));
    }
    return Answer{std::move(response), false};
  }

  std::string redacted(std::string text) const {
    return state_.authenticator.redact(std::move(text));
  }

  // Waits while the server is out of order, then for the rate limit, and returns the leave to send.
  Result<CircuitBreaker::Permit> wait_turn() {
    for (;;) {
      Status turn = timed(&ClientCounters::waited_for_breaker,
                          [&] { return breaker_->wait(state_.options.outage_patience, stop_); });
      if (turn.ok()) {
        turn = timed(&ClientCounters::waited_for_rate_limit, [&] { return wait_for_limit(); });
      }
      if (!turn.ok()) {
        return std::move(turn).error().while_doing("sending " + place_of(request_));
      }
      if (std::optional<CircuitBreaker::Permit> permit = breaker_->enter()) {
        return std::move(*permit);
      }
    }
  }

  Status wait_for_limit() {
    TRY(limiter_->wait_turn(stop_));
    return state_.options.budget == nullptr ? Status()
                                            : state_.options.budget->wait_turn(request_, stop_);
  }

  template <class Wait>
  Status timed(milliseconds ClientCounters::*counter, const Wait& wait) {
    const Clock::Monotonic before = state_.clock.monotonic();
    Status status = wait();
    const auto waited = duration_cast<milliseconds>(state_.clock.monotonic() - before);
    paced_ += waited;
    state_.count([&](ClientCounters& counters) { counters.*counter += waited; });
    return status;
  }

  // Broken is a server that gives no answer, or one that is its own fault, where nobody expected
  // that: a manifest may well ignore a 500.
  void report_health(CircuitBreaker::Permit permit, const Verdict& verdict,
                     const Result<Response>& result) {
    if (!sent_) {
      return;
    }
    const bool is_refused = verdict.action == Verdict::Action::Retry ||
                            verdict.action == Verdict::Action::RenewOrRetry ||
                            verdict.action == Verdict::Action::Fail;
    const bool is_broken =
        result.ok() ? result.value().status >= 500 : result.error().code == ErrorCode::Unavailable;
    const CircuitBreaker::Report report =
        is_refused && is_broken ? permit.fail() : permit.succeed();
    switch (report.change) {
      case CircuitBreaker::Change::None: return;
      case CircuitBreaker::Change::Opened:
        state_.count([](ClientCounters& counters) { ++counters.breaker_openings; });
        state_.log.warning("circuit breaker opened", {{"origin", origin_},
                                                      {"failures", report.failures},
                                                      {"wait_ms", report.open_for.count()}});
        return;
      case CircuitBreaker::Change::StaysOpen:
        state_.log.info("probe failed", {{"origin", origin_},
                                         {"failures", report.failures},
                                         {"wait_ms", report.open_for.count()}});
        return;
      case CircuitBreaker::Change::Closed:
        state_.log.info("circuit breaker closed", {{"origin", origin_}});
        return;
    }
  }

  Result<Response> send_once() {
    sent_ = false;
    signed_ = request_;
    TRY(state_.authenticator.authorize(signed_, stop_));
    sent_ = true;
    const bool again = std::exchange(sent_before_, true);
    state_.count([again](ClientCounters& counters) {
      ++counters.requests;
      counters.retries += again ? 1 : 0;
    });
    std::optional<KeptResponse> kept;
    if (may_be_kept_) {
      kept = state_.options.cache->find(request_, state_.options.account);
    }
    if (kept) {
      ask_whether_modified(*kept, signed_);
    }
    const Clock::Wall started_at = state_.clock.now();
    const Clock::Monotonic before = state_.clock.monotonic();
    Result<Response> result = sink_ == nullptr ? state_.transport.send(signed_, stop_) : receive();
    observe(result, started_at, state_.clock.monotonic() - before, kept.has_value());
    if (!result.ok()) {
      return result;
    }
    if (!state_.authenticator.keeps_quotas()) {
      observe_quota(result->headers, state_.clock, *limiter_);
    }
    state_.authenticator.observe(signed_, *result);
    if (state_.options.budget != nullptr) {
      state_.options.budget->observe(request_, *result);
    }
    if (kept && result->status == kNotModified) {
      return revived(std::move(*kept), std::move(result).value());
    }
    if (may_be_kept_ && result->url == url_with_query(signed_)) {
      state_.options.cache->keep(request_, state_.options.account, *result);
    }
    return result;
  }

  // Counts an exchange, and tells the observer of it.
  void observe(const Result<Response>& result, Clock::Wall started_at,
               Clock::Monotonic::duration took, bool was_conditional) {
    const int status = result.ok() ? result->status : 0;
    const auto bytes = static_cast<std::int64_t>(result.ok() ? result->body.size() : 0);
    const bool was_kept = was_conditional && status == kNotModified;
    state_.count([&](ClientCounters& counters) {
      counters.bytes_received += bytes;
      counters.not_modified += was_kept ? 1 : 0;
      ++counters.answers[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))];
    });
    if (state_.options.observer == nullptr) {
      return;
    }
    const std::string place = place_of(request_);
    const std::size_t path_start = request_.method.size() + 1 + origin_.size();
    state_.options.observer->request_ended(
        {.method = request_.method,
         .origin = origin_,
         .path = path_start < place.size() ? redacted(place.substr(path_start)) : "/",
         .status = status,
         .error = result.ok() ? std::nullopt : std::optional(result.error().code),
         .attempt = attempt_,
         .started_at = started_at,
         .elapsed = duration_cast<std::chrono::microseconds>(took),
         .bytes_received = bytes,
         .was_kept = was_kept,
         .request_id = result.ok() ? result->request_id() : ""});
  }

  Result<Response> receive() {
    std::string collected;
    bool to_sink = false;
    const auto head = [&](const Response& response) -> Status {
      const Verdict verdict = judge_(Outcome{.response = &response, .attempt = attempt_});
      to_sink = verdict.action == Verdict::Action::Accept;
      return {};
    };
    const auto take = [&](std::string_view bytes) -> Status {
      if (!to_sink) {
        if (bytes.size() > kCollectedBytesMax - collected.size()) {
          return Error{ErrorCode::BadData, "body of a refused answer is larger than " +
                                               std::to_string(kCollectedBytesMax) + " bytes"};
        }
        collected.append(bytes);
        return {};
      }
      sunk_ = true;
      state_.count([&](ClientCounters& counters) {
        counters.bytes_received += static_cast<std::int64_t>(bytes.size());
      });
      return (*sink_)(bytes);
    };
    Response response = TRY(state_.transport.receive(signed_, head, take, stop_));
    collected.reserve(collected.size() + kBodySpareBytes);
    response.body = std::move(collected);
    return response;
  }

  Verdict judged(const Result<Response>& result) const {
    if (result.ok()) {
      return judge_(Outcome{.response = &*result, .attempt = attempt_});
    }
    const Error& error = result.error();
    if (sunk_) {
      return {Verdict::Action::Fail, std::nullopt, error};
    }
    if (!sent_) {  // The credentials could not be renewed; that is no answer to judge.
      return {error.code == ErrorCode::RateLimited ? Verdict::Action::RateLimited
              : is_retryable(error.code)           ? Verdict::Action::Retry
                                                   : Verdict::Action::Fail,
              error.retry_after, error};
    }
    Verdict verdict = judge_(Outcome{.error = &error, .attempt = attempt_});
    const bool again = verdict.action == Verdict::Action::Retry ||
                       verdict.action == Verdict::Action::RateLimited ||
                       verdict.action == Verdict::Action::Renew ||
                       verdict.action == Verdict::Action::RenewOrRetry;
    if (again && !request_.safe_to_retry) {
      verdict.action = Verdict::Action::Fail;
    }
    return verdict;
  }

  // Returns the final error, or success for one more try; as do the three below.
  Status prepare_next(const Verdict& verdict, const Result<Response>& result) {
    switch (verdict.action) {
      case Verdict::Action::Renew:
      case Verdict::Action::RenewOrRetry: return renew(verdict, result);
      case Verdict::Action::RateLimited: return hold(verdict, result);
      case Verdict::Action::Retry: return back_off(verdict, result);
      default: return final_error(verdict, result);
    }
  }

  Status renew(const Verdict& verdict, const Result<Response>& result) {
    if (renewed_) {
      return final_error(verdict, result);
    }
    Result<bool> renewed = state_.authenticator.renew_after_refusal(signed_, stop_);
    if (!renewed.ok()) {
      const Error& error = renewed.error();
      const Verdict failed{Verdict::Action::Retry, error.retry_after, error};
      return is_retryable(error.code) ? back_off(failed, result) : final_error(failed, result);
    }
    if (!*renewed) {
      return verdict.action == Verdict::Action::RenewOrRetry ? back_off(verdict, result)
                                                             : final_error(verdict, result);
    }
    renewed_ = true;
    return {};
  }

  // The limiter makes everybody wait, for the limit is everybody's.
  Status hold(const Verdict& verdict, const Result<Response>& result) {
    const std::optional<milliseconds> asked = asked_wait(verdict, result);
    milliseconds wait = asked.value_or(milliseconds(0));
    if (!asked || limited_ > 0) {  // A server that says "at once" again and again is not believed.
      wait = std::max({wait, state_.options.retry.backoff_base, state_.jitter(limited_)});
    }
    ++limited_;
    if (state_.authenticator.has_others(signed_) && limited_ < state_.options.retry.attempts_max) {
      state_.log.info("rate limit of one token reached, going on with another",
                      {{"request", place_of(request_)}});
      return {};
    }
    limited_wait_ += wait;
    if (limited_wait_ > state_.options.pacing.wait_max) {
      Error error = final_error(verdict, result);
      error.code = ErrorCode::RateLimited;
      error.retry_after = wait;
      return error;
    }
    state_.log.info("rate limit reached",
                    {{"request", place_of(request_)}, {"wait_ms", wait.count()}});
    limiter_->hold(wait);
    return {};
  }

  Status back_off(const Verdict& verdict, const Result<Response>& result) {
    const int attempt = attempt_++;
    if (attempt_ >= state_.options.retry.attempts_max) {
      return final_error(verdict, result);
    }
    std::optional<milliseconds> wait = verdict.wait;
    if (!wait && result.ok()) {
      wait = retry_after(result.value().headers, state_.clock.now());
    }
    if (!wait) {
      wait = state_.jitter(attempt);
    }
    const auto spent = state_.clock.monotonic() - started_ - paced_;
    if (spent + *wait > state_.options.retry.deadline) {
      return final_error(verdict, result);
    }
    const Error error = final_error(verdict, result);
    state_.log.warning("request failed, trying again", {{"request", place_of(request_)},
                                                        {"error", redacted(error.message)},
                                                        {"attempt", attempt_},
                                                        {"wait_ms", wait->count()}});
    state_.count([wait](ClientCounters& counters) { counters.waited_to_retry += *wait; });
    if (!state_.clock.sleep(*wait, stop_)) {
      return Error{ErrorCode::Cancelled, place_of(request_) + ": cancelled"};
    }
    return {};
  }

  std::optional<milliseconds> asked_wait(const Verdict& verdict,
                                         const Result<Response>& result) const {
    if (verdict.wait || !result.ok()) {
      return verdict.wait;
    }
    const Headers& headers = result.value().headers;
    const Clock::Wall now = state_.clock.now();
    if (const auto wait = retry_after(headers, now)) {
      return wait;
    }
    const Quota said = quota(headers, now);
    if (!said.resets_at) {
      return std::nullopt;
    }
    return std::max(std::chrono::ceil<milliseconds>(*said.resets_at - now), milliseconds(0));
  }

  Error final_error(const Verdict& verdict, const Result<Response>& result) const {
    Error error = verdict.error ? *verdict.error
                  : result.ok() ? error_of(request_, result.value())
                                : result.error();
    if (result.ok() && error.request_id.empty()) {
      error.request_id = result.value().request_id();
    }
    if (attempt_ > 1) {
      error.message += ", after " + std::to_string(attempt_) + " attempts";
    }
    return error;
  }

  State& state_;
  const Request& request_;
  const Judge& judge_;
  const Transport::BodySink* const sink_;
  const std::stop_token stop_;
  const Clock::Monotonic started_;
  const std::string origin_;
  const std::shared_ptr<Limiter> limiter_;  // Shared with the pool, as the next.
  const std::shared_ptr<CircuitBreaker> breaker_;
  const bool may_be_kept_;
  Request signed_;
  int attempt_ = 0;  // Those that failed.
  int limited_ = 0;  // Answers that named a rate limit.
  milliseconds limited_wait_{0};
  milliseconds paced_{0};
  bool sent_ = false;  // The latest attempt left this program.
  bool sent_before_ = false;
  bool sunk_ = false;  // The sink has been given bytes.
  bool renewed_ = false;
};

Client::Client(Transport& transport, Authenticator& authenticator, Clock& clock, Log& log,
               ClientOptions options)
    : state_(std::make_unique<State>(transport, authenticator, clock, log, options)) {}

Client::~Client() = default;

Result<Client::Answer> Client::send(const Request& request, const Judge& judge,
                                    std::stop_token stop) {
  return State::Sending(*state_, request, judge, nullptr, std::move(stop)).run();
}

Result<Client::Answer> Client::receive(const Request& request, const Judge& judge,
                                       const Transport::BodySink& sink, std::stop_token stop) {
  return State::Sending(*state_, request, judge, &sink, std::move(stop)).run();
}

Result<Response> Client::send(const Request& request, std::stop_token stop) {
  const Judge judge = [&](const Outcome& outcome) {
    return judge_by_status(request, outcome, state_->clock.now());
  };
  Answer answer = TRY(send(request, judge, std::move(stop)));
  return std::move(answer.response);
}

ClientCounters Client::counters() const {
  const std::lock_guard lock(state_->mutex);
  return state_->counters;
}

}  // namespace tendril
