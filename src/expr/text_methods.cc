// The methods of texts.
#include <algorithm>

#include "core/stripped.h"
#include "core/utf8.h"
#include "expr/brace_format.h"
#include "expr/function.h"
#include "expr/member.h"
#include "expr/text_building.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

// The text that an optional argument is; nullopt for none and for what is not given.
std::optional<std::string_view> optional_text(const FunctionCall& call, std::size_t index) {
  if (!call.has(index) || call[index].is(Kind::None)) {
    return std::nullopt;
  }
  if (!call[index].is(Kind::Text)) {
    call.wrong_type(index, "a text");
    return std::nullopt;
  }
  return call[index].text();
}

std::string_view text_argument(const FunctionCall& call, std::size_t index) {
  if (!call[index].is(Kind::Text)) {
    call.wrong_type(index, "a text");
    return {};
  }
  return call[index].text();
}

// Cuts at white space of any length.
Term split_words(const FunctionCall& call, std::int64_t cuts) {
  TermList* const parts = call.heap().make_list();
  std::string_view rest = stripped(call[0].text(), kWhiteSpace, true, false);
  while (!rest.empty() && call.evaluation.spend(1)) {
    const bool last = cuts >= 0 && static_cast<std::int64_t>(parts->size()) >= cuts;
    const std::size_t end = last ? rest.npos : rest.find_first_of(kWhiteSpace);
    parts->push_back(Term::text(last ? stripped(rest, kWhiteSpace) : rest.substr(0, end)));
    rest = end == rest.npos ? std::string_view()
                            : stripped(rest.substr(end), kWhiteSpace, true, false);
  }
  return Term::list(parts);
}

Term split(const FunctionCall& call) {
  const auto separator = optional_text(call, 1);
  const std::int64_t cuts = call.integer(2, -1);
  if (!separator) {
    return split_words(call, cuts);
  }
  if (separator->empty()) {
    return call.fail("separator is empty");
  }
  TermList* const parts = call.heap().make_list();
  std::string_view rest = call[0].text();
  while (call.evaluation.spend(1)) {
    const bool last = cuts >= 0 && static_cast<std::int64_t>(parts->size()) >= cuts;
    const std::size_t end = last ? rest.npos : rest.find(*separator);
    parts->push_back(Term::text(rest.substr(0, end)));
    if (end == rest.npos) {
      break;
    }
    rest.remove_prefix(end + separator->size());
  }
  return Term::list(parts);
}

Term rsplit(const FunctionCall& call) {
  const auto separator = optional_text(call, 1);
  const std::int64_t cuts = call.integer(2, -1);
  if (cuts < 0) {
    return split(call);
  }
  const std::string_view mark = separator.value_or(" ");
  if (mark.empty()) {
    return call.fail("separator is empty");
  }
  TermList* const parts = call.heap().make_list();
  std::string_view rest = call[0].text();
  while (call.evaluation.spend(1)) {
    const bool last = static_cast<std::int64_t>(parts->size()) >= cuts;
    const std::size_t start = last ? rest.npos : rest.rfind(mark);
    parts->push_back(Term::text(start == rest.npos ? rest : rest.substr(start + mark.size())));
    if (start == rest.npos) {
      break;
    }
    rest = rest.substr(0, start);
  }
  std::reverse(parts->begin(), parts->end());
  return Term::list(parts);
}

Term splitlines(const FunctionCall& call) {
  TermList* const lines = call.heap().make_list();
  std::string_view rest = call[0].text();
  while (!rest.empty() && call.evaluation.spend(1)) {
    const std::size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
    lines->push_back(Term::text(rest.substr(0, end)));
    rest.remove_prefix(end);
    rest.remove_prefix(rest.starts_with("\r\n") ? 2 : rest.empty() ? 0 : 1);
  }
  return Term::list(lines);
}

Term partition(const FunctionCall& call) {
  const std::string_view text = call[0].text();
  const std::string_view mark = text_argument(call, 1);
  const std::size_t at = text.find(mark);
  const bool found = at != text.npos;
  TermList* const parts = call.heap().make_list();
  parts->push_back(Term::text(text.substr(0, at)));
  parts->push_back(Term::text(found ? mark : ""));
  parts->push_back(Term::text(found ? text.substr(at + mark.size()) : ""));
  return Term::tuple(parts);
}

Term strip(const FunctionCall& call) {
  return Term::text(stripped(call[0].text(), optional_text(call, 1).value_or(kWhiteSpace)));
}

