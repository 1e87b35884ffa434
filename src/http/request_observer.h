// RequestObserver: is told of every request that a client sent. For traces.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/error.h"

namespace tendril {

// One request and what became of it. Holds no secret: of the URL only origin and path.
struct SentRequest {
  std::string method;
  std::string origin;                             // "https://api.example.com"
  std::string path;                               // "/items"
  int status = 0;                                 // 0: there was no answer.
  std::optional<ErrorCode> error = std::nullopt;  // What the transport reported.
  int attempt = 0;                                // Counted from 0.
  Clock::Wall started_at{};
  std::chrono::microseconds elapsed{0};
  std::int64_t bytes_received = 0;
  bool was_kept = false;        // The server said "not modified" to what the cache keeps.
  std::string request_id = {};  // The vendor's, or "".
};

// Threads: safe to share; called by the thread that sent the request, so it should be quick.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;
  virtual void request_ended(const SentRequest& request) = 0;
};

}  // namespace tendril
