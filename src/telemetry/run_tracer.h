// RunTracer: makes a trace of one run: run, streams, slices, requests, each a span below the other.
// Of a slice's requests only the first are traced, and of a run only so many spans, so that a
// trace stays small enough to look at.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <utility>

#include "core/clock.h"
#include "http/request_observer.h"
#include "sync/sync.h"
#include "telemetry/run_figures.h"
#include "telemetry/span.h"

namespace tendril {

// Threads: safe to share.
class RunTracer final : public SyncObserver, public RequestObserver {
 public:
  static constexpr int kRequestsPerWorkMax = 20;  // Those that failed come on top.
  static constexpr int kSpansMax = 50'000;        // Of slices and requests together.

  // `clock` and `sink` must outlive the tracer.
  RunTracer(const Clock& clock, SpanSink& sink, int spans_max = kSpansMax);

  // Names the run. REQUIRES: nothing has been traced yet.
  void begin(std::string connection) { connection_ = std::move(connection); }

  void stream_ended(const StreamReport& report) override;
  void work_started(const StreamWork& work) override;
  void work_restarted(const StreamWork& work, const Error& error) override;
  void work_ended(const StreamWork& work, const Status& outcome) override;
  void request_ended(const SentRequest& request) override;

  // The run is over.
  void end(RunState state);

  const std::string& trace_id() const { return trace_id_; }

 private:
  struct OpenSpan {
    std::string id;
    Clock::Wall started_at{};
  };

  std::string new_id(int digits);
  OpenSpan stream_span(const std::string& stream);
  bool may_add_span();
  Span span(std::string name, std::string id, std::string parent_id, Clock::Wall started_at) const;

  std::string connection_;
  const Clock& clock_;
  SpanSink& sink_;
  const int spans_max_;
  std::mutex mutex_;
  std::mt19937_64 random_;                   // Guarded by mutex_, as are all below.
  std::map<std::string, OpenSpan> streams_;  // Those that have begun.
  int spans_ = 0;
  std::int64_t spans_left_out_ = 0;
  const std::string trace_id_;
  const OpenSpan run_;
};

}  // namespace tendril
