// The filters of texts.
#include <algorithm>

#include "core/stripped.h"
#include "core/utf8.h"
#include "expr/function.h"
#include "expr/json_dump.h"
#include "expr/member.h"
#include "expr/percent_format.h"
#include "expr/term_text.h"
#include "expr/text_building.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

Term lower(const FunctionCall& call) {
  std::string out;
  append_lower(out, call.text(0));
  return call.heap().text(out);
}

Term upper(const FunctionCall& call) {
  std::string out;
  append_upper(out, call.text(0));
  return call.heap().text(out);
}

Term capitalize(const FunctionCall& call) {
  return call.heap().text(capitalized(call.text(0), false));
}

Term title(const FunctionCall& call) { return call.heap().text(capitalized(call.text(0), true)); }

Term trim(const FunctionCall& call) {
  const bool given = call.has(1) && !call[1].is(Kind::None);
  return Term::text(stripped(call.text(0), given ? call.text(1) : kWhiteSpace));
}

Term replace(const FunctionCall& call) {
  const std::int64_t count = call.has(3) && !call[3].is(Kind::None) ? call.integer(3, -1) : -1;
  return replaced_text(call, call.text(0), call.text(1), call.text(2), count);
}

// A text stays as it is. Anything else becomes its JSON between three quotes, so that the
// conversion of results, which takes the quotes away, does not turn it back into what it was.
Term string(const FunctionCall& call) {
  if (call[0].is(Kind::Text)) {
    return call[0];
  }
  if (call[0].is(Kind::Undefined)) {
    return call.wrong_type(0, "a value");
  }
  std::string out = R"(""")";
  append_json_dump(call.evaluation, out, call[0], {});
  return call.heap().text(out + R"(""")");
}

Term format(const FunctionCall& call) {
  TermList* const arguments = call.heap().make_list();
  arguments->assign(call.arguments.begin() + 1, call.arguments.end());
  return percent_format(call.evaluation, call.text(0), Term::tuple(arguments));
}

Term wordcount(const FunctionCall& call) {
  std::int64_t words = 0;
  bool inside = false;
  for (const char c : call.text(0)) {
    const bool word = kWhiteSpace.find(c) == std::string_view::npos;
    words += word && !inside ? 1 : 0;
    inside = word;
  }
  return Term::integer(words);
}

Term center(const FunctionCall& call) {
  return centered_text(call, call.text(0), call.integer(1, 80));
}

Term truncate(const FunctionCall& call) {
  const std::string_view text = call.text(0);
  const std::int64_t length = call.integer(1, 255);
  const bool cut_words = call.flag(2, false);
  const std::string_view end = call.has(3) ? call.text(3) : "...";
  const std::int64_t leeway = call.integer(4, 5);
  if (length < 0 || leeway < 0 || length > static_cast<std::int64_t>(kTextBytesMax) ||
      leeway > static_cast<std::int64_t>(kTextBytesMax)) {
    return call.fail("length is out of range");
  }
  if (count_characters(text) <= static_cast<std::size_t>(length + leeway)) {
    return Term::text(text);
  }
  const auto ending = static_cast<std::int64_t>(count_characters(end));
  const auto keep = static_cast<std::size_t>(std::max<std::int64_t>(length - ending, 0));
  std::string_view kept = text.substr(0, byte_of_character(text, keep));
  if (!cut_words) {
    kept = kept.substr(0, kept.rfind(' '));
  }
  return call.heap().text(std::string(kept) + std::string(end));
}

Term indent(const FunctionCall& call) {
  const std::int64_t width = call.has(1) && call[1].is(Kind::Text) ? -1 : call.integer(1, 4);
  if (width > 1000) {
    return call.fail("indent is too wide");
  }
  const std::string margin = width < 0 ? std::string(call.has(1) ? call.text(1) : "")
                                       : std::string(static_cast<std::size_t>(width), ' ');
  const bool first = call.flag(2, false);
  const bool blank = call.flag(3, false);
  std::string out;
  std::string_view rest = call.text(0);
  for (bool more = true, at_start = true; more && out.size() <= kTextBytesMax; at_start = false) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    more = end != rest.npos;
    const bool wanted = at_start ? first : blank || !line.empty();
    out.append(wanted ? margin : "").append(line).append(more ? "\n" : "");
    rest.remove_prefix(more ? end + 1 : rest.size());
  }
  return call.heap().text(out);
}

