#include "core/error.h"

#include <utility>

namespace tendril {

Error Error::while_doing(std::string_view action) && {
  message.insert(0, ": ").insert(0, action);
  return std::move(*this);
}

bool is_retryable(ErrorCode code) {
  return code == ErrorCode::RateLimited || code == ErrorCode::Unavailable;
}

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidConfig: return "invalid_config";
    case ErrorCode::Unauthenticated: return "unauthenticated";
    case ErrorCode::PermissionDenied: return "permission_denied";
    case ErrorCode::NotFound: return "not_found";
    case ErrorCode::RateLimited: return "rate_limited";
    case ErrorCode::Unavailable: return "unavailable";
    case ErrorCode::BadData: return "bad_data";
    case ErrorCode::System: return "system";
    case ErrorCode::Cancelled: return "cancelled";
    case ErrorCode::Unsupported: return "unsupported";
    case ErrorCode::Internal: return "internal";
  }
  return "unknown";
}

}  // namespace tendril
