// Tells the accounts of a vendor apart by the credentials that a requester uses.
#pragma once

#include <string>

#include "core/clock.h"
#include "data/value.h"
#include "manifest/node.h"

namespace tendril {

// Returns a fingerprint of the credentials: the same for two requesters, of one source or of two,
// that would log in with the same ones. Never "" and never a secret.
std::string account_of(const Node& requester, const Value& config, const Clock& clock);

}  // namespace tendril
