// OtlpExporter: sends spans to a collector from a thread of its own, in batches. A collector that
// is slow or down costs spans, and one warning; never the sync.
// Source: opentelemetry.io/docs/specs/otlp, OTLP/HTTP.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "core/log.h"
#include "core/secret.h"
#include "http/message.h"
#include "http/transport.h"
#include "telemetry/span.h"

namespace tendril {

struct OtlpOptions {
  std::string url;  // Whole: "http://127.0.0.1:4318/v1/traces".
  Headers headers = {};
  std::string service_version = {};
  std::size_t queue_spans_max = 8'192;
};

// All must outlive the exporter.
struct OtlpParts {
  Transport& transport;
  Log& log;
  const Redactor& redactor;  // Blanks secrets in all that is sent.
};

class OtlpExporter final : public SpanSink {
 public:
  // Starts a thread.
  OtlpExporter(OtlpOptions options, const OtlpParts& parts);

  // Sends what is left, and waits for that a few seconds at most.
  ~OtlpExporter() override;

  void add(Span span) override;

  // How many were not sent: the queue was full, or the collector did not take them.
  std::int64_t dropped() const;

 private:
  void work(std::stop_token stop);
  std::vector<Span> next_batch(const std::stop_token& stop);
  bool send(const std::vector<Span>& batch, std::stop_token stop);
  void warn(const std::string& error);

  const OtlpOptions options_;
  const OtlpParts parts_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::condition_variable idle_;
  std::deque<Span> queue_;  // Guarded by mutex_, as are all below.
  bool is_ending_ = false;
  bool is_over_ = false;
  bool has_warned_ = false;
  std::int64_t dropped_ = 0;
  std::jthread thread_;  // Last: joined before the rest goes.
};

// The address of a collector's traces, from that of the collector.
std::string otlp_traces_url(std::string endpoint);

// Headers as OTEL_EXPORTER_OTLP_HEADERS lists them: "key=value,key=value", percent-encoded.
Headers otlp_headers(std::string_view text);

}  // namespace tendril
