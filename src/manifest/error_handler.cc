#include "manifest/error_handler.h"

#include <algorithm>
#include <array>
#include <utility>

#include "manifest/client_pool.h"
#include "manifest/graphql_answer.h"

namespace tendril {
namespace {

constexpr int kStatusUnauthorized = 401;
constexpr std::array kRefusals = {400, 401, 403, 404, 405};

Verdict verdict_of(const ResponseFilter& filter, const Request& request, const Response& response) {
  Verdict verdict;
  verdict.error = filter.error_for(request, response);
  switch (filter.action()) {
    case ResponseFilter::Action::Success: verdict.action = Verdict::Action::Accept; break;
    case ResponseFilter::Action::Ignore: verdict.action = Verdict::Action::Ignore; break;
    case ResponseFilter::Action::Retry: verdict.action = Verdict::Action::Retry; break;
    case ResponseFilter::Action::RateLimited: verdict.action = Verdict::Action::RateLimited; break;
    case ResponseFilter::Action::ResetPagination: verdict.action = Verdict::Action::Restart; break;
    case ResponseFilter::Action::RefreshTokenThenRetry:
      verdict.action = Verdict::Action::RenewOrRetry;
      break;
    case ResponseFilter::Action::Fail:
      // A token may have ended early; renewing it is worth one try before giving up.
      verdict.action =
          response.status == kStatusUnauthorized ? Verdict::Action::Renew : Verdict::Action::Fail;
      if (verdict.error && is_retryable(verdict.error->code)) {
        verdict.error->code = ErrorCode::BadData;  // "FAIL" is meant: nobody tries again.
        verdict.error->retry_after = std::nullopt;
      }
      break;
  }
  return verdict;
}

bool is_final(Verdict::Action action) {
  return action != Verdict::Action::Fail && action != Verdict::Action::Renew;
}

}  // namespace

Result<ErrorHandler> ErrorHandler::compile(const Node& requester, const Environment& environment,
                                           const std::vector<std::string>& field_path) {
  ErrorHandler handler(environment);
  handler.asks_graphql_ = asks_graphql(requester);
  handler.field_path_ = field_path;
  if (const Node* node = requester.find("error_handler")) {
    TRY(handler.add(*node, field_path));
  }
  return handler;
}

Status ErrorHandler::add(const Node& node, const std::vector<std::string>& field_path) {
  if (node.type() == "CompositeErrorHandler") {
    const Node* parts = TRY(node.required("error_handlers"));
    for (const Node& part : parts->items) {
      TRY(add(part, field_path));
    }
    return {};
  }
  if (node.type() != "DefaultErrorHandler") {
    return node.error("error handler is not supported: " + std::string(node.type()),
                      ErrorCode::Unsupported);
  }
  const auto retries =
      TRY(evaluate_number(node, "max_retries", environment_->config, environment_->clock));
  if (retries && (*retries < 0 || *retries > 1000)) {
    return node.find("max_retries")->error("max_retries must be from 0 to 1000");
  }
  if (retries && handlers_.empty()) {  // The first one counts, as in the reference.
    retry_.attempts_max = 1 + static_cast<int>(*retries);
  }
  Rules& rules = handlers_.emplace_back();
  if (const Node* filters = node.find("response_filters")) {
    for (const Node& filter : filters->items) {
      ResponseFilter compiled = TRY(ResponseFilter::compile(filter, *environment_, field_path));
      rules.filters.push_back(std::move(compiled));
    }
  }
  if (const Node* strategies = node.find("backoff_strategies")) {
    for (const Node& strategy : strategies->items) {
      auto compiled =
          TRY(backoff_strategy(strategy, environment_->config, environment_->clients.waits()));
      backoff_.push_back(std::move(compiled));
    }
  }
  return {};
}

// What is done where no filter has a say. As in the reference, a status that is no plain refusal
// is worth another try.
Verdict ErrorHandler::usual(const Request& request, const Outcome& outcome) const {
  Verdict verdict = judge_by_status(request, outcome, environment_->clients.waits().now());
  if (outcome.response == nullptr) {
    return verdict;
  }
  const int status = outcome.response->status;
  const bool refuses = std::find(kRefusals.begin(), kRefusals.end(), status) != kRefusals.end();
  if (verdict.action == Verdict::Action::Fail && !refuses) {
    verdict.action = Verdict::Action::Retry;
  }
  if (verdict.action == Verdict::Action::Accept && asks_graphql_) {
    auto errors = judge_graphql(request, *outcome.response, field_path_);
    verdict = errors ? *std::move(errors) : std::move(verdict);
  }
  return verdict;
}

// As in the reference, the first handler to say success, retry or ignore decides, be it by a filter
// or by the usual rules; a failure is only final when no later handler sees it otherwise. Unlike
// there, a filter's own verdict "rate limited" is final too, and its own failure is not replaced by
// a later handler's usual rules.
Verdict ErrorHandler::decide(const Request& request, const Outcome& outcome) const {
  const Verdict usual = this->usual(request, outcome);
  if (outcome.response == nullptr) {
    return usual;
  }
  std::optional<Verdict> failure;
  for (const Rules& rules : handlers_) {
    bool matched = false;
    for (const ResponseFilter& filter : rules.filters) {
      auto matches = filter.matches(*outcome.response);
      if (!matches.ok()) {
        return Verdict{Verdict::Action::Fail, std::nullopt, std::move(matches).error()};
      }
      matched = *matches;
      if (matched) {
        Verdict verdict = verdict_of(filter, request, *outcome.response);
        if (is_final(verdict.action)) {
          return verdict;
        }
        failure = failure ? std::move(failure) : std::optional(std::move(verdict));
        break;
      }
    }
    const bool usual_is_final =
        usual.action == Verdict::Action::Accept || usual.action == Verdict::Action::Retry;
    if (!matched && usual_is_final) {
      return usual;
    }
  }
  return failure ? *std::move(failure) : usual;
}

void ErrorHandler::set_wait(const Outcome& outcome, Verdict& verdict) const {
  if (verdict.action != Verdict::Action::Retry && verdict.action != Verdict::Action::RateLimited) {
    return;
  }
  for (const auto& strategy : backoff_) {
    auto wait = strategy->wait(outcome);
    if (!wait.ok()) {
      verdict = {Verdict::Action::Fail, std::nullopt, std::move(wait).error()};
      return;
    }
    if (*wait) {
      verdict.wait = **wait;
      return;
    }
  }
}

Verdict ErrorHandler::judge(const Request& request, const Outcome& outcome) const {
  Verdict verdict = decide(request, outcome);
  set_wait(outcome, verdict);
  return verdict;
}

}  // namespace tendril
