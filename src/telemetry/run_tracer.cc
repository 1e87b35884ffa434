#include "telemetry/run_tracer.h"

#include <charconv>
#include <utility>

namespace tendril {
namespace {

// What the current thread works on. A thread works for one run at a time, so a request that it
// sends belongs to this.
struct CurrentWork {
  const RunTracer* tracer = nullptr;  // Null: nothing.
  std::string span_id = {};           // Of the slice; of the stream while it opens or plans.
  Clock::Wall started_at{};
  int requests = 0;
  int restarts = 0;
};
thread_local CurrentWork current_work;

void set_failed(Span& span, const Error& error) {
  span.is_error = true;
  span.error = error.message;
  span.attributes.push_back({"error.type", std::string(to_string(error.code))});
}

// Adds server.address and server.port. REQUIRES: `origin` is as origin_of() makes it.
void add_server(std::string_view origin, Span& span) {
  const bool is_secure = origin.starts_with("https://");
  std::string_view host = origin.substr(std::min(origin.find("://") + 3, origin.size()));
  std::int64_t port = is_secure ? 443 : 80;
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    std::from_chars(host.data() + colon + 1, host.data() + host.size(), port);
    host = host.substr(0, colon);
  }
  span.attributes.push_back({"server.address", std::string(host)});
  span.attributes.push_back({"server.port", port});
}

}  // namespace

RunTracer::RunTracer(const Clock& clock, SpanSink& sink, int spans_max)
    : clock_(clock),
      sink_(sink),
      spans_max_(spans_max),
      random_(std::random_device()()),
      trace_id_(new_id(32)),
      run_{new_id(16), clock.now()} {}

std::string RunTracer::new_id(int digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::lock_guard lock(mutex_);
  std::string id;
  for (int i = 0; i < digits; ++i) {
    id += kDigits[random_() & 0xFU];
  }
  id.back() = id.back() == '0' ? '1' : id.back();  // All zeros are not allowed.
  return id;
}

RunTracer::OpenSpan RunTracer::stream_span(const std::string& stream) {
  std::string id = new_id(16);
  const std::lock_guard lock(mutex_);
  return streams_.try_emplace(stream, OpenSpan{std::move(id), clock_.now()}).first->second;
}

bool RunTracer::may_add_span() {
  const std::lock_guard lock(mutex_);
  if (spans_ >= spans_max_) {
    ++spans_left_out_;
    return false;
  }
  ++spans_;
  return true;
}

Span RunTracer::span(std::string name, std::string id, std::string parent_id,
                     Clock::Wall started_at) const {
  return {.trace_id = trace_id_,
          .span_id = std::move(id),
          .parent_id = std::move(parent_id),
          .name = std::move(name),
          .started_at = started_at,
          .ended_at = clock_.now(),
          .attributes = {{"tendril.connection", connection_}}};
}

void RunTracer::work_started(const StreamWork& work) {
  const OpenSpan stream = stream_span(work.stream);
  current_work = {.tracer = this,
                  .span_id = work.kind == StreamWork::Kind::Read ? new_id(16) : stream.id,
                  .started_at = clock_.now()};
}

void RunTracer::work_restarted(const StreamWork&, const Error&) { ++current_work.restarts; }

void RunTracer::work_ended(const StreamWork& work, const Status& outcome) {
  const CurrentWork done = std::exchange(current_work, CurrentWork());
  if (work.kind != StreamWork::Kind::Read || (outcome.ok() && !may_add_span())) {
    return;
  }
  Span slice = span("slice", done.span_id, stream_span(work.stream).id, done.started_at);
  slice.attributes.push_back({"tendril.stream", work.stream});
  slice.attributes.push_back({"tendril.slice", work.slice});
  slice.attributes.push_back({"tendril.requests", std::int64_t{done.requests}});
  slice.attributes.push_back({"tendril.restarts", std::int64_t{done.restarts}});
  if (!outcome.ok()) {
    set_failed(slice, outcome.error());
  }
  sink_.add(std::move(slice));
}

// Source: opentelemetry.io/docs/specs/semconv/http/http-spans, the client's.
void RunTracer::request_ended(const SentRequest& request) {
  const bool is_ours = current_work.tracer == this;
  const bool is_failed = request.status == 0 || request.status >= 400;
  if (is_ours && ++current_work.requests > kRequestsPerWorkMax && !is_failed) {
    return;
  }
  if (!may_add_span()) {
    return;
  }
  Span sent = span(request.method, new_id(16), is_ours ? current_work.span_id : run_.id,
                   request.started_at);
  sent.kind = Span::Kind::Client;
  sent.ended_at = request.started_at + request.elapsed;
  sent.attributes.push_back({"http.request.method", request.method});
  sent.attributes.push_back({"url.full", request.origin + request.path});
  add_server(request.origin, sent);
  if (request.status != 0) {
    sent.attributes.push_back({"http.response.status_code", std::int64_t{request.status}});
    sent.attributes.push_back({"http.response.body.size", request.bytes_received});
  }
  if (request.attempt > 0) {
    sent.attributes.push_back({"http.request.resend_count", std::int64_t{request.attempt}});
  }
  if (request.was_kept) {
    sent.attributes.push_back({"tendril.not_modified", true});
  }
  if (!request.request_id.empty()) {
    sent.attributes.push_back({"tendril.request_id", request.request_id});
  }
  if (is_failed) {
    sent.is_error = true;
    sent.attributes.push_back({"error.type", request.error ? std::string(to_string(*request.error))
                                                           : std::to_string(request.status)});
  }
  sink_.add(std::move(sent));
}

void RunTracer::stream_ended(const StreamReport& report) {
  const OpenSpan open = stream_span(report.stream);
  Span stream = span("stream " + report.stream, open.id, run_.id, open.started_at);
  stream.attributes.push_back({"tendril.stream", report.stream});
  stream.attributes.push_back({"tendril.rows_read", report.rows_read});
  stream.attributes.push_back({"tendril.rows_written", report.rows_written});
  stream.attributes.push_back({"tendril.rows_rejected", report.rows_rejected});
  if (report.error) {
    set_failed(stream, *report.error);
  }
  sink_.add(std::move(stream));
}

void RunTracer::end(RunState state) {
  Span run = span("sync " + connection_, run_.id, "", run_.started_at);
  run.attributes.push_back({"tendril.state", std::string(to_string(state))});
  {
    const std::lock_guard lock(mutex_);
    run.attributes.push_back({"tendril.spans_left_out", spans_left_out_});
  }
  run.is_error = state == RunState::Failed || state == RunState::PartlyFailed;
  sink_.add(std::move(run));
}

}  // namespace tendril
