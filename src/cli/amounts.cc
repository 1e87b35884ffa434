#include "cli/amounts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace tendril {

std::string count_text(std::int64_t count) {
  std::string digits = fmt::format("{}", count);
  const std::size_t first_digit = count < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first_digit + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string bytes_text(std::int64_t bytes) {
  constexpr std::array<std::string_view, 6> kUnits = {"B", "kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) {
    return fmt::format("{} B", bytes);
  }
  double amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  // What would be rounded to 1000 is one of the next unit.
  while (amount >= 999.5 && unit + 1 < kUnits.size()) {
    amount /= 1000;
    ++unit;
  }
  const int decimals = amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}", amount, decimals, kUnits[unit]);
}

std::string duration_text(std::chrono::milliseconds duration) {
  const std::int64_t millis = std::max<std::int64_t>(0, duration.count());
  const std::int64_t seconds = (millis + 500) / 1000;
  if (millis < 9'995) {
    return fmt::format("{:.2f} s", static_cast<double>(millis) / 1000);
  }
  if (seconds < 60) {
    return fmt::format("{:.1f} s", static_cast<double>(millis) / 1000);
  }
  if (seconds < 3600) {
    return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  }
  return fmt::format("{}h{:02}m", seconds / 3600, seconds % 3600 / 60);
}

std::string rate_text(double per_second) {
  if (per_second >= 9.95) {
    return count_text(std::llround(per_second)) + "/s";
  }
  return fmt::format("{:.1f}/s", per_second);
}

double rate_of(std::int64_t count, std::chrono::milliseconds elapsed) {
  const std::int64_t millis = std::max<std::int64_t>(1, elapsed.count());
  return static_cast<double>(count) * 1000 / static_cast<double>(millis);
}

}  // namespace tendril
