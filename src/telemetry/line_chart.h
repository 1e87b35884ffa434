// LineChart: values over time as an inline SVG, with a table of the same beside it.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace tendril {

struct ChartSeries {
  std::string name;
  std::string colour;  // A class of the page's style: "one".
  std::vector<double> values = {};
};

struct LineChart {
  std::string title;
  std::string about;  // One sentence: what is drawn.
  std::function<std::string(double)> text_of;
  enum class Scale { Decimal, Binary } scale = Scale::Decimal;  // Binary: for bytes.
  std::vector<std::chrono::duration<double>> times = {};
  std::vector<ChartSeries> series = {};  // Each with a value for each time.
};

// Returns a <figure>, with labels that stay readable at any width.
std::string chart_html(const LineChart& chart);

// The end of a scale: the smallest of 1, 2, 2.5, 5 times a power of ten, or power of two, that is
// not less than `value`; 1 for none.
double round_ceiling(double value, LineChart::Scale scale);

}  // namespace tendril
