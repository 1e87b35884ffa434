// PacedTransport: a transport for the requests that authenticators send themselves, such as
// logins: they wait their turn like all others of the account, so that a hold is everybody's.
#pragma once

#include <memory>
#include <string>

#include "core/limiter_pool.h"
#include "http/transport.h"

namespace tendril {

// `transport` and `limiters` must outlive the result. `account` as LimiterPool::limiter() takes it.
std::unique_ptr<Transport> paced_transport(Transport& transport, LimiterPool& limiters,
                                           std::string account);

}  // namespace tendril
