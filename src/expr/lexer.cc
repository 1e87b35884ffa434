#include "expr/lexer.h"

#include <array>

#include "expr/limits.h"
#include "expr/string_literal.h"
#include "expr/template_error.h"

namespace tendril {
namespace {

constexpr std::string_view kSpaces = " \t\n\r\v\f";
// Longest first, so that "//" is not read as two "/".
constexpr std::array<std::string_view, 27> kOperators{
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]",
    "(",  ")",  "{",  "}",  ">",  "<",  "=", ".", ":", "|", ",", ";", "!"};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Letters of other scripts are parts of names, as in Python.
constexpr bool starts_name(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

constexpr char closing_of(char opening) {
  return opening == '(' ? ')' : opening == '[' ? ']' : '}';
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {
    if (source_.ends_with("\r\n")) {
      source_.remove_suffix(2);
    } else if (source_.ends_with('\n') || source_.ends_with('\r')) {
      source_.remove_suffix(1);
    }
  }

  Result<std::vector<Token>> run() {
    while (offset_ < source_.size()) {
      TRY(take_text());
      if (offset_ < source_.size()) {
        TRY(take_tag());
      }
    }
    add(TokenKind::End, offset_);
    return std::move(tokens_);
  }

 private:
  std::string_view rest() const { return source_.substr(offset_); }

  void add(TokenKind kind, std::size_t offset, std::string text = {}) {
    tokens_.push_back({kind, std::move(text), offset});
  }

  Error fail(std::size_t offset, std::string_view message) const {
    return template_error(source_, offset, message);
  }

  // Takes the text up to the next tag.
  Status take_text() {
    std::size_t end = offset_;
    do {
      end = source_.find('{', end);
      end = end == source_.npos ? source_.size() : end;
      const char next = end + 1 < source_.size() ? source_[end + 1] : '\0';
      if (next == '{' || next == '%' || next == '#') {
        break;
      }
      ++end;
    } while (end < source_.size());
    end = std::min(end, source_.size());
    const std::size_t start = offset_;
    offset_ = end;
    const bool strip_end = end + 2 < source_.size() && source_[end + 2] == '-';
    add_text(start, source_.substr(start, end - start), strip_end);
    return {};
  }

  void add_text(std::size_t start, std::string_view text, bool strip_end) {
    if (strip_start_) {
      text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
    }
    strip_start_ = false;
    if (strip_end) {
      const std::size_t last = text.find_last_not_of(kSpaces);
      text = text.substr(0, last == text.npos ? 0 : last + 1);
    }
    if (text.empty()) {
      return;
    }
    std::string kept;
    kept.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
      if (!pair) {
        kept.push_back(text[i] == '\r' ? '\n' : text[i]);
      }
    }
    add(TokenKind::Text, start, std::move(kept));
  }

  // Takes "{{ … }}", "{% … %}" or "{# … #}". REQUIRES: one starts at offset_.
  Status take_tag() {
    const std::size_t start = offset_;
    const char kind = source_[start + 1];
    offset_ += 2;
    if (kind == '#') {
      return take_comment(start);
    }
    if (!rest().empty() && (rest()[0] == '-' || rest()[0] == '+')) {
      ++offset_;
    }
    if (kind == '%' && starts_raw()) {
      return take_raw(start);
    }
    const bool output = kind == '{';
    add(output ? TokenKind::OutputBegin : TokenKind::StatementBegin, start);
    brackets_.clear();
    while (true) {
      offset_ = std::min(source_.find_first_not_of(kSpaces, offset_), source_.size());
      if (offset_ == source_.size()) {
        return fail(start,
                    output ? "output \"{{\" is not closed" : "statement \"{%\" is not closed");
      }
      if (brackets_.empty() && take_end(output)) {
        return {};
      }
      TRY(take_word());
    }
  }

  // Takes the end of a tag if one is here.
  bool take_end(bool output) {
    const std::string_view braces = output ? "}}" : "%}";
    const bool signed_end = rest()[0] == '-' || (!output && rest()[0] == '+');
    if (!rest().substr(signed_end ? 1 : 0).starts_with(braces)) {
      return false;
    }
    add(output ? TokenKind::OutputEnd : TokenKind::StatementEnd, offset_);
    strip_start_ = rest()[0] == '-';
    offset_ += signed_end ? 3 : 2;
    return true;
  }

  Status take_comment(std::size_t start) {
    const std::size_t end = source_.find("#}", offset_);
    if (end == source_.npos) {
      return fail(start, "comment \"{#\" is not closed");
    }
    strip_start_ = source_[end - 1] == '-' && end > start + 2;
    offset_ = end + 2;
    return {};
  }

  // True when the statement at offset_ is "raw".
  bool starts_raw() const { return statement_length("raw") > 0; }

  // The length of "<name> %}" here, blanks included; 0 when there is something else.
  std::size_t statement_length(std::string_view name) const {
    std::string_view text = rest();
    text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
    if (!text.starts_with(name)) {
      return 0;
    }
    text.remove_prefix(name.size());
    text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
    if (text.starts_with('-') || text.starts_with('+')) {
      text.remove_prefix(1);
    }
    return text.starts_with("%}") ? rest().size() - text.size() + 2 : 0;
  }

  Status take_raw(std::size_t start) {
    offset_ += statement_length("raw");
    strip_start_ = source_[offset_ - 3] == '-';
    const std::size_t body = offset_;
    for (offset_ = source_.find("{%", offset_); offset_ != source_.npos;
         offset_ = source_.find("{%", offset_)) {
      const std::size_t end = offset_;
      offset_ += 2;
      const bool strip_end = rest().starts_with('-');
      offset_ += strip_end || rest().starts_with('+') ? 1 : 0;
      if (const std::size_t length = statement_length("endraw"); length > 0) {
        add_text(body, source_.substr(body, end - body), strip_end);
        offset_ += length;
        strip_start_ = source_[offset_ - 3] == '-';
        return {};
      }
    }
    return fail(start, "\"{% raw %}\" has no \"{% endraw %}\"");
  }

  // Takes one name, number, quoted text or operator.
  Status take_word() {
    const char c = source_[offset_];
    if (c == '"' || c == '\'') {
      return take_string(c);
    }
    if (is_digit(c)) {
      return take_number();
    }
    if (starts_name(c)) {
      const std::size_t start = offset_;
      while (offset_ < source_.size() &&
             (starts_name(source_[offset_]) || is_digit(source_[offset_]))) {
        ++offset_;
      }
      add(TokenKind::Name, start, std::string(source_.substr(start, offset_ - start)));
      return {};
    }
    return take_operator();
  }

  Status take_string(char quote) {
    const std::size_t start = offset_++;
    while (offset_ < source_.size() && source_[offset_] != quote) {
      offset_ += source_[offset_] == '\\' ? 2 : 1;
    }
    if (offset_ >= source_.size()) {
      return fail(start, "quoted text is not closed");
    }
    auto text = unescape(source_.substr(start + 1, offset_ - start - 1));
    if (!text) {
      return fail(start, "quoted text holds a broken escape");
    }
    ++offset_;
    add(TokenKind::String, start, *std::move(text));
    return {};
  }

  // Copies digits with single underscores between them to `digits`, without the underscores.
  void take_digits(std::string& digits, bool hex = false) {
    const auto accepts = [hex](char c) {
      const char lower = static_cast<char>(c | 0x20);
      return is_digit(c) || (hex && lower >= 'a' && lower <= 'f');
    };
    const auto at = [this](std::size_t ahead) {
      return offset_ + ahead < source_.size() ? source_[offset_ + ahead] : '\0';
    };
    while (accepts(at(0)) || (at(0) == '_' && accepts(at(1)))) {
      if (at(0) != '_') {
        digits.push_back(at(0));
      }
      ++offset_;
    }
  }

  Status take_number() {
    const std::size_t start = offset_;
    std::string digits;
    if (source_[start] == '0' && start + 2 < source_.size()) {
      const char base = static_cast<char>(source_[start + 1] | 0x20);
      if (base == 'x' || base == 'o' || base == 'b') {
        offset_ += 2;
        digits = {'0', base};
        take_digits(digits, base == 'x');
        if (digits.size() == 2) {
          return fail(start, "number has no digits");
        }
        add(TokenKind::Integer, start, std::move(digits));
        return {};
      }
    }
    take_digits(digits);
    bool fraction = false;
    // "a.0.b" is a path: after a dot, a number has no dot of its own.
    const bool after_dot = !tokens_.empty() && tokens_.back().is_operator(".");
    if (!after_dot && rest().size() > 1 && rest()[0] == '.' && is_digit(rest()[1])) {
      fraction = true;
      digits.push_back('.');
      ++offset_;
      take_digits(digits);
    }
    if (!after_dot && take_exponent(digits)) {
      fraction = true;
    }
    if (!fraction && digits.size() > 1 && digits[0] == '0' &&
        digits.find_first_not_of('0') != digits.npos) {
      return fail(start, "integer starts with a zero");
    }
    add(fraction ? TokenKind::Float : TokenKind::Integer, start, std::move(digits));
    return {};
  }

  bool take_exponent(std::string& digits) {
    if (rest().empty() || (rest()[0] | 0x20) != 'e') {
      return false;
    }
    const bool has_sign = rest().size() > 1 && (rest()[1] == '-' || rest()[1] == '+');
    const std::size_t first = has_sign ? 2 : 1;
    if (rest().size() <= first || !is_digit(rest()[first])) {
      return false;
    }
    digits.append("e").append(rest().substr(1, first - 1));
    offset_ += first;
    take_digits(digits);
    return true;
  }

  Status take_operator() {
    for (const std::string_view symbol : kOperators) {
      if (!rest().starts_with(symbol)) {
        continue;
      }
      const char c = symbol[0];
      if (c == '(' || c == '[' || c == '{') {
        brackets_.push_back(closing_of(c));
      } else if (c == ')' || c == ']' || c == '}') {
        if (brackets_.empty() || brackets_.back() != c) {
          return fail(offset_, "bracket \"" + std::string(symbol) + "\" closes nothing");
        }
        brackets_.pop_back();
      }
      add(TokenKind::Operator, offset_, std::string(symbol));
      offset_ += symbol.size();
      return {};
    }
    return fail(offset_, "character is not part of the language");
  }

  std::string_view source_;
  std::size_t offset_ = 0;
  bool strip_start_ = false;    // The tag before took the white space after it away.
  std::vector<char> brackets_;  // The closing brackets that are due.
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view source) {
  if (source.size() > kTemplateBytesMax) {
    return template_error(source, 0, "template is too long");
  }
  return Lexer(source).run();
}

bool is_plain_text(std::string_view source) {
  for (std::size_t at = source.find('{'); at < source.size(); at = source.find('{', at + 1)) {
    const char next = at + 1 < source.size() ? source[at + 1] : '\0';
    if (next == '{' || next == '%' || next == '#') {
      return false;
    }
  }
  return true;
}

}  // namespace tendril
