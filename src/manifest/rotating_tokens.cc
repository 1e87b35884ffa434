#include "manifest/rotating_tokens.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "data/instant.h"
#include "data/json.h"
#include "http/client.h"
#include "http/pacing.h"
#include "manifest/template_field.h"
#include "manifest/token_quota.h"

namespace tendril {
namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;

constexpr milliseconds kResetWaitMin{5'000};  // A reset in the past must not make us ask for ever.
constexpr milliseconds kThrottleMax{10'000};
constexpr milliseconds kThrottleMin{100};  // Less is not worth a wait.

struct RotationParts {
  std::vector<Secret> tokens;
  std::vector<TokenQuota> quotas;
  std::string method;  // Before the token: "Bearer".
  std::string header;
  Request status_request;
  std::set<int> untracked_statuses;
  milliseconds wait_max{0};
  double reserve_fraction = 0.1;
  std::int64_t reserve_min = 50;
};

class RotatingTokens final : public Authenticator {
 public:
  RotatingTokens(RotationParts parts, const AuthenticationContext& context)
      : parts_(std::move(parts)),
        transport_(context.transport),
        clock_(context.waits == nullptr ? context.clock : *context.waits),
        redactor_(context.redactor) {}

  Status authorize(Request& request, std::stop_token stop) override {
    TRY(ask_once(stop));
    const std::size_t token = TRY(take_call(quota_of(request), stop));
    request.headers.set(parts_.header, header_value(token));
    return {};
  }

  Result<bool> renew_after_refusal(const Request& /*refused*/, std::stop_token /*stop*/) override {
    return false;
  }

  bool keeps_quotas() const override { return true; }

  void observe(const Request& sent, const Response& response) override {
    const std::size_t quota = quota_of(sent);
    const std::lock_guard lock(mutex_);
    const auto token = token_of(sent);
    if (token && !states_.empty() && states_[*token][quota].is_tracked) {
      parts_.quotas[quota].observe(response, clock_.now(), states_[*token][quota]);
    }
  }

  bool has_others(const Request& refused) const override {
    const std::size_t quota = quota_of(refused);
    const std::lock_guard lock(mutex_);
    const auto token = token_of(refused);
    if (!token || states_.empty() || !is_spent(states_[*token][quota])) {
      return false;
    }
    return std::any_of(states_.begin(), states_.end(),
                       [&](const auto& state) { return state[quota].remaining > 0; });
  }

  std::string redact(std::string text) const override { return redactor_.redact(text); }

 private:
  using TokenStates = std::vector<QuotaState>;  // By quota.

  static bool is_spent(const QuotaState& state) { return state.is_tracked && state.remaining <= 0; }

  std::string header_value(std::size_t token) const {
    const std::string& text = parts_.tokens[token].reveal();
    return parts_.method.empty() ? text : parts_.method + " " + text;
  }

  std::optional<std::size_t> token_of(const Request& sent) const {
    const auto value = sent.headers.find(parts_.header);
    for (std::size_t token = 0; value && token < parts_.tokens.size(); ++token) {
      if (*value == header_value(token)) {
        return token;
      }
    }
    return std::nullopt;
  }

  // The quota that a request draws from.
  std::size_t quota_of(const Request& request) const {
    const auto& quotas = parts_.quotas;
    const auto found = std::find_if(quotas.begin(), quotas.end(),
                                    [&](const TokenQuota& quota) { return quota.is_for(request); });
    const auto otherwise = std::find_if(quotas.begin(), quotas.end(),
                                        [](const TokenQuota& quota) { return quota.is_default(); });
    const auto chosen = found != quotas.end()       ? found
                        : otherwise != quotas.end() ? otherwise
                                                    : quotas.begin();
    return static_cast<std::size_t>(chosen - quotas.begin());
  }

  // Takes one call of the quota from the token in use, or from the next that has one, and returns
  // that token. Waits for a reset when none has.
  Result<std::size_t> take_call(std::size_t quota, const std::stop_token& stop) {
    const Clock::Monotonic deadline = clock_.monotonic() + parts_.wait_max;
    for (;;) {
      std::optional<std::size_t> token;
      milliseconds wait{0};
      {
        const std::lock_guard lock(mutex_);
        token = next_token(quota);
        wait = token ? throttle(quota, *token) : wait_for_reset(quota);
      }
      const auto left = ceil<milliseconds>(deadline - clock_.monotonic());
      if (!token && wait >= left) {
        return Error{ErrorCode::RateLimited,
                     "the quota \"" + parts_.quotas[quota].name() + "\" of all tokens is spent",
                     wait};
      }
      if (wait.count() > 0 && !clock_.sleep(token ? wait : std::min(wait, left), stop)) {
        return Error{ErrorCode::Cancelled, "cancelled while waiting for the quota of a token"};
      }
      if (token) {
        return *token;
      }
      TRY(ask_again(quota, stop));
    }
  }

  // REQUIRES: mutex_ is held, as for the next two.
  std::optional<std::size_t> next_token(std::size_t quota) {
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const std::size_t token = (active_ + i) % states_.size();
      QuotaState& state = states_[token][quota];
      if (!state.is_tracked) {
        active_ = (token + 1) % states_.size();
        return token;
      }
      if (state.remaining > 0) {
        --state.remaining;
        active_ = token;
        return token;
      }
    }
    return std::nullopt;
  }

  // Spreads the last calls of all tokens over the time until the reset.
  milliseconds throttle(std::size_t quota, std::size_t token) const {
    std::int64_t remaining = 0;
    for (const TokenStates& states : states_) {
      const QuotaState& state = states[quota];
      const double reserve = std::max(static_cast<double>(parts_.reserve_min),
                                      static_cast<double>(state.limit) * parts_.reserve_fraction);
      if (!state.is_tracked || static_cast<double>(state.remaining) > reserve) {
        return milliseconds(0);
      }
      remaining += std::max<std::int64_t>(state.remaining, 0);
    }
    const auto until = ceil<milliseconds>(states_[token][quota].resets_at - clock_.now());
    if (remaining <= 0 || until.count() <= 0) {
      return milliseconds(0);
    }
    const milliseconds wait = std::min(until / remaining, kThrottleMax);
    return wait < kThrottleMin ? milliseconds(0) : wait;
  }

  milliseconds wait_for_reset(std::size_t quota) const {
    Clock::Wall first = Clock::Wall::max();
    for (const TokenStates& states : states_) {
      first = std::min(first, states[quota].resets_at);
    }
    return std::max(ceil<milliseconds>(first - clock_.now()), kResetWaitMin);
  }

  // One thread asks; those that come meanwhile use what it learns.
  Status ask_once(const std::stop_token& stop) {
    const std::lock_guard asking(asking_);
    {
      const std::lock_guard lock(mutex_);
      if (!states_.empty()) {
        return {};
      }
    }
    return ask(stop);
  }

  Status ask_again(std::size_t quota, const std::stop_token& stop) {
    const std::lock_guard asking(asking_);
    {
      const std::lock_guard lock(mutex_);
      const bool all_spent =
          std::all_of(states_.begin(), states_.end(),
                      [&](const TokenStates& states) { return is_spent(states[quota]); });
      if (!all_spent) {
        return {};
      }
    }
    return ask(stop);
  }

  // Asks the server what is left for each token. REQUIRES: asking_ is held.
  Status ask(const std::stop_token& stop) {
    std::vector<TokenStates> states;
    for (std::size_t token = 0; token < parts_.tokens.size(); ++token) {
      TokenStates of_token = TRY(ask_for(token, stop));
      states.push_back(std::move(of_token));
    }
    const std::lock_guard lock(mutex_);
    states_ = std::move(states);
    return {};
  }

  Result<TokenStates> ask_for(std::size_t token, const std::stop_token& stop) const {
    Request request = parts_.status_request;
    request.headers.set(parts_.header, header_value(token));
    const Response response = TRY(transport_.send(request, stop));
    if (parts_.untracked_statuses.contains(response.status)) {
      return TokenStates(parts_.quotas.size(), QuotaState{.is_tracked = false});
    }
    if (response.status >= 400) {
      Error error = error_of(request, response);
      error.retry_after = retry_after(response.headers, clock_.now());
      return std::move(error).while_doing("asking for the quotas of a token");
    }
    const auto body = parse_json(response.body);
    TokenStates states;
    for (const TokenQuota& quota : parts_.quotas) {
      auto state = quota.read(body.ok() ? *body : Value(), clock_.now());
      if (!state.ok()) {
        return std::move(state).error().while_doing(place_of(request));
      }
      states.push_back(*state);
    }
    return states;
  }

  const RotationParts parts_;
  Transport& transport_;
  Clock& clock_;
  Redactor& redactor_;

  std::mutex asking_;  // Taken before mutex_.
  mutable std::mutex mutex_;
  std::vector<TokenStates> states_;  // Guarded by mutex_. By token; empty: nobody asked yet.
  std::size_t active_ = 0;           // Guarded by mutex_.
};

Status read_tokens(const Node& node, const AuthenticationContext& context, RotationParts& parts) {
  const Node* tokens = TRY(node.required("tokens"));
  std::vector<std::string> texts;
  if (tokens->kind == Node::Kind::Sequence) {
    Context values = context_with(context.config, context.clock);
    for (const Node& item : tokens->items) {
      const TemplateField field = TRY(TemplateField::compile(node, item));
      std::string text = TRY(field.text(values));
      texts.push_back(std::move(text));
    }
  } else {
    std::string rest = TRY(evaluate_text(node, "tokens", context.config, context.clock));
    const std::string delimiter = TRY(node.text_or("token_delimiter", ","));
    for (std::size_t end = 0; end != std::string::npos;) {
      end = delimiter.empty() ? std::string::npos : rest.find(delimiter);
      texts.push_back(rest.substr(0, end));
      rest.erase(0, end == std::string::npos ? end : end + delimiter.size());
    }
  }
  for (const std::string& text : texts) {
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    if (start != std::string::npos) {
      Secret token(text.substr(start, text.find_last_not_of(" \t\r\n") - start + 1));
      context.redactor.add(token);
      parts.tokens.push_back(std::move(token));
    }
  }
  return parts.tokens.empty() ? Status(tokens->error("holds no token")) : Status();
}

Status read_source(const Node& node, const AuthenticationContext& context, RotationParts& parts) {
  const Node* source = TRY(node.required("quota_status_source"));
  parts.status_request.url = TRY(evaluate_text(*source, "url", context.config, context.clock));
  parts.status_request.method = TRY(source->text_or("http_method", "GET"));
  if (const Node* headers = source->find("request_headers")) {
    Context values = context_with(context.config, context.clock);
    for (const auto& [name, header] : headers->members) {
      if (!name.starts_with('$')) {
        const TemplateField field = TRY(TemplateField::compile(*source, header));
        std::string text = TRY(field.text(values));
        parts.status_request.headers.set(name, std::move(text));
      }
    }
  }
  if (const Node* statuses = source->find("unavailable_status_codes")) {
    for (const Node& status : statuses->items) {
      const std::int64_t* code = status.scalar.as_int();
      if (code == nullptr) {
        return status.error("an HTTP status code is expected here");
      }
      parts.untracked_statuses.insert(static_cast<int>(*code));
    }
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Authenticator>> rotating_tokens_of(const Node& node,
                                                          const AuthenticationContext& context) {
  RotationParts parts;
  TRY(read_tokens(node, context, parts));
  TRY(read_source(node, context, parts));
  const Node* quotas = TRY(node.required("quotas"));
  for (const Node& item : quotas->items) {
    TokenQuota quota = TRY(TokenQuota::compile(item, context.config, context.clock));
    parts.quotas.push_back(std::move(quota));
  }
  if (parts.quotas.empty()) {
    return quotas->error("a quota is missing");
  }
  parts.method = TRY(node.text_or("auth_method", "Bearer"));
  parts.header = TRY(node.text_or("header", "Authorization"));
  parts.reserve_fraction = TRY(node.number_or("budget_reserve_fraction", parts.reserve_fraction));
  parts.reserve_min = TRY(node.integer_or("budget_min_reserve", parts.reserve_min));
  std::string wait = TRY(evaluate_text(node, "max_wait_time", context.config, context.clock));
  const auto duration = parse_duration(wait.empty() ? "PT2H" : wait);
  if (!duration.ok()) {
    return node.error("max_wait_time: " + duration.error().message);
  }
  const Instant start = instant_from_micros(0);
  parts.wait_max = std::chrono::floor<milliseconds>(add(start, *duration) - start);
  return std::make_unique<RotatingTokens>(std::move(parts), context);
}

}  // namespace tendril
