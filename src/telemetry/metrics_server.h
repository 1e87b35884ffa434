// MetricsServer: gives the metrics of a run to whoever asks for /metrics.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/result.h"

namespace tendril {

// Threads: safe to share.
class MetricsServer {
 public:
  using Text = std::function<std::string()>;

  // Listens at "HOST:PORT"; port 0 stands for any that is free. `text` is called by threads of the
  // server until it is destroyed.
  // Errors: InvalidConfig for a malformed address; System when it can not be listened at.
  static Result<std::unique_ptr<MetricsServer>> listen(const std::string& address, Text text);

  virtual ~MetricsServer() = default;

  // "http://127.0.0.1:9464/metrics"
  virtual std::string url() const = 0;
};

}  // namespace tendril
