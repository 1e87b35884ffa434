#include "expr/brace_format.h"

#include <charconv>

#include <fmt/format.h>

#include "expr/member.h"
#include "expr/percent_format.h"
#include "expr/term_text.h"

namespace tendril {
namespace {

class BraceFormatter {
 public:
  explicit BraceFormatter(const FunctionCall& call) : call_(call) {}

  Term run() {
    std::string_view rest = call_.text(0);
    while (!rest.empty() && call_.evaluation.ok()) {
      const std::size_t brace = std::min(rest.find_first_of("{}"), rest.size());
      out_.append(rest.substr(0, brace));
      rest.remove_prefix(brace);
      if (rest.empty()) {
        break;
      }
      if (rest.size() > 1 && rest[1] == rest[0]) {  // "{{" is a brace.
        out_.push_back(rest[0]);
        rest.remove_prefix(2);
        continue;
      }
      const std::size_t end = rest.find('}');
      if (rest[0] == '}' || end == rest.npos) {
        return call_.fail("format has a single brace");
      }
      put_field(rest.substr(1, end - 1));
      rest.remove_prefix(end + 1);
    }
    return call_.heap().text(out_);
  }

 private:
  // "name.attribute!r:>10".
  void put_field(std::string_view field) {
    const std::size_t colon = std::min(field.find(':'), field.size());
    const std::string_view spec = field.substr(std::min(colon + 1, field.size()));
    std::string_view name = field.substr(0, colon);
    const bool repr = name.ends_with("!r");
    name.remove_suffix(repr || name.ends_with("!s") ? 2 : 0);
    const std::size_t dot = name.find('.');
    Term value = argument(name.substr(0, dot));
    if (dot != name.npos && call_.evaluation.ok()) {
      value = attribute_path(call_.evaluation, value, name.substr(dot + 1));
    }
    if (repr) {
      append_repr(call_.evaluation, out_, value);
    } else if (spec.empty()) {
      append_text(call_.evaluation, out_, value);
    } else {
      put_formatted(spec, value);
    }
  }

  Term argument(std::string_view name) {
    const std::size_t count = call_.arguments.size() - 2;
    std::size_t index = next_;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
    const bool number = error == std::errc() && end == name.data() + name.size();
    if (name.empty() || number) {
      next_ += name.empty() ? 1 : 0;
      return index < count ? call_[index + 1]
                           : call_.fail("format names an argument that is not given");
    }
    const Term value = call_.arguments.back().find(name);
    return value.is(Term::Kind::Undefined)
               ? call_.fail("format names an argument that is not given: " + std::string(name))
               : value;
  }

  // The common specs are those of printf, but for the alignment.
  void put_formatted(std::string_view spec, const Term& value) {
    if (value.is(Term::Kind::Datetime)) {
      out_.append(format_datetime(value.as_datetime(), spec));
      return;
    }
    std::string directive = "%";
    const bool number = !value.is(Term::Kind::Text);
    bool aligned = false;
    if (spec.starts_with('<') || spec.starts_with('>')) {
      directive += spec[0] == '<' ? "-" : "";
      spec.remove_prefix(1);
      aligned = true;
    }
    const char last = spec.empty() ? '\0' : spec.back();
    const bool has_type = (last >= 'a' && last <= 'z') || (last >= 'A' && last <= 'Z');
    const bool known = spec.find_first_not_of("+-0123456789. ") >= spec.size() - (has_type ? 1 : 0);
    if (!known) {
      call_.fail("format is not supported: " + std::string(spec));
      return;
    }
    // Texts stand on the left unless told, numbers on the right.
    directive += !aligned && !number ? "-" : "";
    directive += spec;
    if (!has_type) {
      const bool precise = spec.find('.') != spec.npos;
      directive += !number ? 's' : precise ? 'g' : value.is(Term::Kind::Float) ? 's' : 'd';
    }
    out_.append(percent_format(call_.evaluation, directive, value).text());
  }

  const FunctionCall& call_;
  std::string out_;
  std::size_t next_ = 0;
};

}  // namespace

Term brace_format(const FunctionCall& call) { return BraceFormatter(call).run(); }

}  // namespace tendril
