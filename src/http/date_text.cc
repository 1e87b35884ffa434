#include "http/date_text.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <locale>
#include <sstream>

#include <date/date.h>

namespace tendril {
namespace {

// Two-digit years (RFC 850) count from 1969, as POSIX reads them.
constexpr std::array kFormats = {
    "%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y",
    "%Y-%m-%dT%H:%M:%SZ",        "%Y-%m-%dT%H:%M:%S%Ez",      "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%dT%H:%M:%S",         "%Y-%m-%d %H:%M:%SZ",        "%Y-%m-%d %H:%M:%S%Ez",
    "%Y-%m-%d %H:%M:%S%z",       "%Y-%m-%d %H:%M:%S"};

constexpr double kUnixSecondsMin = 1e9;  // 2001; less is seconds from now, up to 31 years.
constexpr double kUnixMillisMin = 1e11;
constexpr double kSecondsMax = 1e11;  // The year 5138.

Clock::Wall wall_of_unix(double seconds) {
  return Clock::Wall(std::chrono::microseconds(std::llround(seconds * 1e6)));
}

}  // namespace

std::optional<Clock::Wall> parse_date_text(std::string_view text) {
  for (const char* const format : kFormats) {
    std::istringstream in{std::string(text)};
    in.imbue(std::locale::classic());
    Clock::Wall moment;
    in >> date::parse(format, moment);
    if (!in.fail() && in.peek() == std::istringstream::traits_type::eof()) {
      return moment;
    }
  }
  return std::nullopt;
}

std::optional<Clock::Wall> parse_moment(std::string_view text, Clock::Wall now) {
  const std::optional<double> number = parse_number(text);
  if (!number) {
    return parse_date_text(text);
  }
  if (*number < kUnixSecondsMin) {
    return now + std::chrono::microseconds(std::llround(std::max(*number, 0.0) * 1e6));
  }
  const double seconds = *number < kUnixMillisMin ? *number : *number / 1000;
  return seconds < kSecondsMax ? std::optional(wall_of_unix(seconds)) : std::nullopt;
}

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, fault] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  const bool whole = fault == std::errc() && stopped == end && std::isfinite(number);
  return whole ? std::optional(number) : std::nullopt;
}

}  // namespace tendril
