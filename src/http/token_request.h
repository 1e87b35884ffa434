// One request to an OAuth token endpoint, and what its answer means.
#pragma once

#include <stop_token>

#include "core/clock.h"
#include "core/result.h"
#include "core/secret.h"
#include "http/authenticator.h"
#include "http/transport.h"

namespace tendril {

// Returns the new tokens; `refresh_token` again when none came. A refresh, once sent, is not
// cancelled by `stop`: the answer may hold the only valid refresh token.
// Errors: Unauthenticated for 400, 401, 403 and answers that carry an error; RateLimited;
//   Unavailable for network faults and 408, 425, 5xx; InvalidConfig for other statuses; BadData
//   for an answer without a token; Cancelled.
// Source: RFC 6749 sections 4.4, 5 and 6.
Result<OAuthTokens> request_tokens(const OAuthOptions& options, const Secret& refresh_token,
                                   Transport& transport, const Clock& clock,
                                   const std::stop_token& stop);

}  // namespace tendril
