// Session tokens: a login request of the manifest's own brings a token, which the other requests
// carry until it ends.
// Source: manifest component "SessionTokenAuthenticator".
#pragma once

#include <memory>

#include "core/result.h"
#include "http/authenticator.h"
#include "manifest/authentication.h"
#include "manifest/node.h"

namespace tendril {

// Without "expiration_duration" there is a login before every request, as in the reference.
// REQUIRES: context.environment.
// Errors: InvalidConfig and Unsupported with file, line and column.
Result<std::unique_ptr<Authenticator>> session_token_of(const Node& node,
                                                        const AuthenticationContext& context);

}  // namespace tendril
