// Between our errors and the status of a gRPC call.
#pragma once

#include <string>

#include "core/error.h"

namespace grpc {
class Status;
}  // namespace grpc

namespace tendril {

grpc::Status status_of(const Error& error);

// What a failed call comes down to; `call` names it: "Schema of 127.0.0.1:50051".
// REQUIRES: !status.ok().
Error error_of(const grpc::Status& status, const std::string& call);

}  // namespace tendril
