#include "telemetry/run_report.h"

#include <algorithm>
#include <utility>

#include "core/whole_file.h"
#include "data/instant.h"
#include "data/json.h"

namespace tendril {
namespace {

template <class Duration>
Value seconds(Duration time) {
  return Value(std::chrono::duration<double>(time).count());
}

Value error_json(const Error& error) {
  Map map{{"code", Value(to_string(error.code))}, {"message", Value(error.message)}};
  if (!error.request_id.empty()) {
    map.append("request_id", Value(error.request_id));
  }
  return map;
}

Value stream_json(const StreamReport& stream, const StreamProgress* progress) {
  Map map{{"stream", Value(stream.stream)},
          {"outcome", Value(to_string(stream.outcome))},
          {"incremental", Value(stream.incremental)},
          {"resumed", Value(stream.resumed)},
          {"rows_read", Value(stream.rows_read)},
          {"rows_written", Value(stream.rows_written)},
          {"rows_deleted", Value(stream.rows_deleted)},
          {"rows_rejected", Value(stream.rows_rejected)},
          {"seconds", seconds(stream.elapsed)}};
  if (progress != nullptr) {
    map.append("bytes_read", Value(progress->bytes_read));
    map.append("slices_planned", Value(progress->slices_planned));
    map.append("slices_done", Value(progress->slices_done));
    map.append("slices_read_again", Value(progress->slices_read_again));
  }
  if (stream.error) {
    map.append("error", error_json(*stream.error));
  }
  return map;
}

Value streams_json(const RunReport& report) {
  List streams;
  for (const StreamReport& stream : report.streams) {
    const auto found =
        std::find_if(report.figures.streams.begin(), report.figures.streams.end(),
                     [&](const StreamProgress& each) { return each.stream == stream.stream; });
    streams.push_back(
        stream_json(stream, found == report.figures.streams.end() ? nullptr : &*found));
  }
  return Value(std::move(streams));
}

Value requests_json(const RunFigures& figures) {
  Map by_class;
  for (const AnswerCount& answers : answer_counts(figures)) {
    by_class.append(std::string(answers.status_class), Value(answers.count));
  }
  return Map{{"sent", Value(figures.source.requests)},
             {"retries", Value(figures.source.retries)},
             {"by_status_class", Value(std::move(by_class))},
             {"not_modified", Value(figures.source.not_modified)},
             {"breaker_openings", Value(figures.source.breaker_openings)},
             {"bytes_received", Value(figures.source.bytes_received)}};
}

Value waiting_json(const RunFigures& figures) {
  Map waiting;
  for (const WaitingTime& time : waiting_times(figures)) {
    waiting.append(std::string(time.reason), seconds(time.waited));
  }
  return Value(std::move(waiting));
}

Value commits_json(const CommitFigures& commits) {
  List buckets;
  for (std::size_t i = 0; i < commits.by_seconds.size(); ++i) {
    const Value bound =
        i < CommitFigures::kSecondsMax.size() ? Value(CommitFigures::kSecondsMax[i]) : Value();
    buckets.push_back(Map{{"seconds_max", bound}, {"commits", Value(commits.by_seconds[i])}});
  }
  return Map{{"count", Value(commits.count)},
             {"rows", Value(commits.rows)},
             {"seconds", seconds(commits.elapsed)},
             {"by_seconds", Value(std::move(buckets))}};
}

Value samples_json(const std::vector<RunSample>& samples) {
  List list;
  for (const RunSample& sample : samples) {
    list.push_back(Map{{"at_seconds", seconds(sample.at)},
                       {"rows_read_per_second", Value(sample.rows_read_per_second)},
                       {"rows_committed_per_second", Value(sample.rows_committed_per_second)},
                       {"requests_per_second", Value(sample.requests_per_second)},
                       {"resident_bytes", Value(static_cast<std::int64_t>(sample.resident_bytes))},
                       {"queue_bytes", Value(static_cast<std::int64_t>(sample.queue_bytes))}});
  }
  return Value(std::move(list));
}

}  // namespace

std::string_view to_string(StreamOutcome outcome) {
  switch (outcome) {
    case StreamOutcome::Done: return "done";
    case StreamOutcome::Failed: return "failed";
    case StreamOutcome::Stopped: return "stopped";
  }
  return "unknown";
}

Value run_report_json(const RunReport& report) {
  std::size_t resident_max = report.figures.resident_bytes;
  for (const RunSample& sample : report.samples) {
    resident_max = std::max(resident_max, sample.resident_bytes);
  }
  Map map{{"format", Value("tendril-run-report 1")},
          {"connection", Value(report.figures.connection)},
          {"source", Value(report.source)},
          {"destination", Value(report.destination)},
          {"state", Value(to_string(report.figures.state))},
          {"started_at", Value(to_iso(report.started_at))},
          {"seconds", seconds(report.figures.elapsed)},
          {"resident_bytes_max", Value(static_cast<std::int64_t>(resident_max))},
          {"streams", streams_json(report)},
          {"requests", requests_json(report.figures)},
          {"waiting_seconds", waiting_json(report.figures)},
          {"commits", commits_json(report.figures.commits)},
          {"samples", samples_json(report.samples)}};
  if (report.fault) {
    map.append("error", error_json(*report.fault));
  }
  return map;
}

Status check_report_file(const std::filesystem::path& file) {
  if (file.extension() == ".json" || file.extension() == ".html") {
    return {};
  }
  return Error{ErrorCode::InvalidConfig, "a report is a .json or a .html file: " + file.string()};
}

Status write_run_report(const RunReport& report, const std::filesystem::path& file,
                        const Redactor& redactor) {
  TRY(check_report_file(file));
  const std::string text = file.extension() == ".json" ? to_json(run_report_json(report)) + "\n"
                                                       : run_report_page(report);
  return write_whole_file(file, redactor.redact(text), FileReaders::Anybody);
}

}  // namespace tendril
