#include "manifest/token_quota.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "data/instant.h"
#include "http/date_text.h"
#include "manifest/answer_path.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

// Clocks and headers of one window differ by so much.
constexpr std::chrono::seconds kResetSkew{60};

std::optional<std::int64_t> integer_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = fault == std::errc() && end == text.data() + text.size() && !text.empty();
  return is_whole ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> integer_header(const Response& response, const std::string& name) {
  const auto text = name.empty() ? std::nullopt : response.headers.find(name);
  return text ? integer_in(*text) : std::nullopt;
}

std::optional<Clock::Wall> time_header(const Response& response, const std::string& name,
                                       Clock::Wall now) {
  const auto text = name.empty() ? std::nullopt : response.headers.find(name);
  return text ? parse_moment(*text, now) : std::nullopt;
}

}  // namespace

Result<TokenQuota> TokenQuota::compile(const Node& node, const Value& config, const Clock& clock) {
  TokenQuota quota;
  quota.name_ = TRY(node.text("name"));
  quota.remaining_path_ = TRY(node.texts("remaining_path"));
  quota.reset_path_ = TRY(node.texts("reset_path"));
  quota.limit_path_ = TRY(node.texts("limit_path"));
  quota.remaining_header_ = TRY(node.text_or("remaining_header", ""));
  quota.reset_header_ = TRY(node.text_or("reset_header", ""));
  quota.limit_header_ = TRY(node.text_or("limit_header", ""));
  const std::vector<std::string> statuses = TRY(node.texts("exhaustion_status_codes"));
  for (const std::string& status : statuses) {
    quota.exhausted_statuses_.insert(static_cast<int>(integer_in(status).value_or(0)));
  }
  quota.matchers_ = TRY(RequestMatcher::compile_all(node.find("matchers"), config, clock));
  return quota;
}

bool TokenQuota::is_for(const Request& request) const {
  return std::any_of(matchers_.begin(), matchers_.end(),
                     [&](const RequestMatcher& matcher) { return matcher.matches(request); });
}

Result<const Value*> TokenQuota::find(const Value& answer,
                                      const std::vector<std::string>& path) const {
  const Value* found = find_at(answer, path);
  if (found == nullptr || found->is_null()) {
    return Error{ErrorCode::BadData, "the state of the quota \"" + name_ +
                                         "\" is not where the manifest looks for it: " +
                                         (path.empty() ? std::string() : path.back())};
  }
  return found;
}

Result<QuotaState> TokenQuota::read(const Value& answer, Clock::Wall now) const {
  const Value* remaining = TRY(find(answer, remaining_path_));
  const Value* reset = TRY(find(answer, reset_path_));
  const Value* limit =
      TRY(limit_path_.empty() ? Result<const Value*>(remaining) : find(answer, limit_path_));
  const auto left = integer_in(plain_text(*remaining));
  const auto most = integer_in(plain_text(*limit));
  const auto resets_at = parse_moment(plain_text(*reset), now);
  if (!left || !most || !resets_at) {
    return Error{ErrorCode::BadData,
                 "the state of the quota \"" + name_ + "\" is no number, or its reset no time"};
  }
  return QuotaState{*left, *most, *resets_at};
}

void TokenQuota::observe(const Response& response, Clock::Wall now, QuotaState& state) const {
  const bool is_exhausted = exhausted_statuses_.contains(response.status);
  auto remaining = integer_header(response, remaining_header_);
  if (!remaining && is_exhausted) {
    remaining = 0;
  }
  const auto resets_at = time_header(response, reset_header_, now);
  const auto limit = integer_header(response, limit_header_);
  if (limit && *limit > 0 && (!resets_at || *resets_at >= state.resets_at)) {
    state.limit = *limit;
  }
  if (resets_at && *resets_at > state.resets_at) {  // A new window.
    state.resets_at = *resets_at;
    state.remaining = remaining.value_or(state.limit);
    return;
  }
  // An answer of an older window, come late, says nothing about this one.
  const bool is_of_window = !resets_at || *resets_at >= state.resets_at - kResetSkew;
  if (remaining && (is_of_window || (*remaining <= 0 && is_exhausted))) {
    state.remaining = std::min(state.remaining, *remaining);
  }
}

}  // namespace tendril
