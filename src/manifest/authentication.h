// Authenticators from the manifest's components.
// Source: manifest components "NoAuth", "ApiKeyAuthenticator", "BearerAuthenticator",
// "BasicHttpAuthenticator", "OAuthAuthenticator" and "SelectiveAuthenticator".
#pragma once

#include <memory>

#include "connector/registry.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/secret.h"
#include "data/value.h"
#include "http/authenticator.h"
#include "http/transport.h"
#include "manifest/node.h"

namespace tendril {

// What authenticators need; all of it must outlive them.
struct AuthenticationContext {
  const Value& config;
  Transport& transport;
  Clock& clock;
  Redactor& redactor;
  const ConfigSaver& save;  // May be empty: then renewed tokens live as long as the process.
};

// `node` is null where the requester names no authenticator. Every secret is made known to the
// redactor.
// Errors: InvalidConfig, and Unsupported for kinds that this version does not run, with file,
//   line and column.
Result<std::unique_ptr<Authenticator>> authenticator_of(const Node* node,
                                                        const AuthenticationContext& context);

}  // namespace tendril
