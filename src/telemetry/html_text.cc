#include "telemetry/html_text.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

namespace tendril {

std::string html_escaped(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string short_number(double number) {
  constexpr std::array kUnits = {"", " k", " M", " G"};
  std::size_t unit = 0;
  while (std::abs(number) >= 1000 && unit + 1 < kUnits.size()) {
    number /= 1000;
    ++unit;
  }
  const bool is_whole = number == std::floor(number) || std::abs(number) >= 100;
  return fmt::format("{:.{}f}{}", number, is_whole ? 0 : 1, kUnits[unit]);
}

std::string short_bytes(double bytes) {
  constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  const bool is_whole = bytes == std::floor(bytes) || bytes >= 100;
  return fmt::format("{:.{}f} {}", bytes, is_whole ? 0 : 1, kUnits[unit]);
}

std::string short_time(std::chrono::duration<double> time) {
  const double seconds = time.count();
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole >= 3600) {
    const std::int64_t minutes = whole % 3600 / 60;
    return minutes == 0 ? fmt::format("{} h", whole / 3600)
                        : fmt::format("{} h {:02} min", whole / 3600, minutes);
  }
  if (whole >= 60) {
    return whole % 60 == 0 ? fmt::format("{} min", whole / 60)
                           : fmt::format("{} min {:02} s", whole / 60, whole % 60);
  }
  if (seconds >= 1 || seconds == 0) {
    return fmt::format("{:.{}f} s", seconds, seconds == std::floor(seconds) ? 0 : 1);
  }
  return fmt::format("{:.0f} ms", seconds * 1000);
}

}  // namespace tendril
