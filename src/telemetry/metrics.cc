#include "telemetry/metrics.h"

#include <array>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace tendril {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

double seconds_of(std::chrono::microseconds time) {
  return std::chrono::duration<double>(time).count();
}

// The samples of one metric, as they are gathered.
class Samples {
 public:
  Samples(const RunFigures& figures, MetricFamily& family)
      : connection_{"connection", figures.connection}, family_(family) {}

  void add(double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.label.insert(metric.label.begin(), connection_);
    (family_.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    family_.metric.push_back(std::move(metric));
  }
  void add(std::int64_t value, Labels labels = {}) {
    add(static_cast<double>(value), std::move(labels));
  }

  void add(const CommitFigures& commits) {
    ClientMetric metric;
    metric.label = {connection_};
    metric.histogram.sample_count = static_cast<std::uint64_t>(commits.count);
    metric.histogram.sample_sum = seconds_of(commits.elapsed);
    std::uint64_t cumulated = 0;
    for (std::size_t i = 0; i < commits.by_seconds.size(); ++i) {
      cumulated += static_cast<std::uint64_t>(commits.by_seconds[i]);
      const double bound = i < CommitFigures::kSecondsMax.size()
                               ? CommitFigures::kSecondsMax[i]
                               : std::numeric_limits<double>::infinity();
      metric.histogram.bucket.push_back({.cumulative_count = cumulated, .upper_bound = bound});
    }
    family_.metric.push_back(std::move(metric));
  }

 private:
  const ClientMetric::Label connection_;
  MetricFamily& family_;
};

using Collect = void (*)(const RunFigures& run, Samples& samples);

template <std::int64_t StreamProgress::*Figure>
void by_stream(const RunFigures& run, Samples& samples) {
  for (const StreamProgress& stream : run.streams) {
    samples.add(stream.*Figure, {{"stream", stream.stream}});
  }
}

void stream_states(const RunFigures& run, Samples& samples) {
  using Phase = StreamProgress::Phase;
  for (const StreamProgress& stream : run.streams) {
    for (const Phase phase :
         {Phase::Waiting, Phase::Reading, Phase::Done, Phase::Failed, Phase::Stopped}) {
      samples.add(phase == stream.phase ? 1.0 : 0.0,
                  {{"stream", stream.stream}, {"state", std::string(to_string(phase))}});
    }
  }
}

void run_states(const RunFigures& run, Samples& samples) {
  for (const RunState state : kShownRunStates) {
    samples.add(state == run.state ? 1.0 : 0.0, {{"state", std::string(to_string(state))}});
  }
}

void requests(const RunFigures& run, Samples& samples) {
  for (const AnswerCount& answers : answer_counts(run)) {
    samples.add(answers.count, {{"status_class", std::string(answers.status_class)}});
  }
}

void waiting(const RunFigures& run, Samples& samples) {
  for (const WaitingTime& time : waiting_times(run)) {
    samples.add(seconds_of(time.waited), {{"reason", std::string(time.reason)}});
  }
}

struct Metric {
  MetricInfo info;
  Collect collect;
};

const auto kMetrics = std::to_array<Metric>({
    {{"tendril_run_state", "gauge", "state", "1 for the state that the run is in, else 0"},
     run_states},
    {{"tendril_run_seconds", "gauge", "", "How long the run has taken so far"},
     [](const RunFigures& run, Samples& samples) { samples.add(seconds_of(run.elapsed)); }},
    {{"tendril_stream_state", "gauge", "stream, state",
      "1 for the state that the stream is in, else 0"},
     stream_states},
    {{"tendril_rows_read_total", "counter", "stream",
      "Rows read, those read again after a fault included"},
     by_stream<&StreamProgress::rows_read>},
    {{"tendril_rows_committed_total", "counter", "stream",
      "Rows that the destination has committed"},
     by_stream<&StreamProgress::rows_committed>},
    {{"tendril_rows_rejected", "gauge", "stream",
      "Records that went to _tendril_rejected; less again when their slice is read again"},
     by_stream<&StreamProgress::rows_rejected>},
    {{"tendril_read_bytes_total", "counter", "stream", "Bytes of the rows read, in columns"},
     by_stream<&StreamProgress::bytes_read>},
    {{"tendril_slices_planned", "gauge", "stream", "Slices known so far"},
     by_stream<&StreamProgress::slices_planned>},
    {{"tendril_slices_done_total", "counter", "stream", "Slices read to their end"},
     by_stream<&StreamProgress::slices_done>},
    {{"tendril_slices_read_again_total", "counter", "stream",
      "How often a slice was read again after a fault"},
     by_stream<&StreamProgress::slices_read_again>},
    {{"tendril_commit_seconds", "histogram", "",
      "How long the commits of the destination took; _count is their number"},
     [](const RunFigures& run, Samples& samples) { samples.add(run.commits); }},
    {{"tendril_requests_total", "counter", "status_class",
      "HTTP requests sent, by the class of the answer's status; none: there was no answer"},
     requests},
    {{"tendril_request_retries_total", "counter", "", "HTTP requests that were a further attempt"},
     [](const RunFigures& run, Samples& samples) { samples.add(run.source.retries); }},
    {{"tendril_received_bytes_total", "counter", "", "Bytes of HTTP bodies received, decoded"},
     [](const RunFigures& run, Samples& samples) { samples.add(run.source.bytes_received); }},
    {{"tendril_not_modified_total", "counter", "",
      "Answers that came out of the HTTP cache after the server said they still hold"},
     [](const RunFigures& run, Samples& samples) { samples.add(run.source.not_modified); }},
    {{"tendril_breaker_openings_total", "counter", "",
      "How often a server was found to be out of order"},
     [](const RunFigures& run, Samples& samples) { samples.add(run.source.breaker_openings); }},
    {{"tendril_waiting_seconds_total", "counter", "reason",
      "Time that threads waited, all together: rate_limit, retry (back-off), breaker (a server out "
      "of order), queue (room for rows)"},
     waiting},
    {{"tendril_queue_bytes", "gauge", "", "Bytes that wait between reading and writing"},
     [](const RunFigures& run, Samples& samples) {
       samples.add(static_cast<double>(run.queue.bytes));
     }},
    {{"tendril_resident_memory_bytes", "gauge", "", "Memory that the process holds"},
     [](const RunFigures& run, Samples& samples) {
       samples.add(static_cast<double>(run.resident_bytes));
     }},
});

MetricType type_of(std::string_view name) {
  return name == "counter" ? MetricType::Counter
         : name == "gauge" ? MetricType::Gauge
                           : MetricType::Histogram;
}

}  // namespace

