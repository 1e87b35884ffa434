// CurlLoop: the one thread that drives libcurl's multi interface for a transport. Others hand it
// transfers and hear from them through the transfer itself.
#pragma once

#include <cstdint>
#include <memory>

#include "core/result.h"
#include "http/curl_transfer.h"
#include "http/transport.h"

namespace tendril {

// Threads: safe to share.
class CurlLoop {
 public:
  // At most connections_per_host_max transfers to one origin run at once, the others wait for
  // their turn; HTTP/2 shows itself as such with the first answer and then gets more. `options`
  // must outlive the loop.
  // Errors: Internal when libcurl cannot be set up.
  static Result<std::unique_ptr<CurlLoop>> start(const TransportOptions& options);

  virtual ~CurlLoop() = default;  // Closes.

  // Ends every transfer, and those still to come, as Cancelled. Returns when the thread is gone.
  virtual void close() = 0;

  // Starts `transfer`, which must live until it is finished. Returns its number.
  virtual std::uint64_t submit(Transfer& transfer) = 0;

  // Finishes the transfer as Cancelled, unless it is finished already.
  virtual void cancel(std::uint64_t number) = 0;

  // Lets a paused transfer go on.
  virtual void resume(std::uint64_t number) = 0;
};

}  // namespace tendril
