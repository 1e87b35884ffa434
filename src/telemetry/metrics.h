// The metrics of a run, in the text format of Prometheus. Each name is defined once, in metrics.cc;
// what is served, what is written and docs/reference/metrics.md all come from there.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "telemetry/run_figures.h"

namespace tendril {

inline constexpr std::string_view kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

struct MetricInfo {
  std::string_view name;
  std::string_view type;    // "counter", "gauge" or "histogram".
  std::string_view labels;  // Beside "connection": "stream, state", or "".
  std::string_view help;
};
std::span<const MetricInfo> metric_infos();

// Source: prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4.
std::string metrics_text(const RunFigures& figures);

// The table of docs/reference/metrics.md.
std::string metrics_table();

}  // namespace tendril
