// The page of a run report.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "data/instant.h"
#include "telemetry/html_text.h"
#include "telemetry/line_chart.h"
#include "telemetry/report_style.h"
#include "telemetry/run_report.h"

namespace tendril {
namespace {

using Seconds = std::chrono::duration<double>;

std::string figure(std::string_view value, std::string_view name) {
  return fmt::format("<li><b>{}</b><span>{}</span></li>", html_escaped(value), name);
}

std::string figures_html(const RunReport& report) {
  std::int64_t read = 0;
  std::int64_t written = 0;
  std::int64_t rejected = 0;
  for (const StreamReport& stream : report.streams) {
    read += stream.rows_read;
    written += stream.rows_written;
    rejected += stream.rows_rejected;
  }
  std::size_t resident = report.figures.resident_bytes;
  for (const RunSample& sample : report.samples) {
    resident = std::max(resident, sample.resident_bytes);
  }
  return R"(<ul class="figures">)" + figure(grouped(read), "rows read") +
         figure(grouped(written), "rows committed") + figure(grouped(rejected), "rejected") +
         figure(short_time(report.figures.elapsed), "duration") +
         figure(grouped(report.figures.source.requests), "requests") +
         figure(short_bytes(static_cast<double>(resident)), "most memory") + "</ul>";
}

std::string fault_html(const std::optional<Error>& fault) {
  return !fault ? std::string()
                : fmt::format("<p class=\"fault\" role=\"alert\">{}: {}</p>",
                              to_string(fault->code), html_escaped(fault->message));
}

std::string streams_html(const RunReport& report) {
  if (report.streams.empty()) {
    return {};
  }
  std::string rows;
  std::string faults;
  for (const StreamReport& stream : report.streams) {
    rows += fmt::format(
        "<tr><th scope=\"row\">{}</th><td class=\"{}\">{}</td><td>{}</td><td>{}</td><td>{}</td>"
        "<td>{}</td><td>{}</td></tr>",
        html_escaped(stream.stream), to_string(stream.outcome), to_string(stream.outcome),
        grouped(stream.rows_read), grouped(stream.rows_written), grouped(stream.rows_deleted),
        grouped(stream.rows_rejected), short_time(stream.elapsed));
    if (stream.error) {
      faults += fmt::format("<li><b>{}</b>: {}: {}</li>", html_escaped(stream.stream),
                            to_string(stream.error->code), html_escaped(stream.error->message));
    }
  }
  return R"(<h2>Streams</h2><div class="card scroll"><table><thead><tr><th scope="col">stream</th>)"
         R"(<th scope="col">outcome</th><th scope="col">read</th><th scope="col">committed</th>)"
         R"(<th scope="col">deleted</th><th scope="col">rejected</th><th scope="col">time</th>)"
         "</tr></thead><tbody>" +
         rows + "</tbody></table></div>" +
         (faults.empty() ? "" : "<ul class=\"fault\">" + faults + "</ul>");
}

LineChart chart_of(const RunReport& report, std::string title, std::string about,
                   std::function<std::string(double)> text_of) {
  LineChart chart{
      .title = std::move(title), .about = std::move(about), .text_of = std::move(text_of)};
  for (const RunSample& sample : report.samples) {
    chart.times.emplace_back(sample.at);
  }
  return chart;
}

template <class Member>
ChartSeries series_of(const RunReport& report, std::string name, std::string colour,
                      Member member) {
  ChartSeries series{.name = std::move(name), .colour = std::move(colour)};
  for (const RunSample& sample : report.samples) {
    series.values.push_back(static_cast<double>(sample.*member));
  }
  return series;
}

std::string charts_html(const RunReport& report) {
  const auto per_second = [](double rate) { return short_number(rate) + "/s"; };
  LineChart rows = chart_of(report, "Rows", "Rows read and rows committed per second", per_second);
  rows.series = {series_of(report, "read", "one", &RunSample::rows_read_per_second),
                 series_of(report, "committed", "two", &RunSample::rows_committed_per_second)};
  LineChart memory = chart_of(report, "Memory", "What the process and the queue of the run held",
                              [](double bytes) { return short_bytes(bytes); });
  memory.scale = LineChart::Scale::Binary;
  memory.series = {series_of(report, "process", "one", &RunSample::resident_bytes),
                   series_of(report, "queue", "two", &RunSample::queue_bytes)};
  LineChart requests = chart_of(report, "Requests", "HTTP requests sent per second", per_second);
  requests.series = {series_of(report, "requests", "one", &RunSample::requests_per_second)};
  return chart_html(rows) + chart_html(memory) + chart_html(requests);
}

struct Bar {
  std::string name;
  std::string_view colour;
  double amount = 0;
  std::string text;
};

// Rows of words, a bar and a number: the table is the chart.
std::string bars_html(std::string_view title, std::string_view about,
                      const std::vector<Bar>& bars) {
  double most = 0;
  for (const Bar& bar : bars) {
    most = std::max(most, bar.amount);
  }
  std::string rows;
  for (const Bar& bar : bars) {
    rows += fmt::format(
        R"(<span>{}</span><span class="track" aria-hidden="true"><span class="fill {}" )"
        R"(style="width:{:.1f}%"></span></span><span class="amount">{}</span>)",
        html_escaped(bar.name), bar.colour, most > 0 ? bar.amount / most * 100 : 0,
        html_escaped(bar.text));
  }
  return fmt::format(
      R"(<figure><figcaption><h3>{}</h3><p>{}</p></figcaption><div class="bars">{}</div></figure>)",
      title, about, rows);
}

std::string_view colour_of(std::string_view status_class) {
  return status_class == "2xx"   ? "good"
         : status_class == "4xx" ? "warn"
         : status_class == "5xx" ? "bad"
         : status_class == "3xx" ? "info"
                                 : "none";
}

std::string bar_charts_html(const RunFigures& figures) {
  std::vector<Bar> answers;
  for (const AnswerCount& each : answer_counts(figures)) {
    if (each.status_class == "1xx" && each.count == 0) {
      continue;  // No server of an API sends these as answers.
    }
    answers.push_back({each.status_class == "none" ? "no answer" : std::string(each.status_class),
                       colour_of(each.status_class), static_cast<double>(each.count),
                       grouped(each.count)});
  }
  std::vector<Bar> waits;
  for (const WaitingTime& each : waiting_times(figures)) {
    waits.push_back(
        {std::string(each.title), "info", Seconds(each.waited).count(), short_time(each.waited)});
  }
  std::vector<Bar> commits;
  for (std::size_t i = 0; i < figures.commits.by_seconds.size(); ++i) {
    const bool is_last = i == CommitFigures::kSecondsMax.size();
    const Seconds bound(CommitFigures::kSecondsMax[is_last ? i - 1 : i]);
    commits.push_back({(is_last ? "longer than " : "up to ") + short_time(bound), "info",
                       static_cast<double>(figures.commits.by_seconds[i]),
                       grouped(figures.commits.by_seconds[i])});
  }
  return bars_html("Answers", "HTTP answers by status", answers) +
         bars_html("Waiting", "Time that all threads waited, together, by reason", waits) +
         bars_html("Commits", "Commits of the destination by how long they took", commits);
}

}  // namespace

std::string run_report_page(const RunReport& report) {
  const RunFigures& figures = report.figures;
  const std::string name = html_escaped(figures.connection);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<title>{0}: {1}</title><style>{2}</style></head><body><main>"
      "<header><span class=\"state {3}\">{1}</span><h1>{0}</h1>"
      "<p>{4} to {5}, started {6}</p></header>"
      "{7}{8}<h2>Over time</h2><div class=\"charts\">{9}</div>"
      "<h2>In all</h2><div class=\"charts\">{10}</div>"
      "<footer>Rows read count those that were read again after a fault.</footer>"
      "</main></body></html>\n",
      name, to_string(figures.state), report_style(), to_string(figures.state),
      html_escaped(report.source), html_escaped(report.destination), to_iso(report.started_at),
      fault_html(report.fault) + figures_html(report), streams_html(report), charts_html(report),
      bar_charts_html(figures));
}

}  // namespace tendril
