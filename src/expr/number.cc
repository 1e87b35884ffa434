#include "expr/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/stripped.h"

namespace tendril {
namespace {

constexpr Int128 kInt128Max = ~(Int128{1} << 127);

int digit_of(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'z' ? lower - 'a' + 10 : 99;
}

// Copies `text` without its underscores; nullopt when one does not stand between digits.
std::optional<std::string> without_underscores(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      out.push_back(text[i]);
    } else if (i == 0 || i + 1 == text.size() || digit_of(text[i - 1]) > 35 ||
               digit_of(text[i + 1]) > 35) {
      return std::nullopt;
    }
  }
  return out;
}

// Reads digits of `base`. Sets `number` to nullopt when there are more than 128 bits of them.
// Returns false when something else is among them.
bool read_digits(std::string_view digits, int base, std::optional<Int128>& number) {
  number = 0;
  for (const char c : digits) {
    const int digit = digit_of(c);
    if (digit >= base) {
      return false;
    }
    if (number && *number > (kInt128Max - digit) / base) {
      number = std::nullopt;
    }
    if (number) {
      number = *number * base + digit;
    }
  }
  return !digits.empty();
}

}  // namespace

std::optional<Int128> whole_number(const Term& term) {
  if (term.is_integral()) {
    return term.as_int();
  }
  if (!term.is(Term::Kind::BigNumber)) {
    return std::nullopt;
  }
  std::string_view digits = term.text();
  const bool negative = digits.starts_with('-');
  digits.remove_prefix(negative || digits.starts_with('+') ? 1 : 0);
  std::optional<Int128> number;
  if (!read_digits(digits, 10, number) || !number) {
    return std::nullopt;
  }
  return negative ? -*number : *number;
}

Term term_of(Int128 number, TermHeap& heap) {
  if (number >= std::numeric_limits<std::int64_t>::min() &&
      number <= std::numeric_limits<std::int64_t>::max()) {
    return Term::integer(static_cast<std::int64_t>(number));
  }
  std::string digits;
  for (Int128 rest = number; rest != 0; rest /= 10) {
    const int digit = static_cast<int>(rest % 10);
    digits.push_back(static_cast<char>('0' + (digit < 0 ? -digit : digit)));
  }
  if (number < 0) {
    digits.push_back('-');
  }
  std::reverse(digits.begin(), digits.end());
  return Term::big_number(heap.keep(digits));
}

std::optional<double> real_number(const Term& term) {
  if (term.is(Term::Kind::Float)) {
    return term.as_float();
  }
  if (term.is_integral()) {
    return static_cast<double>(term.as_int());
  }
  return term.is(Term::Kind::BigNumber) ? parse_float(term.text()) : std::nullopt;
}

void append_float(std::string& out, double number) {
  const std::size_t start = out.size();
  fmt::format_to(std::back_inserter(out), "{}", number);
  if (std::isfinite(number) && out.find_first_of(".e", start) == out.npos) {
    out.append(".0");
  }
}

Term parse_integer(std::string_view text, int base, TermHeap& heap) {
  text = stripped(text);
  const bool negative = text.starts_with('-');
  text.remove_prefix(negative || text.starts_with('+') ? 1 : 0);
  const char mark = text.size() > 2 && text[0] == '0' ? static_cast<char>(text[1] | 0x20) : '\0';
  const int marked = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
  if (marked != 0 && (base == marked || base == 0)) {
    text.remove_prefix(2);
    text.remove_prefix(text.starts_with('_') ? 1 : 0);
    base = marked;
  }
  const auto digits = without_underscores(text);
  std::optional<Int128> number;
  if (!digits || !read_digits(*digits, base == 0 ? 10 : base, number)) {
    return {};
  }
  if (number) {
    return term_of(negative ? -*number : *number, heap);
  }
  if (base != 10 && base != 0) {
    return {};
  }
  const std::size_t first = std::min(digits->find_first_not_of('0'), digits->size() - 1);
  return Term::big_number(heap.keep((negative ? "-" : "") + digits->substr(first)));
}

std::optional<double> parse_float(std::string_view text) {
  const auto digits = without_underscores(stripped(text));
  if (!digits || digits->empty()) {
    return std::nullopt;
  }
  std::string_view rest = *digits;
  const bool negative = rest.starts_with('-');
  rest.remove_prefix(negative || rest.starts_with('+') ? 1 : 0);
  if (rest.starts_with('-')) {
    return std::nullopt;
  }
  double number = 0;
  const char* const end = rest.data() + rest.size();
  const auto [stop, error] = std::from_chars(rest.data(), end, number);
  if (stop != end || rest.ends_with(')')) {  // "nan(1)" is C's, not Python's.
    return std::nullopt;
  }
  if (error == std::errc::result_out_of_range) {
    const std::size_t exponent = rest.find_first_of("eE");
    const bool tiny = exponent != rest.npos && rest.find('-', exponent) != rest.npos;
    number = tiny ? 0.0 : std::numeric_limits<double>::infinity();
  } else if (error != std::errc()) {
    return std::nullopt;
  }
  return negative ? -number : number;
}

Term truncated(double number, TermHeap& heap) {
  if (!std::isfinite(number)) {
    return {};
  }
  if (std::fabs(number) < 0x1p126) {
    return term_of(static_cast<Int128>(number), heap);
  }
  return Term::big_number(heap.keep(fmt::format("{:.0f}", number)));
}

}  // namespace tendril
