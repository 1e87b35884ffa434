#include "expr/literal.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <unordered_map>

#include "expr/string_literal.h"

namespace tendril {
namespace {

constexpr int kDepthMax = 100;
constexpr std::size_t kDigitsMax = 4300;  // Python's own limit for integers.

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

class LiteralParser {
 public:
  explicit LiteralParser(std::string_view text) : rest_(text) {}

  std::optional<Value> parse() {
    // Outside of brackets, a new line is allowed only before and after everything.
    skip_blanks(true);
    std::optional<Value> value = take_tuple_or_value();
    skip_blanks(true);
    if (!rest_.empty()) {
      return std::nullopt;
    }
    return value;
  }

 private:
  void skip_blanks(bool lines) {
    while (!rest_.empty()) {
      const char c = rest_[0];
      if (c == '#') {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (c == ' ' || c == '\t' || c == '\f' || (lines && (c == '\n' || c == '\r'))) {
        rest_.remove_prefix(1);
      } else {
        return;
      }
    }
  }

  // Blanks between the parts of a literal.
  void skip() { skip_blanks(depth_ > 0); }

  bool skip_char(char c) {
    skip();
    const bool found = rest_.starts_with(c);
    rest_.remove_prefix(found ? 1 : 0);
    return found;
  }

  bool next_is(std::string_view characters) {
    skip();
    return !rest_.empty() && characters.find(rest_[0]) != characters.npos;
  }

  // "1, 2" is a tuple without parentheses.
  std::optional<Value> take_tuple_or_value() {
    std::optional<Value> first = take_value();
    if (!first || !skip_char(',')) {
      return first;
    }
    List items;
    items.push_back(*std::move(first));
    skip();
    while (!rest_.empty() && rest_[0] != '\n' && rest_[0] != '\r') {
      std::optional<Value> item = take_value();
      if (!item) {
        return std::nullopt;
      }
      items.push_back(*std::move(item));
      if (!skip_char(',')) {
        break;
      }
      skip();
    }
    return Value(std::move(items));
  }

  std::optional<Value> take_value() {
    skip();
    if (rest_.empty() || depth_ > kDepthMax) {
      return std::nullopt;
    }
    const char c = rest_[0];
    if (c == '[' || c == '(') {
      return take_sequence(c == '[' ? ']' : ')');
    }
    if (c == '{') {
      return take_map();
    }
    if (c == '+' || c == '-') {
      return take_signed();
    }
    if (is_digit(c) || c == '.') {
      return take_number();
    }
    if (c == '\'' || c == '"' || starts_string(rest_)) {
      return take_strings();
    }
    return take_name();
  }

  std::optional<Value> take_name() {
    const auto* end = std::find_if(rest_.begin(), rest_.end(),
                                   [](char c) { return !is_letter(c) && !is_digit(c); });
    const std::string_view name = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(name.size());
    if (name == "None") {
      return Value();
    }
    if (name == "True" || name == "False") {
      return Value(name == "True");
    }
    return std::nullopt;
  }

  std::optional<Value> take_sequence(char closing) {
    rest_.remove_prefix(1);
    ++depth_;
    List items;
    bool commas = false;
    while (!skip_char(closing)) {
      std::optional<Value> item = take_value();
      if (!item) {
        return std::nullopt;
      }
      items.push_back(*std::move(item));
      if (skip_char(',')) {
        commas = true;
      } else if (!next_is({&closing, 1})) {
        return std::nullopt;
      }
    }
    --depth_;
    if (closing == ')' && items.size() == 1 && !commas) {
      return std::move(items[0]);  // "(1)" is 1.
    }
    return Value(std::move(items));
  }

  std::optional<Value> take_map() {
    rest_.remove_prefix(1);
    ++depth_;
    Map members;
    std::unordered_map<std::string, std::size_t> places;  // Of the names, in `members`.
    while (!skip_char('}')) {
      const std::optional<Value> key = take_value();
      std::optional<Value> value;
      if (key && skip_char(':')) {
        value = take_value();
      }
      std::optional<std::string> name = key ? key_name(*key) : std::nullopt;
      if (!value || !name || (!skip_char(',') && !next_is("}"))) {
        return std::nullopt;
      }
      const auto [place, is_new] = places.emplace(*name, members.size());
      if (is_new) {
        members.append(*std::move(name), *std::move(value));
      } else {
        members.members()[place->second].second = *std::move(value);
      }
    }
    --depth_;
    return Value(std::move(members));
  }

  // The names that JSON would give such keys.
  static std::optional<std::string> key_name(const Value& key) {
    switch (key.kind()) {
      case Value::Kind::String: return *key.as_string();
      case Value::Kind::Null: return "null";
      case Value::Kind::Bool: return *key.as_bool() ? "true" : "false";
      case Value::Kind::Int: return std::to_string(*key.as_int());
      case Value::Kind::BigNumber: return key.as_big_number()->text;
      default: return std::nullopt;
    }
  }

  std::optional<Value> take_signed() {
    const bool negative = rest_[0] == '-';
    rest_.remove_prefix(1);
    skip();
    if (rest_.empty() || !(is_digit(rest_[0]) || rest_[0] == '.')) {
      return std::nullopt;
    }
    negative_ = negative;
    std::optional<Value> number = take_number();
    negative_ = false;
    return number;
  }

  // Copies digits, with single underscores between them left out.
  bool take_digits(std::string& digits) {
    const std::size_t before = digits.size();
    while (!rest_.empty() && (is_digit(rest_[0]) || rest_[0] == '_')) {
      if (rest_[0] == '_' && (digits.size() == before || rest_.size() < 2 || !is_digit(rest_[1]))) {
        return false;
      }
      if (rest_[0] != '_') {
        digits.push_back(rest_[0]);
      }
      rest_.remove_prefix(1);
    }
    return true;
  }

  std::optional<Value> take_number() {
    const char mark =
        rest_.size() > 2 && rest_[0] == '0' ? static_cast<char>(rest_[1] | 0x20) : '\0';
    if (mark == 'x' || mark == 'o' || mark == 'b') {
      return take_marked_integer(mark == 'x' ? 16 : mark == 'o' ? 8 : 2);
    }
    std::string digits(negative_ ? "-" : "");
    const std::size_t first = digits.size();
    if (!take_digits(digits)) {
      return std::nullopt;
    }
    const std::size_t whole = digits.size() - first;
    bool fraction = false;
    std::size_t fraction_digits = 0;
    if (rest_.starts_with('.')) {
      fraction = true;
      rest_.remove_prefix(1);
      digits.push_back('.');
      const std::size_t before = digits.size();
      if (!take_digits(digits)) {
        return std::nullopt;
      }
      fraction_digits = digits.size() - before;
    }
    if (whole + fraction_digits == 0 || !take_exponent(digits, fraction)) {
      return std::nullopt;
    }
    if (!rest_.empty() && (is_letter(rest_[0]) || rest_[0] == '.')) {
      return std::nullopt;  // "1j", "1.2.3", "3px".
    }
    return fraction ? real_value(digits) : integer_value(digits, first);
  }

  // Takes "e+5" if it is there. Returns false for a broken one.
  bool take_exponent(std::string& digits, bool& fraction) {
    if (rest_.empty() || (rest_[0] | 0x20) != 'e') {
      return true;
    }
    fraction = true;
    digits.push_back('e');
    rest_.remove_prefix(1);
    if (rest_.starts_with('+') || rest_.starts_with('-')) {
      digits.push_back(rest_[0]);
      rest_.remove_prefix(1);
    }
    const std::size_t before = digits.size();
    return take_digits(digits) && digits.size() > before;
  }

  static std::optional<Value> real_value(const std::string& digits) {
    double number = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (result.ec == std::errc::result_out_of_range) {
      const double size =
          digits.find("e-") != digits.npos ? 0.0 : std::numeric_limits<double>::infinity();
      return Value(digits.starts_with('-') ? -size : size);
    }
    return Value(number);
  }

  static std::optional<Value> integer_value(const std::string& digits, std::size_t first) {
    const std::size_t significant = digits.find_first_not_of('0', first);
    if (significant == digits.npos) {
      return Value(0);  // "0" and "00".
    }
    if (significant != first || digits.size() > kDigitsMax) {
      return std::nullopt;
    }
    std::int64_t number = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return result.ec == std::errc() ? Value(number) : Value(BigNumber{digits});
  }

  std::optional<Value> take_marked_integer(int base) {
    rest_.remove_prefix(2);
    std::string digits(negative_ ? "-" : "");
    bool underscore = false;
    while (!rest_.empty() && (is_letter(rest_[0]) || is_digit(rest_[0]))) {
      if (rest_[0] == '_' && underscore) {
        return std::nullopt;
      }
      underscore = rest_[0] == '_';
      if (!underscore) {
        digits.push_back(rest_[0]);
      }
      rest_.remove_prefix(1);
    }
    std::int64_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto result = std::from_chars(digits.data(), end, number, base);
    if (underscore || result.ec != std::errc() || result.ptr != end) {
      return std::nullopt;
    }
    return Value(number);
  }

  // True for a quote after the prefixes r and u, in any case.
  static bool starts_string(std::string_view text) {
    const char prefix = static_cast<char>(text[0] | 0x20);
    return (prefix == 'r' || prefix == 'u') && text.size() > 1 &&
           (text[1] == '\'' || text[1] == '"');
  }

  // Quoted texts beside each other are one.
  std::optional<Value> take_strings() {
    std::string all;
    do {
      std::optional<std::string> part = take_string();
      if (!part) {
        return std::nullopt;
      }
      all += *part;
      skip();
    } while (!rest_.empty() && (rest_[0] == '\'' || rest_[0] == '"' || starts_string(rest_)));
    return Value(std::move(all));
  }

  std::optional<std::string> take_string() {
    const bool raw = (rest_[0] | 0x20) == 'r';
    rest_.remove_prefix(is_letter(rest_[0]) ? 1 : 0);
    const char quote = rest_[0];
    const std::string three(3, quote);
    const bool triple = rest_.starts_with(three);
    rest_.remove_prefix(triple ? 3 : 1);
    const std::string_view closing =
        triple ? std::string_view(three) : std::string_view(three).substr(2);
    std::size_t end = 0;
    while (end < rest_.size() && !rest_.substr(end).starts_with(closing)) {
      if (rest_[end] == '\n' && !triple) {
        return std::nullopt;
      }
      end += rest_[end] == '\\' ? 2 : 1;
    }
    if (end >= rest_.size()) {
      return std::nullopt;
    }
    const std::string_view body = rest_.substr(0, end);
    rest_.remove_prefix(end + closing.size());
    return raw ? std::string(body) : unescape(body);
  }

  std::string_view rest_;
  int depth_ = 0;
  bool negative_ = false;
};

}  // namespace

bool may_be_literal(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\f\r\n"), text.size()));
  if (text.empty()) {
    return false;
  }
  const char next = text.size() > 1 ? text[1] : '\0';
  switch (text[0]) {
    case '[':
    case '(':
    case '{':
    case '\'':
    case '"':
    case '+':
    case '-':
    case '.':
    case '#': return true;
    case 'N': return next == 'o';
    case 'T': return next == 'r';
    case 'F': return next == 'a';
    case 'r':
    case 'R':
    case 'u':
    case 'U': return next == '\'' || next == '"';
    default: return is_digit(text[0]);
  }
}

std::optional<Value> parse_literal(std::string_view text) {
  if (!may_be_literal(text) || text.find('\0') != text.npos) {
    return std::nullopt;
  }
  return LiteralParser(text).parse();
}

}  // namespace tendril