Term lstrip(const FunctionCall& call) {
  return Term::text(
      stripped(call[0].text(), optional_text(call, 1).value_or(kWhiteSpace), true, false));
}

Term rstrip(const FunctionCall& call) {
  return Term::text(
      stripped(call[0].text(), optional_text(call, 1).value_or(kWhiteSpace), false, true));
}

Term lower(const FunctionCall& call) {
  std::string out;
  append_lower(out, call[0].text());
  return call.heap().text(out);
}

Term upper(const FunctionCall& call) {
  std::string out;
  append_upper(out, call[0].text());
  return call.heap().text(out);
}

Term capitalize(const FunctionCall& call) {
  return call.heap().text(capitalized(call[0].text(), false));
}

Term title(const FunctionCall& call) { return call.heap().text(capitalized(call[0].text(), true)); }

// Whether the text starts or ends with the argument, or with one of a tuple of them.
template <class Matches>
Term matches_any(const FunctionCall& call, Matches matches) {
  if (!call[1].is(Kind::Tuple)) {
    return Term::boolean(matches(call[0].text(), text_argument(call, 1)));
  }
  for (std::size_t i = 0; i < call[1].size(); ++i) {
    const Term affix = call[1].item(i);
    if (affix.is(Kind::Text) && matches(call[0].text(), affix.text())) {
      return Term::boolean(true);
    }
  }
  return Term::boolean(false);
}

Term startswith(const FunctionCall& call) {
  return matches_any(
      call, [](std::string_view text, std::string_view affix) { return text.starts_with(affix); });
}

Term endswith(const FunctionCall& call) {
  return matches_any(
      call, [](std::string_view text, std::string_view affix) { return text.ends_with(affix); });
}

Term removeprefix(const FunctionCall& call) {
  const std::string_view prefix = text_argument(call, 1);
  const std::string_view text = call[0].text();
  return Term::text(text.starts_with(prefix) ? text.substr(prefix.size()) : text);
}

Term removesuffix(const FunctionCall& call) {
  const std::string_view suffix = text_argument(call, 1);
  const std::string_view text = call[0].text();
  return Term::text(text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text);
}

Term replace(const FunctionCall& call) {
  return replaced_text(call, call[0].text(), text_argument(call, 1), text_argument(call, 2),
                       call.integer(3, -1));
}

Term join(const FunctionCall& call) {
  const Term items = items_of(call.evaluation, call[1]);
  for (std::size_t i = 0; i < items.size() && call.evaluation.ok(); ++i) {
    if (!items.item(i).is(Kind::Text)) {
      return call.fail_type("join wants texts only; the filter of that name takes anything");
    }
  }
  return joined_text(call, items, call[0].text());
}

Term find(const FunctionCall& call) {
  const std::string_view text = call[0].text();
  const std::size_t at = text.find(text_argument(call, 1));
  return Term::integer(
      at == text.npos ? -1 : static_cast<std::int64_t>(count_characters(text.substr(0, at))));
}

Term count(const FunctionCall& call) {
  const std::string_view part = text_argument(call, 1);
  std::string_view rest = call[0].text();
  if (part.empty()) {
    return Term::integer(static_cast<std::int64_t>(count_characters(rest)) + 1);
  }
  std::int64_t found = 0;
  for (std::size_t at = rest.find(part); at != rest.npos; at = rest.find(part)) {
    ++found;
    rest.remove_prefix(at + part.size());
  }
  return Term::integer(found);
}

// Whether the text has characters, all of them in one of two ranges.
Term all_between(const FunctionCall& call, std::string_view allowed) {
  const std::string_view text = call[0].text();
  return Term::boolean(!text.empty() && text.find_first_not_of(allowed) == text.npos);
}

Term isdigit(const FunctionCall& call) { return all_between(call, "0123456789"); }

