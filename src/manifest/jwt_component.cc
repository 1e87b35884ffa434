#include "manifest/jwt_component.h"

#include <algorithm>
#include <chrono>

#include "core/encoding.h"
#include "data/json.h"

namespace tendril {
namespace {

constexpr std::int64_t kSecondsDefault = 1200;

// The key as the algorithm needs it.
Result<Secret> key_of(const Node& node, const AuthenticationContext& context) {
  Secret key = TRY(evaluate_secret(node, "secret_key", context));
  const auto encodes = TRY(TemplateField::compile(node, "base64_encode_secret_key"));
  Context values = context_with(context.config, context.clock);
  const bool is_encoded = TRY(encodes ? encodes->truth(values) : Result<bool>(false));
  if (!is_encoded) {
    return key;
  }
  Secret encoded(base64_encode(key.reveal()));
  context.redactor.add(encoded);
  return encoded;
}

// Puts a fresh token on every request.
class JwtAuthentication final : public Authenticator {
 public:
  JwtAuthentication(JwtSource source, CredentialPlace place, const Redactor& redactor)
      : source_(std::move(source)), place_(std::move(place)), redactor_(redactor) {}

  Status authorize(Request& request, std::stop_token /*stop*/) override {
    const Secret token = TRY(source_.token());
    return put_credential(request, place_, token.reveal());
  }

  // Every try carries a token of its own.
  Result<bool> renew_after_refusal(const Request& /*refused*/, std::stop_token /*stop*/) override {
    return false;
  }

  std::string redact(std::string text) const override { return redactor_.redact(text); }

 private:
  const JwtSource source_;
  const CredentialPlace place_;
  const Redactor& redactor_;
};

}  // namespace

Status JwtSource::add_members(const Node& node, std::string_view key,
                              const std::vector<std::string_view>& reserved,
                              std::vector<Member>& members) {
  const Node* mapping = node.find(key);
  if (mapping == nullptr) {
    return {};
  }
  for (const auto& [name, field] : mapping->members) {
    if (name.starts_with('$')) {
      continue;
    }
    if (std::find(reserved.begin(), reserved.end(), name) != reserved.end()) {
      return field.error("is set by the authenticator itself: " + name);
    }
    Member& member = members.emplace_back();
    member.name = name;
    if (field.kind == Node::Kind::Scalar) {
      member.expression = TRY(TemplateField::compile(node, field));
    } else {
      member.constant = to_value(field);
    }
  }
  return {};
}

Status JwtSource::add_claims(const Node& node, std::string_view key,
                             const std::vector<std::string_view>& names,
                             std::vector<Member>& members) {
  const Node* mapping = node.find(key);
  if (mapping == nullptr) {
    return {};
  }
  for (const std::string_view name : names) {
    const Node* field = mapping->find(name);
    if (field == nullptr || field->scalar == Value("")) {
      continue;
    }
    Member& member = members.emplace_back();
    member.name = name;
    member.expression = TRY(TemplateField::compile(node, *field));
    member.is_text = name != "aud";  // An audience may be a list of texts.
  }
  return {};
}

Result<JwtSource> JwtSource::compile(const Node& node, const AuthenticationContext& context) {
  const std::string algorithm = TRY(node.text("algorithm"));
  const Secret key = TRY(key_of(node, context));
  const Secret passphrase = TRY(evaluate_secret(node, "passphrase", context));
  auto signer = JwtSigner::create(algorithm, key, passphrase);
  if (!signer.ok()) {
    return node.error(signer.error().message);
  }
  JwtSource source(std::move(signer).value(), context.config, context.clock);
  source.algorithm_ = algorithm;
  source.prefix_ = TRY(evaluate_text(node, "header_prefix", context.config, context.clock));
  source.seconds_ = TRY(node.integer_or("token_duration", kSecondsDefault));
  const Node* headers = node.find("jwt_headers");
  source.type_ = TRY(headers == nullptr ? Result<std::string>("JWT")
                     : headers->find("typ") == nullptr
                         ? Result<std::string>("JWT")
                         : evaluate_text(*headers, "typ", context.config, context.clock));
  TRY(add_members(node, "additional_jwt_headers", {"kid", "alg", "typ", "cty"}, source.headers_));
  TRY(add_claims(node, "jwt_headers", {"kid", "cty"}, source.headers_));
  TRY(add_members(node, "additional_jwt_payload", {"iss", "sub", "aud", "iat", "exp", "nbf"},
                  source.claims_));
  TRY(add_claims(node, "jwt_payload", {"iss", "sub", "aud"}, source.claims_));
  return source;
}

Result<Map> JwtSource::evaluate(const std::vector<Member>& members) const {
  Map map;
  Context context = context_with(*config_, *clock_);
  for (const Member& member : members) {
    if (!member.expression) {
      map.set(member.name, member.constant);
      continue;
    }
    Value value = TRY(member.expression->evaluate(context));
    if (!value.is_list() && (member.is_text || member.name == "aud")) {
      std::string text = TRY(member.expression->text(context));
      value = std::move(text);
    }
    map.set(member.name, std::move(value));
  }
  return map;
}

Result<Secret> JwtSource::token() const {
  Map header;
  if (!type_.empty()) {
    header.set("typ", type_);
  }
  header.set("alg", algorithm_);
  const Map more = TRY(evaluate(headers_));
  for (const auto& [name, value] : more.members()) {
    header.set(name, value);
  }
  Map claims = TRY(evaluate(claims_));
  const std::int64_t now =
      std::chrono::floor<std::chrono::seconds>(clock_->now()).time_since_epoch().count();
  claims.set("iat", now);
  claims.set("exp", now + seconds_);
  claims.set("nbf", now);
  std::string token = TRY(signer_.sign(to_json(header), to_json(claims)));
  return Secret(prefix_.empty() ? std::move(token) : prefix_ + " " + token);
}

Result<std::unique_ptr<Authenticator>> jwt_of(const Node& node,
                                              const AuthenticationContext& context) {
  JwtSource source = TRY(JwtSource::compile(node, context));
  auto place = TRY(credential_place(node, "request_option", context));
  return std::make_unique<JwtAuthentication>(
      std::move(source), std::move(place).value_or(CredentialPlace()), context.redactor);
}

}  // namespace tendril
