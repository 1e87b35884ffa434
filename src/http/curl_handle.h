// CurlHandle: one of libcurl's easy handles, set up once for its transport and aimed at one
// transfer after the other.
#pragma once

#include <memory>

#include "core/result.h"
#include "http/transport.h"

namespace tendril {

class Transfer;

using CurlEasy = void;  // What libcurl calls CURL.

// Threads: one at a time.
class CurlHandle {
 public:
  // Streams have handles of their own, with smaller buffers.
  // Errors: System when memory is short; Internal when libcurl refuses an option.
  static Result<std::unique_ptr<CurlHandle>> make(const TransportOptions& options, bool streaming);

  // Sets what `transfer` needs, which must live until release().
  // Errors: InvalidConfig for what cannot be sent; System; Internal.
  Status aim(Transfer& transfer);

  // Forgets the transfer; the handle can be aimed again.
  void release();

  CurlEasy* easy() { return easy_.get(); }

 private:
  CurlHandle(bool proxy_is_set, CurlEasy* easy);
  Status set_headers(const Transfer& transfer);

  const bool proxy_is_set_;
  std::unique_ptr<void, void (*)(void*)> headers_;  // A curl_slist.
  std::unique_ptr<CurlEasy, void (*)(CurlEasy*)> easy_;
};

}  // namespace tendril
