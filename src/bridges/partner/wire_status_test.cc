#include "bridges/partner/wire_status.h"

#include <grpcpp/support/status.h>

#include <gmock/gmock.h>

namespace tendril {
namespace {

TEST(WireStatus, KeepsWhoCanAct) {
  for (const ErrorCode code : {ErrorCode::Unauthenticated, ErrorCode::PermissionDenied,
                               ErrorCode::NotFound, ErrorCode::RateLimited, ErrorCode::Unavailable,
                               ErrorCode::Cancelled, ErrorCode::Unsupported}) {
    const Error error = error_of(status_of({.code = code, .message = "why"}), "Schema of here:1");
    EXPECT_EQ(error.code, code);
    EXPECT_EQ(error.message, "Schema of here:1: why");
  }
}

TEST(WireStatus, SaysThatThereIsNoReason) {
  EXPECT_EQ(error_of(grpc::Status(grpc::StatusCode::UNKNOWN, ""), "Test").message,
            "Test: the server gave no reason");
}

}  // namespace
}  // namespace tendril
