// ClientSharing: what the HTTP clients of a source share with those of other sources.
#pragma once

#include "core/limiter_pool.h"
#include "http/http_cache.h"
#include "http/request_observer.h"

namespace tendril {

// All of it must outlive the source.
struct ClientSharing {
  LimiterPool* limiters = nullptr;      // Null: of the source's own.
  HttpCache* cache = nullptr;           // Null: answers are kept for one run at most.
  RequestObserver* observer = nullptr;  // Null: nobody watches.
};

}  // namespace tendril
