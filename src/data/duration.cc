// ISO 8601 durations.
#include <charconv>
#include <limits>

#include "data/civil.h"
#include "data/digits.h"
#include "data/instant.h"

namespace tendril {
namespace {

// The units in the order in which they must come; a month has no fixed length.
struct Unit {
  char letter;
  bool after_t;
  std::int64_t months;
  std::int64_t micros;
};
constexpr Unit kUnits[] = {
    {'Y', false, 12, 0},
    {'M', false, 1, 0},
    {'W', false, 0, 7 * kMicrosPerDay},
    {'D', false, 0, kMicrosPerDay},
    {'H', true, 0, 3600 * kMicrosPerSecond},
    {'M', true, 0, 60 * kMicrosPerSecond},
    {'S', true, 0, kMicrosPerSecond},
};

struct Amount {
  std::int64_t whole = 0;
  std::int64_t millionths = 0;
};

bool take_amount(std::string_view& text, Amount& amount) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount.whole);
  if (error != std::errc() || amount.whole < 0 || !is_digit(text[0])) {
    return false;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty() && (text[0] == '.' || text[0] == ',')) {
    text.remove_prefix(1);
    amount.millionths = take_fraction_micros(text);
  }
  return amount.millionths >= 0;
}

// Adds `amount` of `unit` to the sums. Returns false when they overflow or the amount is a
// fraction of something without a fixed length.
bool add_amount(const Unit& unit, const Amount& amount, std::int64_t& months,
                std::int64_t& micros) {
  if (unit.months != 0 && amount.millionths != 0) {
    return false;
  }
  std::int64_t part = 0;
  const std::int64_t size = unit.months != 0 ? unit.months : unit.micros;
  if (__builtin_mul_overflow(amount.whole, size, &part)) {
    return false;
  }
  std::int64_t& sum = unit.months != 0 ? months : micros;
  // A unit's microseconds are whole millions, so nothing is lost by dividing first.
  const std::int64_t fraction = unit.micros / 1'000'000 * amount.millionths;
  return !__builtin_add_overflow(sum, part, &sum) && !__builtin_add_overflow(sum, fraction, &sum) &&
         months <= std::numeric_limits<std::int32_t>::max();
}

std::optional<Duration> read_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  if (!text.starts_with('P')) {
    return std::nullopt;
  }
  text.remove_prefix(1);
  std::int64_t months = 0;
  std::int64_t micros = 0;
  bool after_t = false;
  const Unit* next = std::begin(kUnits);
  do {
    if (text.starts_with('T') && !after_t) {
      after_t = true;
      text.remove_prefix(1);
    }
    Amount amount;
    if (text.empty() || !take_amount(text, amount) || text.empty()) {
      return std::nullopt;
    }
    while (next != std::end(kUnits) && (next->letter != text[0] || next->after_t != after_t)) {
      ++next;
    }
    if (next == std::end(kUnits) || !add_amount(*next++, amount, months, micros)) {
      return std::nullopt;
    }
    text.remove_prefix(1);
  } while (!text.empty());
  const std::int64_t sign = negative ? -1 : 1;
  return Duration{static_cast<std::int32_t>(sign * months), Micros(sign * micros)};
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  if (const auto duration = read_duration(text)) {
    return *duration;
  }
  return Error{ErrorCode::InvalidConfig, "text is no ISO 8601 duration such as P1D or PT1H30M: \"" +
                                             std::string(text.substr(0, 80)) + "\""};
}

}  // namespace tendril