Term isalpha(const FunctionCall& call) {
  return all_between(call, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

Term zfill(const FunctionCall& call) {
  std::string_view text = call[0].text();
  const std::int64_t width = call.integer(1, 0);
  const auto length = static_cast<std::int64_t>(count_characters(text));
  if (width > static_cast<std::int64_t>(kTextBytesMax)) {
    return call.fail("text is too long");
  }
  const bool sign = text.starts_with('-') || text.starts_with('+');
  std::string out(text.substr(0, sign ? 1 : 0));
  out.append(static_cast<std::size_t>(std::max<std::int64_t>(width - length, 0)), '0');
  return call.heap().text(out.append(text.substr(sign ? 1 : 0)));
}

Term center(const FunctionCall& call) {
  return centered_text(call, call[0].text(), call.integer(1, 0));
}

constexpr FunctionSpec kSpecs[] = {
    {"split", "text sep= maxsplit=", split, "Cuts a text at a separator, or at white space.",
     "{{ 'a,b,c'.split(',') }}", R"(["a","b","c"])", Kind::Text},
    {"rsplit", "text sep= maxsplit=", rsplit, "Cuts a text from its end.",
     "{{ 'a/b/c'.rsplit('/', 1) }}", R"(["a/b","c"])", Kind::Text},
    {"splitlines", "text", splitlines, "Cuts a text into its lines.", "{{ 'a\\nb'.splitlines() }}",
     R"(["a","b"])", Kind::Text},
    {"partition", "text sep", partition, "Returns what is before, at and after a separator.",
     "{{ 'a=b'.partition('=') }}", R"(["a","=","b"])", Kind::Text},
    {"strip", "text chars=", strip, "Takes white space, or characters, off both ends.",
     "{{ '/a/'.strip('/') }}", R"("a")", Kind::Text},
    {"lstrip", "text chars=", lstrip, "Takes white space, or characters, off the start.",
     "{{ 'xxa'.lstrip('x') }}", R"("a")", Kind::Text},
    {"rstrip", "text chars=", rstrip, "Takes white space, or characters, off the end.",
     "{{ 'a//'.rstrip('/') }}", R"("a")", Kind::Text},
    {"lower", "text", lower, "Writes a text in lower case.", "{{ 'AB'.lower() }}", R"("ab")",
     Kind::Text},
    {"upper", "text", upper, "Writes a text in upper case.", "{{ 'ab'.upper() }}", R"("AB")",
     Kind::Text},
    {"capitalize", "text", capitalize, "Writes the first letter only in upper case.",
     "{{ 'aB'.capitalize() }}", R"("Ab")", Kind::Text},
    {"title", "text", title, "Writes each word with an upper case letter first.",
     "{{ 'a bc'.title() }}", R"("A Bc")", Kind::Text},
    {"startswith", "text prefix", startswith, "Whether a text starts with another.",
     "{{ 'abc'.startswith('ab') }}", "true", Kind::Text},
    {"endswith", "text suffix", endswith, "Whether a text ends with another.",
     "{{ 'abc'.endswith('ab') }}", "false", Kind::Text},
    {"removeprefix", "text prefix", removeprefix, "Takes a start off, where it is there.",
     "{{ 'v_2'.removeprefix('v_') }}", "2", Kind::Text},
    {"removesuffix", "text suffix", removesuffix, "Takes an end off, where it is there.",
     "{{ 'a.csv'.removesuffix('.csv') }}", R"("a")", Kind::Text},
    {"replace", "text old new count=", replace, "Replaces each occurrence of a text.",
     "{{ 'a-b'.replace('-', '+') }}", R"("a+b")", Kind::Text},
    {"join", "text iterable", join, "Joins texts, with this one between them.",
     "{{ '-'.join(['a', 'b']) }}", R"("a-b")", Kind::Text},
    {"find", "text sub", find, "Where a text first occurs; -1 if nowhere.", "{{ 'abc'.find('c') }}",
     "2", Kind::Text},
    {"count", "text sub", count, "How often a text occurs.", "{{ 'abab'.count('ab') }}", "2",
     Kind::Text},
    {"isdigit", "text", isdigit, "Whether a text is all digits.", "{{ '12'.isdigit() }}", "true",
     Kind::Text},
    {"isalpha", "text", isalpha, "Whether a text is all letters.", "{{ 'a1'.isalpha() }}", "false",
     Kind::Text},
    {"zfill", "text width", zfill, "Puts zeros in front, up to a width.",
     "{{ 'n' ~ '7'.zfill(3) }}", R"("n007")", Kind::Text},
    {"center", "text width", center, "Puts a text into the middle of so many characters.",
     "[{{ 'a'.center(3) }}]", R"("[ a ]")", Kind::Text},
    {"format", "text * **", brace_format, "Fills the fields of a format.",
     "{{ '{}-{n:03d}'.format('a', n=7) }}", R"("a-007")", Kind::Text},
};

}  // namespace

std::span<const FunctionSpec> text_methods() { return kSpecs; }

}  // namespace tendril
