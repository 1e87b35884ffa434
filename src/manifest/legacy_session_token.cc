#include "manifest/legacy_session_token.h"

#include <mutex>
#include <string>
#include <utility>

#include "data/json.h"
#include "http/client.h"
#include "http/pacing.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::chrono::hours kLife{24};  // As the reference keeps a bought token.
constexpr int kStatusUnauthorized = 401;

struct LegacySession {
  std::string header;
  std::string login_url;
  std::string check_url;
  std::string token_name;  // In the answer to a login.
  Secret token;
  std::string username;
  Secret password;
};

class LegacySessionTokenAuthentication final : public Authenticator {
 public:
  LegacySessionTokenAuthentication(LegacySession session, const AuthenticationContext& context)
      : session_(std::move(session)),
        transport_(context.transport),
        clock_(context.clock),
        redactor_(context.redactor) {}

  Status authorize(Request& request, std::stop_token stop) override {
    const std::lock_guard lock(mutex_);
    if (token_.empty() || (good_until_ && clock_.monotonic() > *good_until_)) {
      TRY(find_token(stop));
    }
    request.headers.set(session_.header, token_.reveal());
    return {};
  }

  Result<bool> renew_after_refusal(const Request& refused, std::stop_token /*stop*/) override {
    const std::lock_guard lock(mutex_);
    if (refused.headers.find(session_.header) == token_.reveal()) {
      own_refused_ = own_refused_ || token_ == session_.token;
      token_ = Secret();
    }
    return can_log_in();
  }

  std::string redact(std::string text) const override { return redactor_.redact(text); }

 private:
  bool can_log_in() const { return !session_.username.empty() && !session_.password.empty(); }

  Status find_token(const std::stop_token& stop) {
    if (!session_.token.empty() && !own_refused_) {
      const bool is_good = TRY(check_own(stop));
      if (is_good) {
        token_ = session_.token;
        return {};
      }
      own_refused_ = true;
    }
    if (!can_log_in()) {
      return Error{ErrorCode::Unauthenticated,
                   "the session token is refused, and there are no username and password"};
    }
    return log_in(stop);
  }

  Result<bool> check_own(const std::stop_token& stop) const {
    Request request{.url = session_.check_url};
    request.headers.set(session_.header, session_.token.reveal());
    const Response response = TRY(transport_.send(request, stop));
    if (response.status == kStatusUnauthorized) {
      return false;
    }
    TRY(accepted(request, response));
    return true;
  }

  Status log_in(const std::stop_token& stop) {
    Request request{.method = "POST", .url = session_.login_url};
    request.headers.set("Content-Type", "application/json");
    request.body =
        to_json(Map{{"username", session_.username}, {"password", session_.password.reveal()}});
    const Response response = TRY(transport_.send(request, stop));
    TRY(accepted(request, response));
    const auto body = parse_json(response.body);
    const Value* token = body.ok() ? body->find(session_.token_name) : nullptr;
    if (token == nullptr || !is_truthy(*token)) {
      return Error{ErrorCode::Unauthenticated,
                   place_of(request) + ": the answer has no " + session_.token_name};
    }
    token_ = Secret(plain_text(*token));
    redactor_.add(token_);
    good_until_ = clock_.monotonic() + kLife;
    return {};
  }

  Status accepted(const Request& request, const Response& response) const {
    if (response.status < 400) {
      return {};
    }
    Error error = error_of(request, response);
    error.retry_after = retry_after(response.headers, clock_.now());
    return std::move(error).while_doing("logging in");
  }

  const LegacySession session_;
  Transport& transport_;
  const Clock& clock_;
  Redactor& redactor_;

  std::mutex mutex_;
  Secret token_;                                // Guarded by mutex_. Empty: none is known.
  std::optional<Clock::Monotonic> good_until_;  // Guarded by mutex_. Nullopt: until refused.
  bool own_refused_ = false;                    // Guarded by mutex_.
};

}  // namespace

Result<std::unique_ptr<Authenticator>> legacy_session_token_of(
    const Node& node, const AuthenticationContext& context) {
  const auto text = [&](const Node& owner, std::string_view key) {
    return evaluate_text(owner, key, context.config, context.clock);
  };
  std::string base;
  if (context.requester != nullptr) {
    base = TRY(text(*context.requester, context.requester->find("url") ? "url" : "url_base"));
  }
  LegacySession session;
  session.header = TRY(text(node, "header"));
  const std::string login = TRY(text(node, "login_url"));
  const std::string check = TRY(text(node, "validate_session_url"));
  session.login_url = base + login;
  session.check_url = base + check;
  session.token_name = TRY(text(node, "session_token_response_key"));
  session.token = TRY(evaluate_secret(node, "session_token", context));
  session.username = TRY(text(node, "username"));
  session.password = TRY(evaluate_secret(node, "password", context));
  return std::make_unique<LegacySessionTokenAuthentication>(std::move(session), context);
}

}  // namespace tendril
