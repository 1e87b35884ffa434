#include "bridges/partner/wire_status.h"

#include <grpcpp/support/status.h>

namespace tendril {
namespace {

grpc::StatusCode code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidConfig:
    case ErrorCode::BadData: return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorCode::Unauthenticated: return grpc::StatusCode::UNAUTHENTICATED;
    case ErrorCode::PermissionDenied: return grpc::StatusCode::PERMISSION_DENIED;
    case ErrorCode::NotFound: return grpc::StatusCode::NOT_FOUND;
    case ErrorCode::RateLimited: return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case ErrorCode::Unavailable: return grpc::StatusCode::UNAVAILABLE;
    case ErrorCode::System: return grpc::StatusCode::FAILED_PRECONDITION;
    case ErrorCode::Cancelled: return grpc::StatusCode::CANCELLED;
    case ErrorCode::Unsupported: return grpc::StatusCode::UNIMPLEMENTED;
    case ErrorCode::Internal: return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::UNKNOWN;
}

ErrorCode code_of(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::OUT_OF_RANGE: return ErrorCode::BadData;
    case grpc::StatusCode::UNAUTHENTICATED: return ErrorCode::Unauthenticated;
    case grpc::StatusCode::PERMISSION_DENIED: return ErrorCode::PermissionDenied;
    case grpc::StatusCode::NOT_FOUND: return ErrorCode::NotFound;
    case grpc::StatusCode::RESOURCE_EXHAUSTED: return ErrorCode::RateLimited;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::ABORTED: return ErrorCode::Unavailable;
    case grpc::StatusCode::CANCELLED: return ErrorCode::Cancelled;
    case grpc::StatusCode::UNIMPLEMENTED: return ErrorCode::Unsupported;
    default:  // UNKNOWN among them: what a server in Python that raised answers with.
      return ErrorCode::System;
  }
}

}  // namespace

grpc::Status status_of(const Error& error) { return {code_of(error.code), error.message}; }

Error error_of(const grpc::Status& status, const std::string& call) {
  const std::string& said = status.error_message();
  return Error{code_of(status.error_code()),
               call + ": " + (said.empty() ? "the server gave no reason" : said)};
}

}  // namespace tendril
