// OAuth 2.0 from the manifest's component, and where in the configuration renewed tokens are kept.
// Source: manifest component "OAuthAuthenticator".
#pragma once

#include <memory>

#include "core/result.h"
#include "http/authenticator.h"
#include "manifest/authentication.h"
#include "manifest/node.h"

namespace tendril {

// Tokens are saved where "refresh_token_updater" says; without one a rotated refresh token is saved
// where the template of "refresh_token" read the old one.
// Errors: InvalidConfig and Unsupported with file, line and column.
Result<std::unique_ptr<Authenticator>> oauth_of(const Node& node,
                                                const AuthenticationContext& context);

}  // namespace tendril
