// TokenQuota: one of the quotas that an API keeps for each token, and where it tells how much of it
// is left.
// Source: manifest component "TokenQuota".
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "data/value.h"
#include "http/message.h"
#include "manifest/node.h"
#include "manifest/request_matcher.h"

namespace tendril {

// What is left of a quota, for one token.
struct QuotaState {
  std::int64_t remaining = 0;
  std::int64_t limit = 0;
  Clock::Wall resets_at = {};
  bool is_tracked = true;  // False: the server keeps no quota.
};

// Threads: safe to share.
class TokenQuota {
 public:
  // Errors: InvalidConfig with file, line and column.
  static Result<TokenQuota> compile(const Node& node, const Value& config, const Clock& clock);

  const std::string& name() const { return name_; }
  // True for a quota that takes what no other is for.
  bool is_default() const { return matchers_.empty(); }
  bool is_for(const Request& request) const;

  // Reads the answer of the server's own account of its quotas.
  // Errors: BadData when the paths lead nowhere, or not to numbers and a time.
  Result<QuotaState> read(const Value& answer, Clock::Wall now) const;

  // Takes over what an answer to a request says.
  void observe(const Response& response, Clock::Wall now, QuotaState& state) const;

 private:
  TokenQuota() = default;
  Result<const Value*> find(const Value& answer, const std::vector<std::string>& path) const;

  std::string name_;
  std::vector<std::string> remaining_path_;
  std::vector<std::string> reset_path_;
  std::vector<std::string> limit_path_;
  std::string remaining_header_;
  std::string reset_header_;
  std::string limit_header_;
  std::set<int> exhausted_statuses_;
  std::vector<RequestMatcher> matchers_;
};

}  // namespace tendril
