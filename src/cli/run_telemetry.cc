#include "cli/run_telemetry.h"

#include <utility>

#include "cli/config_file.h"
#include "telemetry/metrics.h"
#include "telemetry/run_report.h"

namespace tendril {

RunTelemetry::RunTelemetry(const SyncArguments& arguments, Session& session)
    : arguments_(arguments.telemetry),
      source_name_(arguments.source.source),
      destination_(arguments.destination.substr(0, arguments.destination.find(':'))),
      session_(session),
      started_at_(session.clock().now()) {}

Result<std::unique_ptr<RunTelemetry>> RunTelemetry::make(const SyncArguments& arguments,
                                                         Session& session) {
  for (const std::string& file : arguments.telemetry.report_files) {
    TRY(check_report_file(file));
  }
  std::unique_ptr<RunTelemetry> telemetry(new RunTelemetry(arguments, session));
  if (!arguments.telemetry.http_cache.empty()) {
    telemetry->cache_ = TRY(HttpCache::open({.folder = arguments.telemetry.http_cache}));
  }
  TRY(telemetry->start_tracing());
  if (!arguments.telemetry.metrics_address.empty()) {
    RunTelemetry& shown = *telemetry;
    shown.server_ = TRY(MetricsServer::listen(arguments.telemetry.metrics_address,
                                              [&shown] { return shown.metrics(); }));
    session.log().info("metrics are served", {{"url", shown.server_->url()}});
  }
  return telemetry;
}

// The variables are those of every program that speaks OTLP.
// Source: opentelemetry.io/docs/specs/otel/protocol/exporter.
Status RunTelemetry::start_tracing() {
  const EnvironmentLookup environment = process_environment();
  std::string url = arguments_.otlp_url;
  if (url.empty()) {
    url = environment("OTEL_EXPORTER_OTLP_ENDPOINT").value_or("");
  }
  if (!url.empty()) {
    url = otlp_traces_url(std::move(url));
  }
  if (arguments_.otlp_url.empty()) {
    url = environment("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").value_or(url);
  }
  if (url.empty()) {
    return {};
  }
  if (origin_of(url).empty()) {
    return Error{ErrorCode::InvalidConfig,
                 "the address of the collector of traces has no host: " + place_of("POST", url)};
  }
  const Headers headers = otlp_headers(environment("OTEL_EXPORTER_OTLP_HEADERS").value_or(""));
  for (const auto& [name, value] : headers.fields()) {
    session_.redactor().add(Secret(value));
  }
  transport_ = TRY(curl_transport({}));
  exporter_ = std::make_unique<OtlpExporter>(
      OtlpOptions{.url = std::move(url), .headers = headers, .service_version = TENDRIL_VERSION},
      OtlpParts{*transport_, session_.log(), session_.redactor()});
  tracer_ = std::make_unique<RunTracer>(session_.clock(), *exporter_);
  return {};
}

ClientSharing RunTelemetry::sharing(LimiterPool& limiters) {
  return {.limiters = &limiters, .cache = cache_.get(), .observer = tracer_.get()};
}

// Before the run has begun there is nothing to tell.
std::string RunTelemetry::metrics() {
  const std::lock_guard lock(mutex_);
  return watch_ ? metrics_text(watch_->figures()) : std::string();
}

void RunTelemetry::begin(const std::string& connection, const SyncProgress& progress,
                         const Source& source) {
  {
    const std::lock_guard lock(mutex_);
    watch_.emplace(connection, progress, source, session_.clock());
  }
  std::vector<SyncObserver*> observers = {&*watch_};
  if (tracer_ != nullptr) {
    tracer_->begin(connection);
    observers.push_back(tracer_.get());
  }
  observers_.emplace(std::move(observers));
  monitor_.emplace(RunMonitorParts{*watch_, session_.clock(), session_.log()},
                   arguments_.metrics_file);
}

Status RunTelemetry::end(const Result<SyncReport>& report) {
  const RunState state = report.ok() ? state_of(*report) : RunState::Failed;
  watch_->end(state);
  if (tracer_ != nullptr) {
    tracer_->end(state);
  }
  Status written = monitor_->end();
  const RunReport run{.source = source_name_,
                      .destination = destination_,
                      .started_at = started_at_,
                      .streams = report.ok() ? report->streams : std::vector<StreamReport>(),
                      .fault = report.ok() ? std::nullopt : std::optional(report.error()),
                      .figures = watch_->figures(),
                      .samples = monitor_->samples()};
  for (const std::string& file : arguments_.report_files) {
    Status report_written = write_run_report(run, file, session_.redactor());
    written = written.ok() ? std::move(report_written) : std::move(written);
  }
  server_.reset();    // Looks at the run, which may go now.
  exporter_.reset();  // Sends what is left.
  return written;
}

}  // namespace tendril
