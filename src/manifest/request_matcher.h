// RequestMatcher: which requests a rate limit is for.
// Source: manifest component "HttpRequestRegexMatcher".
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "data/value.h"
#include "http/message.h"
#include "manifest/node.h"

namespace re2 {
class RE2;
}

namespace tendril {

// Threads: safe to share.
class RequestMatcher {
 public:
  // Errors: InvalidConfig with file, line and column.
  static Result<RequestMatcher> compile(const Node& node, const Value& config, const Clock& clock);
  // All of a list; empty where there is none.
  static Result<std::vector<RequestMatcher>> compile_all(const Node* list, const Value& config,
                                                         const Clock& clock);

  bool matches(const Request& request) const;
  std::int64_t weight() const { return weight_; }

 private:
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  RequestMatcher() = default;
  static Result<Pairs> pairs_of(const Node& node, std::string_view key);

  std::string method_;  // In capitals; empty: any, as for all down to the headers.
  std::string base_;    // "https://host:port"
  std::shared_ptr<const re2::RE2> path_;
  Pairs parameters_;
  Pairs headers_;
  std::int64_t weight_ = 1;
};

}  // namespace tendril
