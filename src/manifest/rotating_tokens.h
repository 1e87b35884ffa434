// Several tokens of one API, used in turn as their quotas last.
// Source: manifest components "RateLimitedMultipleTokenAuthenticator", "TokenQuota" and
// "QuotaStatusSource".
#pragma once

#include <memory>

#include "core/result.h"
#include "http/authenticator.h"
#include "manifest/authentication.h"
#include "manifest/node.h"

namespace tendril {

// Errors: InvalidConfig with file, line and column.
Result<std::unique_ptr<Authenticator>> rotating_tokens_of(const Node& node,
                                                          const AuthenticationContext& context);

}  // namespace tendril
