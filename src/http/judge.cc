// The usual verdicts on answers, and how errors word them.
#include <utility>

#include <fmt/format.h>

#include "http/client.h"
#include "http/excerpt.h"
#include "http/pacing.h"

namespace tendril {
namespace {

ErrorCode code_of(int status) {
  switch (status) {
    case 401: return ErrorCode::Unauthenticated;
    case 403: return ErrorCode::PermissionDenied;
    case 404:
    case 410: return ErrorCode::NotFound;
    case 429: return ErrorCode::RateLimited;
    case 408:
    case 425: return ErrorCode::Unavailable;
    default: return status >= 500 ? ErrorCode::Unavailable : ErrorCode::BadData;
  }
}

}  // namespace

Error error_of(const Request& request, const Response& response) {
  std::string message =
      fmt::format("{}: the server answered with status {}", place_of(request), response.status);
  const std::string said = excerpt(response.body);
  if (!said.empty()) {
    message += ": " + said;
  }
  return Error{code_of(response.status), std::move(message), std::nullopt, response.request_id()};
}

Verdict judge_by_status(const Request& request, const Outcome& outcome, Clock::Wall now) {
  using Action = Verdict::Action;
  if (outcome.error != nullptr) {
    const bool again = is_retryable(outcome.error->code);
    return {again ? Action::Retry : Action::Fail, std::nullopt, *outcome.error};
  }
  const Response& response = *outcome.response;
  if (response.status < 400) {
    return {};
  }
  Error error = error_of(request, response);
  error.retry_after = retry_after(response.headers, now);
  switch (error.code) {
    case ErrorCode::RateLimited: return {Action::RateLimited, std::nullopt, std::move(error)};
    case ErrorCode::Unauthenticated: return {Action::Renew, std::nullopt, std::move(error)};
    case ErrorCode::Unavailable: return {Action::Retry, std::nullopt, std::move(error)};
    case ErrorCode::PermissionDenied:
      // GitHub's way, among others: forbidden until the quota is filled again.
      if (error.retry_after || quota(response.headers, now).remaining == 0) {
        error.code = ErrorCode::RateLimited;
        return {Action::RateLimited, std::nullopt, std::move(error)};
      }
      return {Action::Fail, std::nullopt, std::move(error)};
    default: return {Action::Fail, std::nullopt, std::move(error)};
  }
}

}  // namespace tendril
