#include "manifest/authentication.h"

#include <string>
#include <utility>
#include <vector>

#include "manifest/oauth_component.h"
#include "manifest/request_option.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

Result<Secret> secret_of(const Node& node, std::string_view key,
                         const AuthenticationContext& context) {
  std::string text = TRY(evaluate_text(node, key, context.config, context.clock));
  Secret secret(std::move(text));
  context.redactor.add(secret);
  return secret;
}

Result<std::unique_ptr<Authenticator>> api_key_of(const Node& node,
                                                  const AuthenticationContext& context) {
  Secret token = TRY(secret_of(node, "api_token", context));
  const auto option =
      TRY(RequestOption::compile(node, "inject_into", context.config, context.clock));
  if (!option) {
    std::string header = TRY(evaluate_text(node, "header", context.config, context.clock));
    if (header.empty()) {
      return node.error("inject_into or header is missing");
    }
    return api_key(Placement::Header, std::move(header), std::move(token));
  }
  switch (option->place()) {
    case RequestOption::Place::Query:
      return api_key(Placement::Query, option->field_name(), std::move(token));
    case RequestOption::Place::Header:
      return api_key(Placement::Header, option->field_name(), std::move(token));
    case RequestOption::Place::Form:
      return api_key(Placement::FormBody, option->field_name(), std::move(token));
    case RequestOption::Place::Json:
      return api_key(Placement::JsonBody, option->field_name(), std::move(token));
  }
  return node.error("inject_into is unknown");
}

Result<std::unique_ptr<Authenticator>> bearer_of(const Node& node,
                                                 const AuthenticationContext& context) {
  Secret token = TRY(secret_of(node, "api_token", context));
  return bearer(std::move(token));
}

Result<std::unique_ptr<Authenticator>> basic_of(const Node& node,
                                                const AuthenticationContext& context) {
  std::string username = TRY(evaluate_text(node, "username", context.config, context.clock));
  Secret password = TRY(secret_of(node, "password", context));
  return basic(std::move(username), std::move(password));
}

// The authenticator that the configuration chooses.
Result<std::unique_ptr<Authenticator>> selected(const Node& node,
                                                const AuthenticationContext& context) {
  const std::vector<std::string> path = TRY(node.texts("authenticator_selection_path"));
  const Value* choice = &context.config;
  for (const std::string& name : path) {
    choice = choice->find(name);
    if (choice == nullptr) {
      return node.error("the setting that selects the authenticator is missing: " + name);
    }
  }
  const Node* authenticators = TRY(node.required("authenticators"));
  const Node* chosen = authenticators->find(plain_text(*choice));
  if (chosen == nullptr) {
    return node.error("no authenticator is named: " + plain_text(*choice));
  }
  return authenticator_of(chosen, context);
}

}  // namespace

Result<std::unique_ptr<Authenticator>> authenticator_of(const Node* node,
                                                        const AuthenticationContext& context) {
  if (node == nullptr || node->type() == "NoAuth") {
    return no_authentication();
  }
  if (node->type() == "ApiKeyAuthenticator") {
    return api_key_of(*node, context);
  }
  if (node->type() == "BearerAuthenticator") {
    return bearer_of(*node, context);
  }
  if (node->type() == "BasicHttpAuthenticator") {
    return basic_of(*node, context);
  }
  if (node->type() == "OAuthAuthenticator") {
    return oauth_of(*node, context);
  }
  if (node->type() == "SelectiveAuthenticator") {
    return selected(*node, context);
  }
  return node->error("authenticator is not supported: " + std::string(node->type()),
                     ErrorCode::Unsupported);
}

}  // namespace tendril
