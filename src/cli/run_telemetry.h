// RunTelemetry: what the options of sync ask to be shown of a run: metrics, traces, reports.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/session.h"
#include "connector/source.h"
#include "core/result.h"
#include "http/http_cache.h"
#include "http/transport.h"
#include "manifest/client_sharing.h"
#include "sync/progress.h"
#include "sync/sync.h"
#include "telemetry/metrics_server.h"
#include "telemetry/observers.h"
#include "telemetry/otlp_exporter.h"
#include "telemetry/run_monitor.h"
#include "telemetry/run_tracer.h"
#include "telemetry/run_watch.h"

namespace tendril {

// Calls: make(), sharing() for the source, begin(), the run with observer(), end().
class RunTelemetry {
 public:
  // Errors: InvalidConfig for a report of an unknown kind and a malformed address; System when the
  //   HTTP cache can not be used or the address not be listened at. `session` must outlive the
  //   result.
  static Result<std::unique_ptr<RunTelemetry>> make(const SyncArguments& arguments,
                                                    Session& session);

  // What the clients of the source use; it must go before.
  ClientSharing sharing(LimiterPool& limiters);

  // Shows what goes on from now on. `progress` and `source` must live until end().
  void begin(const std::string& connection, const SyncProgress& progress, const Source& source);

  // REQUIRES: begin() was called.
  SyncObserver& observer() { return *observers_; }

  // The run has ended, with `report` or an error: writes what is to be written.
  // Errors: System when it can not be.
  Status end(const Result<SyncReport>& report);

 private:
  RunTelemetry(const SyncArguments& arguments, Session& session);
  Status start_tracing();
  std::string metrics();

  const TelemetryArguments arguments_;
  const std::string source_name_;
  const std::string destination_;  // Its scheme: what follows may hold a password.
  Session& session_;
  const Clock::Wall started_at_;
  std::unique_ptr<HttpCache> cache_;      // Null: none is wanted.
  std::unique_ptr<Transport> transport_;  // To the collector; null as the next two: no traces.
  std::unique_ptr<OtlpExporter> exporter_;
  std::unique_ptr<RunTracer> tracer_;
  std::mutex mutex_;
  std::optional<RunWatch> watch_;  // Guarded by mutex_ until begin() has returned.
  std::optional<Observers> observers_;
  std::optional<RunMonitor> monitor_;
  std::unique_ptr<MetricsServer> server_;  // Last: its threads look at the others.
};

}  // namespace tendril
