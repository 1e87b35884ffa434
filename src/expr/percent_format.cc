#include "expr/percent_format.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "core/utf8.h"
#include "expr/number.h"
#include "expr/term_text.h"

namespace tendril {
namespace {

constexpr std::size_t kWidthMax = 10'000;
constexpr std::size_t kPrecisionMax = 100;

struct Directive {
  std::string_view flags;
  std::size_t width = 0;
  int precision = -1;  // -1: none.
  char conversion = 's';

  bool has(char flag) const { return flags.find(flag) != flags.npos; }
};

class Formatter {
 public:
  Formatter(Evaluation& evaluation, std::string_view format, const Term& arguments)
      : evaluation_(evaluation), format_(format), arguments_(arguments) {}

  Term run() {
    while (evaluation_.ok() && !format_.empty()) {
      const std::size_t percent = std::min(format_.find('%'), format_.size());
      out_.append(format_.substr(0, percent));
      format_.remove_prefix(percent);
      if (!format_.empty()) {
        format_.remove_prefix(1);
        take_directive();
      }
    }
    const std::size_t given = arguments_.is(Term::Kind::Tuple) ? arguments_.size() : 1;
    if (evaluation_.ok() && next_ < given && !arguments_.is(Term::Kind::Map)) {
      return evaluation_.fail_type("format has fewer places than arguments");
    }
    return evaluation_.heap().text(out_);
  }

 private:
  void take_directive() {
    if (format_.starts_with('%')) {
      format_.remove_prefix(1);
      out_.push_back('%');
      return;
    }
    Term argument = Term::absent();
    if (format_.starts_with('(')) {
      const std::size_t end = std::min(format_.find(')'), format_.size());
      argument = arguments_.find(format_.substr(1, end - 1));
      format_.remove_prefix(std::min(end + 1, format_.size()));
    }
    Directive directive;
    directive.flags =
        format_.substr(0, std::min(format_.find_first_not_of("-+ 0#"), format_.size()));
    format_.remove_prefix(directive.flags.size());
    directive.width = take_number(kWidthMax);
    if (format_.starts_with('.')) {
      format_.remove_prefix(1);
      directive.precision = static_cast<int>(take_number(kPrecisionMax));
    }
    if (format_.empty()) {
      evaluation_.fail("format ends within a directive");
      return;
    }
    directive.conversion = format_[0];
    format_.remove_prefix(1);
    if (argument.is(Term::Kind::Absent)) {
      argument = next_argument();
    }
    if (evaluation_.ok()) {
      convert(directive, argument);
    }
  }

  std::size_t take_number(std::size_t max) {
    std::size_t number = 0;
    const auto [end, error] =
        std::from_chars(format_.data(), format_.data() + format_.size(), number);
    format_.remove_prefix(static_cast<std::size_t>(end - format_.data()));
    return error == std::errc() ? std::min(number, max) : 0;
  }

  Term next_argument() {
    const bool tuple = arguments_.is(Term::Kind::Tuple);
    if (next_ >= (tuple ? arguments_.size() : 1)) {
      return evaluation_.fail_type("format has more places than arguments");
    }
    return tuple ? arguments_.item(next_++) : (++next_, arguments_);
  }

  void convert(const Directive& directive, const Term& argument) {
    std::string body;
    switch (directive.conversion) {
      case 's':
      case 'r':
      case 'a':
        directive.conversion == 's' ? append_text(evaluation_, body, argument)
                                    : append_repr(evaluation_, body, argument);
        if (directive.precision >= 0) {
          body.resize(byte_of_character(body, static_cast<std::size_t>(directive.precision)));
        }
        return pad(directive, "", body);
      case 'd':
      case 'i':
      case 'u':
      case 'x':
      case 'X':
      case 'o': return convert_whole(directive, argument);
      case 'f':
      case 'F':
      case 'e':
      case 'E':
      case 'g':
      case 'G': return convert_real(directive, argument);
      default:
        evaluation_.fail(fmt::format("format directive is unknown: %{}", directive.conversion));
    }
  }

  void convert_whole(const Directive& directive, const Term& argument) {
    Term whole = argument;
    if (argument.is(Term::Kind::Float)) {
      whole = truncated(argument.as_float(), evaluation_.heap());
    }
    if (!whole.is_integral() && !whole.is(Term::Kind::BigNumber)) {
      evaluation_.fail_type(fmt::format("format %{} wants a number, not {}", directive.conversion,
                                        name_of(argument.kind())));
      return;
    }
    std::string digits;
    const bool decimal =
        directive.conversion != 'x' && directive.conversion != 'X' && directive.conversion != 'o';
    if (decimal) {
      append_text(evaluation_, digits,
                  whole.is(Term::Kind::Bool) ? Term::integer(whole.as_int()) : whole);
    } else if (whole.is_integral()) {
      digits = other_base(directive.conversion, whole.as_int());
    } else {
      evaluation_.fail("number is too large");
    }
    const bool negative = digits.starts_with('-');
    pad(directive, negative ? "-" : plus_of(directive),
        std::string_view(digits).substr(negative ? 1 : 0));
  }

  static std::string other_base(char conversion, std::int64_t number) {
    const bool negative = number < 0;
    const auto bits = static_cast<std::uint64_t>(number);
    const std::uint64_t size = negative ? 0 - bits : bits;
    const std::string digits = conversion == 'o'   ? fmt::format("{:o}", size)
                               : conversion == 'x' ? fmt::format("{:x}", size)
                                                   : fmt::format("{:X}", size);
    return negative ? "-" + digits : digits;
  }

  void convert_real(const Directive& directive, const Term& argument) {
    const auto number = real_number(argument);
    if (!number) {
      evaluation_.fail_type(fmt::format("format %{} wants a number, not {}", directive.conversion,
                                        name_of(argument.kind())));
      return;
    }
    const int precision = directive.precision < 0 ? 6 : directive.precision;
    const double size = std::fabs(*number);
    std::string digits;
    switch (directive.conversion) {
      case 'f':
      case 'F': digits = fmt::format("{:.{}f}", size, precision); break;
      case 'e': digits = fmt::format("{:.{}e}", size, precision); break;
      case 'E': digits = fmt::format("{:.{}E}", size, precision); break;
      case 'g': digits = fmt::format("{:.{}g}", size, precision); break;
      default: digits = fmt::format("{:.{}G}", size, precision); break;
    }
    pad(directive, std::signbit(*number) ? "-" : plus_of(directive), digits);
  }

  static std::string_view plus_of(const Directive& directive) {
    return directive.has('+') ? "+" : directive.has(' ') ? " " : "";
  }

  void pad(const Directive& directive, std::string_view sign, std::string_view body) {
    const std::size_t length = sign.size() + count_characters(body);
    const std::size_t gap = directive.width > length ? directive.width - length : 0;
    const bool zeros = directive.has('0') && !directive.has('-') && directive.conversion != 's' &&
                       directive.conversion != 'r';
    if (out_.size() + gap + body.size() > kTextBytesMax) {
      evaluation_.fail("text is too long");
      return;
    }
    if (!zeros && !directive.has('-')) {
      out_.append(gap, ' ');
    }
    out_.append(sign);
    out_.append(zeros ? gap : 0, '0');
    out_.append(body);
    out_.append(directive.has('-') ? gap : 0, ' ');
  }

  Evaluation& evaluation_;
  std::string_view format_;
  const Term& arguments_;
  std::size_t next_ = 0;
  std::string out_;
};

}  // namespace

Term percent_format(Evaluation& evaluation, std::string_view format, const Term& arguments) {
  return Formatter(evaluation, format, arguments).run();
}

}  // namespace tendril
