// ErrorHandler: what the manifest says to do with answers that are not what was hoped for.
// Source: manifest components "DefaultErrorHandler", "CompositeErrorHandler" and
// "HttpResponseFilter".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/result.h"
#include "http/client.h"
#include "manifest/backoff.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/template_field.h"

namespace tendril {

// One rule: which answers it is for, and what is to be done with them.
class ResponseFilter {
 public:
  enum class Action : std::uint8_t {
    Success,
    Fail,
    Retry,
    Ignore,
    RateLimited,
    ResetPagination,
    RefreshTokenThenRetry,
  };

  // `field_path` is where the records stand; predicates that do not look at them are quick.
  static Result<ResponseFilter> compile(const Node& node, const Environment& environment,
                                        const std::vector<std::string>& field_path);

  // Errors: InvalidConfig from the predicate.
  Result<bool> matches(const Response& response) const;

  // REQUIRES: matches() was true.
  Action action() const { return *action_; }

  // What a match reports when it fails in the end.
  Error error_for(const Request& request, const Response& response) const;

 private:
  explicit ResponseFilter(const Environment& environment) : environment_(&environment) {}
  Result<bool> predicate_holds(const Response& response) const;

  const Environment* environment_;
  std::optional<Action> action_;
  std::set<int> http_codes_;
  std::string error_message_contains_;
  std::optional<TemplateField> predicate_;
  std::optional<TemplateField> error_message_;
  std::optional<ErrorCode> failure_code_;
  // Where the records stand, when no template looks at them; else nullopt.
  std::optional<std::vector<std::string>> unread_path_;
};

// Threads: safe to share.
class ErrorHandler {
 public:
  // Reads the member "error_handler" of a requester. `environment` must outlive the result.
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<ErrorHandler> compile(const Node& requester, const Environment& environment,
                                      const std::vector<std::string>& field_path);

  Verdict judge(const Request& request, const Outcome& outcome) const;

  const RetryPolicy& retry() const { return retry_; }

 private:
  // A DefaultErrorHandler; a CompositeErrorHandler is a list of them.
  struct Rules {
    std::vector<ResponseFilter> filters;
  };

  explicit ErrorHandler(const Environment& environment) : environment_(&environment) {}
  Status add(const Node& node, const std::vector<std::string>& field_path);
  Verdict decide(const Request& request, const Outcome& outcome) const;
  Verdict usual(const Request& request, const Outcome& outcome) const;
  void set_wait(const Outcome& outcome, Verdict& verdict) const;

  const Environment* environment_;
  RetryPolicy retry_;
  std::vector<Rules> handlers_;
  std::vector<std::unique_ptr<BackoffStrategy>> backoff_;
  bool asks_graphql_ = false;
  std::vector<std::string> field_path_;
};

// What an error body says is wrong, as the reference looks for it, or "".
std::string message_in(const Value& body);

}  // namespace tendril
