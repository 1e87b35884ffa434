#include "manifest/authentication.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "manifest/answer_path.h"
#include "manifest/jwt_component.h"
#include "manifest/legacy_session_token.h"
#include "manifest/oauth_component.h"
#include "manifest/request_option.h"
#include "manifest/rotating_tokens.h"
#include "manifest/session_token.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

Placement placement_of(RequestOption::Place place) {
  switch (place) {
    case RequestOption::Place::Query: return Placement::Query;
    case RequestOption::Place::Header: return Placement::Header;
    case RequestOption::Place::Form: return Placement::FormBody;
    case RequestOption::Place::Json: return Placement::JsonBody;
  }
  return Placement::Header;
}

Result<std::unique_ptr<Authenticator>> api_key_of(const Node& node,
                                                  const AuthenticationContext& context) {
  Secret token = TRY(evaluate_secret(node, "api_token", context));
  auto place = TRY(credential_place(node, "inject_into", context));
  if (place) {
    return api_key(*std::move(place), std::move(token));
  }
  std::string header = TRY(evaluate_text(node, "header", context.config, context.clock));
  if (header.empty()) {
    return node.error("inject_into or header is missing");
  }
  return api_key(Placement::Header, std::move(header), std::move(token));
}

Result<std::unique_ptr<Authenticator>> bearer_of(const Node& node,
                                                 const AuthenticationContext& context) {
  Secret token = TRY(evaluate_secret(node, "api_token", context));
  return bearer(std::move(token));
}

Result<std::unique_ptr<Authenticator>> basic_of(const Node& node,
                                                const AuthenticationContext& context) {
  std::string username = TRY(evaluate_text(node, "username", context.config, context.clock));
  Secret password = TRY(evaluate_secret(node, "password", context));
  return basic(std::move(username), std::move(password));
}

// The authenticator that the configuration chooses.
Result<std::unique_ptr<Authenticator>> selected(const Node& node,
                                                const AuthenticationContext& context) {
  const std::vector<std::string> path = TRY(node.texts("authenticator_selection_path"));
  const Value* choice = find_at(context.config, path);
  if (choice == nullptr) {
    return node.error("the setting that selects the authenticator is missing: " +
                      (path.empty() ? std::string() : path.back()));
  }
  const Node* authenticators = TRY(node.required("authenticators"));
  const Node* chosen = authenticators->find(plain_text(*choice));
  if (chosen == nullptr) {
    return node.error("no authenticator is named: " + plain_text(*choice));
  }
  return authenticator_of(chosen, context);
}

using Maker = Result<std::unique_ptr<Authenticator>> (*)(const Node&, const AuthenticationContext&);
constexpr std::array<std::pair<std::string_view, Maker>, 9> kMakers{{
    {"ApiKeyAuthenticator", api_key_of},
    {"BasicHttpAuthenticator", basic_of},
    {"BearerAuthenticator", bearer_of},
    {"JwtAuthenticator", jwt_of},
    {"LegacySessionTokenAuthenticator", legacy_session_token_of},
    {"OAuthAuthenticator", oauth_of},
    {"RateLimitedMultipleTokenAuthenticator", rotating_tokens_of},
    {"SelectiveAuthenticator", selected},
    {"SessionTokenAuthenticator", session_token_of},
}};

}  // namespace

Result<std::unique_ptr<Authenticator>> authenticator_of(const Node* node,
                                                        const AuthenticationContext& context) {
  if (node == nullptr || node->type() == "NoAuth") {
    return no_authentication();
  }
  for (const auto& [name, make] : kMakers) {
    if (name == node->type()) {
      return make(*node, context);
    }
  }
  return node->error("authenticator is not supported: " + std::string(node->type()),
                     ErrorCode::Unsupported);
}

Result<Secret> evaluate_secret(const Node& component, std::string_view key,
                               const AuthenticationContext& context) {
  std::string text = TRY(evaluate_text(component, key, context.config, context.clock));
  Secret secret(std::move(text));
  context.redactor.add(secret);
  return secret;
}

Result<std::optional<CredentialPlace>> credential_place(const Node& component, std::string_view key,
                                                        const AuthenticationContext& context) {
  const auto option = TRY(RequestOption::compile(component, key, context.config, context.clock));
  if (!option) {
    return std::optional<CredentialPlace>();
  }
  return std::optional(CredentialPlace{placement_of(option->place()), option->path()});
}

}  // namespace tendril
