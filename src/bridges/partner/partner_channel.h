// Connects to a server of the partner protocol.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "core/result.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace tendril {

// `address` is HOST:PORT. Errors: InvalidConfig when it is not; Unavailable when nobody answers
// there within `patience`; Cancelled.
Result<std::shared_ptr<grpc::Channel>> connect_partner(
    const std::string& address, std::stop_token stop,
    std::chrono::milliseconds patience = std::chrono::seconds{10});

}  // namespace tendril
