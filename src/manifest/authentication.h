// Authenticators from the manifest's components.
// Source: manifest components "NoAuth", "ApiKeyAuthenticator", "BearerAuthenticator",
// "BasicHttpAuthenticator" and "SelectiveAuthenticator"; the others have files of their own.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "connector/registry.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/secret.h"
#include "data/value.h"
#include "http/authenticator.h"
#include "http/transport.h"
#include "manifest/environment.h"
#include "manifest/node.h"

namespace tendril {

// What authenticators need; all of it must outlive them.
struct AuthenticationContext {
  const Value& config;
  Transport& transport;
  Clock& clock;
  Redactor& redactor;
  const ConfigSaver& save;  // May be empty: then renewed tokens live as long as the process.
  // What requests of an authenticator's own are made with; null where there are none.
  const Environment* environment = nullptr;
  // The clock by which to wait for a quota; null: `clock`.
  Clock* waits = nullptr;
  // The requester that the authenticator stands in; null where there is none.
  const Node* requester = nullptr;
};

// `node` is null where the requester names no authenticator. Every secret is made known to the
// redactor.
// Errors: InvalidConfig, and Unsupported for kinds that this version does not run, with file,
//   line and column.
Result<std::unique_ptr<Authenticator>> authenticator_of(const Node* node,
                                                        const AuthenticationContext& context);

// The secret that a field holds once it is evaluated, made known to the redactor.
Result<Secret> evaluate_secret(const Node& component, std::string_view key,
                               const AuthenticationContext& context);

// Where the RequestOption `key` of `component` puts a credential; nullopt when there is none.
Result<std::optional<CredentialPlace>> credential_place(const Node& component, std::string_view key,
                                                        const AuthenticationContext& context);

}  // namespace tendril
