#include "telemetry/line_chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "telemetry/html_text.h"

namespace tendril {
namespace {

constexpr double kWidth = 600;
constexpr double kHeight = 180;
constexpr std::size_t kTableRowsMax = 16;

double largest(const LineChart& chart) {
  double most = 0;
  for (const ChartSeries& series : chart.series) {
    for (const double value : series.values) {
      most = std::max(most, value);
    }
  }
  return most;
}

// The points of a series: "0,180.0 12.5,90.3". Without a time before the first, the line starts at
// the left edge.
std::string points_of(const LineChart& chart, const ChartSeries& series, double ceiling) {
  const double last = chart.times.empty() ? 1 : std::max(chart.times.back().count(), 1e-9);
  std::string points;
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    const double x = i == 0 ? 0 : chart.times[i].count() / last * kWidth;
    const double y = kHeight - series.values[i] / ceiling * kHeight;
    points += fmt::format("{}{:.1f},{:.1f}", i == 0 ? "" : " ", x, y);
  }
  if (series.values.size() == 1) {
    points += fmt::format(" {:.1f},{:.1f}", kWidth, kHeight - series.values[0] / ceiling * kHeight);
  }
  return points;
}

std::string svg_of(const LineChart& chart, double ceiling) {
  std::string svg = fmt::format(
      R"(<svg viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">)", kWidth,
      kHeight, html_escaped(chart.title + ". " + chart.about));
  for (const double part : {0.0, 0.5, 1.0}) {
    svg += fmt::format(R"(<line class="grid" x1="0" x2="{0}" y1="{1:.1f}" y2="{1:.1f}"/>)", kWidth,
                       kHeight * part);
  }
  for (const ChartSeries& series : chart.series) {
    if (series.values.empty()) {
      continue;
    }
    const std::string points = points_of(chart, series, ceiling);
    if (&series == &chart.series.front()) {
      svg += fmt::format(R"(<polygon class="area {}" points="0,{} {} {},{}"/>)", series.colour,
                         kHeight, points, kWidth, kHeight);
    }
    svg += fmt::format(R"(<polyline class="line {}" points="{}"/>)", series.colour, points);
  }
  return svg + "</svg>";
}

std::string legend_of(const LineChart& chart) {
  std::string legend = R"(<ul class="legend">)";
  for (const ChartSeries& series : chart.series) {
    const double most =
        series.values.empty() ? 0 : *std::max_element(series.values.begin(), series.values.end());
    legend += fmt::format(R"(<li><span class="key {}"></span>{}, at most {}</li>)", series.colour,
                          html_escaped(series.name), html_escaped(chart.text_of(most)));
  }
  return legend + "</ul>";
}

std::string table_of(const LineChart& chart) {
  std::string table =
      "<details><summary>As a table</summary><div class=\"scroll\"><table><thead>"
      "<tr><th scope=\"col\">after</th>";
  for (const ChartSeries& series : chart.series) {
    table += "<th scope=\"col\">" + html_escaped(series.name) + "</th>";
  }
  table += "</tr></thead><tbody>";
  const std::size_t count = chart.times.size();
  const std::size_t rows = std::min(count, kTableRowsMax);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t i = rows == 1 ? 0 : row * (count - 1) / (rows - 1);
    table += "<tr><th scope=\"row\">" + short_time(chart.times[i]) + "</th>";
    for (const ChartSeries& series : chart.series) {
      table += "<td>" + html_escaped(chart.text_of(series.values[i])) + "</td>";
    }
    table += "</tr>";
  }
  return table + "</tbody></table></div></details>";
}

}  // namespace

double round_ceiling(double value, LineChart::Scale scale) {
  if (!(value > 0)) {
    return 1;
  }
  if (scale == LineChart::Scale::Binary) {
    return std::exp2(std::ceil(std::log2(value)));
  }
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 2.5, 5.0}) {
    if (value <= step * power * (1 + 1e-9)) {
      return step * power;
    }
  }
  return 10 * power;
}

std::string chart_html(const LineChart& chart) {
  const double ceiling = round_ceiling(largest(chart), chart.scale);
  const auto last = chart.times.empty() ? std::chrono::duration<double>(0) : chart.times.back();
  return fmt::format(
      R"(<figure><figcaption><h3>{}</h3><p>{}</p></figcaption>{}<div class="plot">)"
      R"(<div class="scale" aria-hidden="true"><span>{}</span><span>{}</span><span>0</span></div>)"
      R"(<div class="canvas">{}</div><div class="times" aria-hidden="true"><span>0 s</span>)"
      "<span>{}</span><span>{}</span></div></div>{}</figure>",
      html_escaped(chart.title), html_escaped(chart.about), legend_of(chart),
      html_escaped(chart.text_of(ceiling)), html_escaped(chart.text_of(ceiling / 2)),
      svg_of(chart, ceiling), short_time(last / 2), short_time(last), table_of(chart));
}

}  // namespace tendril
