// Session tokens in their older form: one that the user brings, or one that a name and a password
// buy.
// Source: manifest component "LegacySessionTokenAuthenticator".
#pragma once

#include <memory>

#include "core/result.h"
#include "http/authenticator.h"
#include "manifest/authentication.h"
#include "manifest/node.h"

namespace tendril {

// The user's token is tried first; the login and its check stand below the requester's base URL.
// Errors: InvalidConfig with file, line and column.
Result<std::unique_ptr<Authenticator>> legacy_session_token_of(
    const Node& node, const AuthenticationContext& context);

}  // namespace tendril