Term escape(const FunctionCall& call) {
  std::string out;
  for (const char c : call.text(0)) {
    switch (c) {
      case '&': out.append("&amp;"); break;
      case '<': out.append("&lt;"); break;
      case '>': out.append("&gt;"); break;
      case '"': out.append("&#34;"); break;
      case '\'': out.append("&#39;"); break;
      default: out.push_back(c);
    }
  }
  return call.heap().text(out);
}

Term join(const FunctionCall& call) {
  const Term items = items_of(call.evaluation, call[0]);
  const std::string_view separator = call.has(1) ? call.text(1) : "";
  if (!call.has(2) || call[2].is(Kind::None)) {
    return joined_text(call, items, separator);
  }
  TermList* const attributes = call.heap().make_list();
  for (std::size_t i = 0; i < items.size() && call.evaluation.ok(); ++i) {
    attributes->push_back(attribute_path(call.evaluation, items.item(i), call.text(2)));
  }
  return joined_text(call, Term::list(attributes), separator);
}

constexpr FunctionSpec kSpecs[] = {
    {"lower", "value", lower, "Writes a text in lower case.", "{{ 'ABC' | lower }}", R"("abc")"},
    {"upper", "value", upper, "Writes a text in upper case.", "{{ 'abc' | upper }}", R"("ABC")"},
    {"capitalize", "value", capitalize,
     "Writes the first letter in upper case and all others in lower case.",
     "{{ 'hELLO you' | capitalize }}", R"("Hello you")"},
    {"title", "value", title, "Writes each word with an upper case letter first.",
     "{{ 'hello you' | title }}", R"("Hello You")"},
    {"trim", "value chars=", trim, "Takes white space, or the given characters, off both ends.",
     "{{ ' a ' | trim }}", R"("a")"},
    {"replace", "s old new count=", replace, "Replaces each occurrence of a text by another.",
     "{{ 'a-b-c' | replace('-', '+') }}", R"("a+b+c")"},
    {"string", "value", string,
     "Keeps the result a text: anything but a text becomes its JSON, and is not converted.",
     "{{ 5 | string }}", R"("5")"},
    {"format", "value *", format, "Fills the places of a printf-style format.",
     "{{ '%s-%03d' | format('a', 7) }}", R"("a-007")"},
    {"wordcount", "s", wordcount, "Counts the words.", "{{ 'one two' | wordcount }}", "2"},
    {"center", "value width=", center, "Puts a text into the middle of so many characters.",
     "[{{ 'a' | center(5) }}]", R"("[  a  ]")"},
    {"truncate", "s length= killwords= end= leeway=", truncate,
     "Cuts a text to a length, at a blank, and adds an ellipsis.",
     "{{ 'one two three' | truncate(9, leeway=0) }}", R"("one...")"},
    {"indent", "s width= first= blank=", indent, "Indents all lines but the first.",
     "{{ 'a\\nb' | indent(2) }}", R"("a\n  b")"},
    {"escape", "value", escape, "Escapes a text for HTML.", "{{ 'a<b' | escape }}", R"("a&lt;b")"},
    {"e", "value", escape, "Escapes a text for HTML.", "{{ 'a&b' | e }}", R"("a&amp;b")"},
    {"join", "value d= attribute=", join, "Joins the items of a list to one text.",
     "{{ ['a', 'b'] | join('-') }}", R"("a-b")"},
};

}  // namespace

std::span<const FunctionSpec> text_filters() { return kSpecs; }

}  // namespace tendril
