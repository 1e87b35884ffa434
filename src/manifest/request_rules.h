// The rules of the components that make requests: authenticators, rate limits, resets of the
// pagination. Part of component_rules.h. Source: the language's JSON schema.
#pragma once

#include <span>
#include <string_view>

#include "manifest/component_rules.h"

namespace tendril {

// The components that may stand where credentials are named.
inline constexpr std::string_view kAuthenticators =
    "NoAuth ApiKeyAuthenticator BearerAuthenticator BasicHttpAuthenticator OAuthAuthenticator "
    "JwtAuthenticator SessionTokenAuthenticator LegacySessionTokenAuthenticator "
    "RateLimitedMultipleTokenAuthenticator SelectiveAuthenticator";

std::span<const ComponentRule> request_rules();

}  // namespace tendril