std::span<const MetricInfo> metric_infos() {
  static const auto kInfos = [] {
    std::array<MetricInfo, kMetrics.size()> infos;
    for (std::size_t i = 0; i < kMetrics.size(); ++i) {
      infos[i] = kMetrics[i].info;
    }
    return infos;
  }();
  return kInfos;
}

std::string metrics_text(const RunFigures& figures) {
  std::vector<MetricFamily> families;
  for (const Metric& metric : kMetrics) {
    MetricFamily& family = families.emplace_back();
    family.name = metric.info.name;
    family.help = metric.info.help;
    family.type = type_of(metric.info.type);
    Samples samples(figures, family);
    metric.collect(figures, samples);
  }
  std::erase_if(families, [](const MetricFamily& family) { return family.metric.empty(); });
  return prometheus::TextSerializer().Serialize(families);
}

std::string metrics_table() {
  std::string table = "| metric | type | labels | meaning |\n|---|---|---|---|\n";
  for (const MetricInfo& info : metric_infos()) {
    table.append("| `").append(info.name).append("` | ").append(info.type).append(" | connection");
    table.append(info.labels.empty() ? "" : ", ").append(info.labels).append(" | ");
    table.append(info.help).append(" |\n");
  }
  return table;
}

}  // namespace tendril
