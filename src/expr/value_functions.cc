// The functions that are not about time.
#include <array>

#include <fmt/format.h>
#include <openssl/rand.h>

#include "core/encoding.h"
#include "data/json.h"
#include "expr/compare.h"
#include "expr/extreme.h"
#include "expr/function.h"
#include "expr/member.h"
#include "expr/quote_plus.h"

namespace tendril {
namespace {

// The arguments themselves, or the items of a single one.
Term extreme_of_arguments(const FunctionCall& call, Order wanted) {
  if (call.arguments.size() == 1) {
    return extreme_of(call, items_of(call.evaluation, call[0]), wanted, {});
  }
  TermList* const items = call.heap().make_list();
  items->assign(call.arguments.begin(), call.arguments.end());
  return extreme_of(call, Term::list(items), wanted, {});
}

Term max_function(const FunctionCall& call) { return extreme_of_arguments(call, Order::Greater); }

Term min_function(const FunctionCall& call) { return extreme_of_arguments(call, Order::Less); }

Term sanitize_url(const FunctionCall& call) { return call.heap().text(quote_plus(call.text(0))); }

Term camel_case_to_snake_case(const FunctionCall& call) {
  std::string out;
  for (const char c : call.text(0)) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !out.empty()) {
      out.push_back('_');
    }
    out.push_back(upper ? static_cast<char>(c + 32) : c);
  }
  return call.heap().text(out);
}

// Source: RFC 9562 section 5.4.
Term generate_uuid(const FunctionCall& call) {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return call.fail("system has no random numbers");
  }
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out += i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";
    fmt::format_to(std::back_inserter(out), "{:02x}", bytes[i]);
  }
  return call.heap().text(out);
}

// Copies a value that does not outlive the call.
Term copied(TermHeap& heap, const Value& value) {
  if (const std::string* text = value.as_string()) {
    return heap.text(*text);
  }
  if (const BigNumber* number = value.as_big_number()) {
    return Term::big_number(heap.keep(number->text));
  }
  if (const List* list = value.as_list()) {
    TermList* const items = heap.make_list();
    items->reserve(list->size());
    for (const Value& item : *list) {
      items->push_back(copied(heap, item));
    }
    return Term::list(items);
  }
  if (const Map* map = value.as_map()) {
    TermMap* const members = heap.make_map();
    members->reserve(map->size());
    for (const auto& [name, member] : map->members()) {
      members->emplace_back(heap.text(name), copied(heap, member));
    }
    return Term::map(members);
  }
  return Term::of(value);
}

Term json_loads(const FunctionCall& call) {
  const std::string_view text = call.text(0);
  if (!call.evaluation.spend(1 + text.size() / 64)) {
    return Term();
  }
  // The text may be a secret, so the fault does not show it.
  const auto parsed = parse_json(text);
  return parsed.ok() ? copied(call.heap(), *parsed) : call.fail("text is no JSON");
}

Term make_namespace(const FunctionCall& call) { return Term::name_space(call[0].own_map()); }

Term make_dict(const FunctionCall& call) { return call[0]; }

constexpr FunctionSpec kSpecs[] = {
    {"max", "value *", max_function, "Returns the greatest of its arguments, or of one list.",
     "{{ max(2, 3) }}", "3"},
    {"min", "value *", min_function, "Returns the least of its arguments, or of one list.",
     "{{ min([2, 3]) }}", "2"},
    {"sanitize_url", "value", sanitize_url,
     "Escapes a text for the query of a URL, a blank as a plus sign.",
     "{{ sanitize_url('a b/c') }}", R"("a+b%2Fc")"},
    {"camel_case_to_snake_case", "value", camel_case_to_snake_case,
     "Writes a name in lower case with underscores between its words.",
     "{{ camel_case_to_snake_case('CamelCase') }}", R"("camel_case")"},
    {"generate_uuid", "", generate_uuid, "Returns a new random UUID.",
     "{{ generate_uuid() | length }}", "36"},
    {"json_loads", "text", json_loads, "Reads a text of JSON.",
     R"({{ json_loads('{"a": [1, 2]}')['a'][1] }})", "2"},
    {"namespace", "**", make_namespace,
     "Makes an object whose members can be set from within a loop.",
     "{% set ns = namespace(n=1) %}{% for i in [1, 2] %}{% set ns.n = ns.n + i %}{% endfor %}"
     "{{ ns.n }}",
     "4"},
    {"dict", "**", make_dict, "Makes a map of its keyword arguments.", "{{ dict(a=1, b='x') }}",
     R"({"a":1,"b":"x"})"},
};

}  // namespace

std::span<const FunctionSpec> value_functions() { return kSpecs; }

}  // namespace tendril
