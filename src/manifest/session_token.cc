#include "manifest/session_token.h"

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "data/instant.h"
#include "data/json.h"
#include "manifest/answer_path.h"
#include "manifest/requester.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

struct SessionParts {
  Requester login;
  std::vector<std::string> token_path;
  std::optional<Duration> life;
  CredentialPlace place = {};
  std::string prefix = {};
  std::optional<TemplateField> spelling = std::nullopt;  // Of the token in requests.
};

class SessionTokenAuthentication final : public Authenticator {
 public:
  SessionTokenAuthentication(SessionParts parts, const AuthenticationContext& context)
      : parts_(std::move(parts)),
        config_(context.config),
        clock_(context.clock),
        redactor_(context.redactor) {}

  Status authorize(Request& request, std::stop_token stop) override {
    const Secret token = TRY(good_token(stop));
    const std::string text = TRY(spelled(token));
    return put_credential(request, parts_.place, text);
  }

  Result<bool> renew_after_refusal(const Request& refused, std::stop_token /*stop*/) override {
    const std::lock_guard lock(mutex_);
    const std::string text = TRY(spelled(token_));
    if (carries(refused, parts_.place, text)) {
      good_until_.reset();
    }
    return true;
  }

  std::string redact(std::string text) const override { return redactor_.redact(text); }

 private:
  // One login at a time; who comes meanwhile takes its token.
  Result<Secret> good_token(const std::stop_token& stop) {
    const std::lock_guard lock(mutex_);
    if (good_until_ && clock_.now() <= *good_until_) {
      return token_;
    }
    token_ = TRY(log_in(stop));
    redactor_.add(token_);
    if (parts_.life) {
      good_until_ = add(clock_.now(), *parts_.life);
    }
    return token_;
  }

  Result<Secret> log_in(const std::stop_token& stop) const {
    Context context = context_with(config_, clock_);
    const Request request = TRY(parts_.login.request(RequestDraft(), std::nullopt, context));
    auto answer = parts_.login.send(request, stop);
    if (!answer.ok()) {
      return std::move(answer).error().while_doing("logging in");
    }
    const auto error = [&](const std::string& what) {
      return Error{ErrorCode::Unauthenticated, "logging in: " + place_of(request) + ": " + what};
    };
    if (answer->ignored) {
      return error("the answer is ignored by its error handler");
    }
    const auto body = parse_json(answer->response.body);
    if (!body.ok()) {
      return error("the answer is no JSON");
    }
    const Value* token = find_at(*body, parts_.token_path);
    if (token == nullptr || !is_truthy(*token)) {
      return error("the answer has no session token");
    }
    return Secret(plain_text(*token));
  }

  Result<std::string> spelled(const Secret& token) const {
    if (!parts_.spelling) {
      return parts_.prefix + token.reveal();
    }
    const Value value(token.reveal());
    Context context = context_with(config_, clock_);
    set(context, Name::SessionToken, &value);
    return parts_.spelling->text(context);
  }

  const SessionParts parts_;
  const Value& config_;
  const Clock& clock_;
  Redactor& redactor_;

  std::mutex mutex_;
  Secret token_;                       // Guarded by mutex_.
  std::optional<Instant> good_until_;  // Guarded by mutex_. Nullopt: not any more.
};

Status read_use(const Node& node, const AuthenticationContext& context, SessionParts& parts) {
  const Node* use = TRY(node.required("request_authentication"));
  if (use->type() == "Bearer") {
    parts.prefix = "Bearer ";
    return {};
  }
  if (use->type() != "ApiKey") {
    return use->error("request_authentication must be an ApiKey or Bearer");
  }
  auto place = TRY(credential_place(*use, "inject_into", context));
  if (!place) {
    return use->error("inject_into is missing");
  }
  parts.place = *std::move(place);
  const Node* spelling = use->find("api_token");
  if (spelling != nullptr && spelling->scalar != Value("")) {
    parts.spelling = TRY(TemplateField::compile(*use, "api_token"));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Authenticator>> session_token_of(const Node& node,
                                                        const AuthenticationContext& context) {
  if (context.environment == nullptr) {
    return node.error("a session token can not be had here", ErrorCode::Unsupported);
  }
  const Node* login = TRY(node.required("login_requester"));
  Requester requester = TRY(Requester::compile(*login, *context.environment, {}));
  SessionParts parts{std::move(requester), {}, std::nullopt};
  parts.token_path = TRY(node.texts("session_token_path"));
  if (const Node* life = node.find("expiration_duration")) {
    // Beyond the reference, a bare number is one of seconds: manifests in the wild mean it so.
    const std::string text = TRY(node.text("expiration_duration"));
    const bool is_number =
        !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    auto duration = parse_duration(is_number ? "PT" + text + "S" : text);
    if (!duration.ok()) {
      return life->error(duration.error().message);
    }
    parts.life = *duration;
  }
  TRY(read_use(node, context, parts));
  return std::make_unique<SessionTokenAuthentication>(std::move(parts), context);
}

}  // namespace tendril
