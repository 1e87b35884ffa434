// The filters that look into the items of a list or the members of a map.
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "expr/compare.h"
#include "expr/function.h"
#include "expr/member.h"
#include "expr/sorting.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

Term default_filter(const FunctionCall& call) {
  const bool missing = call[0].is(Kind::Undefined) || (call.flag(2, false) && !is_true(call[0]));
  if (!missing) {
    return call[0];
  }
  return call.has(1) ? call[1] : Term::text("");
}

// Calls a filter or predicate on an item, with the arguments from `first` on.
Term call_on(const FunctionCall& call, const FunctionSpec& spec, const Term& item,
             std::size_t first) {
  std::vector<Term> arguments{item};
  for (std::size_t i = first; i + 1 < call.arguments.size(); ++i) {
    arguments.push_back(call[i]);
  }
  if (signature_of(spec).keywords) {
    arguments.push_back(Term::map(call.heap().make_map()));
  }
  return call_function(call.evaluation, spec, arguments);
}

// The last argument of the filters below is the map of their keywords.
Term keyword(const FunctionCall& call, std::string_view name) {
  return call.arguments.back().find(name);
}

Term map(const FunctionCall& call) {
  const Term items = items_of(call.evaluation, call[0]);
  const Term path = keyword(call, "attribute");
  const bool by_filter = call.arguments.size() > 2;
  if (path.is(Kind::Undefined) && (!by_filter || !call[1].is(Kind::Text))) {
    return call.fail("map wants the name of a filter or an attribute");
  }
  const FunctionSpec* const spec =
      by_filter ? find_function(FunctionKind::Filter, call[1].text()) : nullptr;
  if (by_filter && spec == nullptr) {
    return call.fail(fmt::format("filter is unknown: {}", call[1].text()));
  }
  TermList* const results = call.heap().make_list();
  for (std::size_t i = 0; i < items.size() && call.evaluation.spend(1); ++i) {
    if (by_filter) {
      results->push_back(call_on(call, *spec, items.item(i), 2));
      continue;
    }
    const Term member = path.is_integral()
                            ? subscript(call.evaluation, items.item(i), path)
                            : attribute_path(call.evaluation, items.item(i), path.text());
    const Term otherwise = keyword(call, "default");
    results->push_back(member.is(Kind::Undefined) ? otherwise : member);
  }
  return Term::list(results);
}

// Keeps the items for which the predicate named by the argument `first` gives `wanted`; without
// one, those that are true.
Term select_items(const FunctionCall& call, std::size_t first, bool wanted) {
  const Term items = items_of(call.evaluation, call[0]);
  const bool by_attribute = first == 2;
  const bool named = call.arguments.size() > first + 1;
  const FunctionSpec* spec = nullptr;
  if (named) {
    spec = find_function(FunctionKind::Predicate, call.text(first));
    if (spec == nullptr) {
      return call.fail(fmt::format("test is unknown: {}", call.text(first)));
    }
  }
  TermList* const kept = call.heap().make_list();
  for (std::size_t i = 0; i < items.size() && call.evaluation.spend(1); ++i) {
    Term subject = items.item(i);
    if (by_attribute) {
      subject = call[1].is_integral() ? subscript(call.evaluation, subject, call[1])
                                      : attribute_path(call.evaluation, subject, call.text(1));
    }
    const Term verdict = named ? call_on(call, *spec, subject, first + 1) : subject;
    if (is_true(verdict) == wanted) {
      kept->push_back(items.item(i));
    }
  }
  return Term::list(kept);
}

Term select(const FunctionCall& call) { return select_items(call, 1, true); }

Term reject(const FunctionCall& call) { return select_items(call, 1, false); }

Term selectattr(const FunctionCall& call) { return select_items(call, 2, true); }

Term rejectattr(const FunctionCall& call) { return select_items(call, 2, false); }

Term pair_of(const FunctionCall& call, const Term& first, const Term& second) {
  TermList* const items = call.heap().make_list();
  items->push_back(first);
  items->push_back(second);
  return Term::tuple(items);
}

Term items_filter(const FunctionCall& call) {
  TermList* const pairs = call.heap().make_list();
  if (!call[0].is(Kind::Map) && !call[0].is(Kind::Undefined)) {
    return call.wrong_type(0, "a map");
  }
  for (std::size_t i = 0; i < call[0].size() && call.evaluation.spend(1); ++i) {
    pairs->push_back(pair_of(call, call[0].key(i), call[0].member(i)));
  }
  return Term::list(pairs);
}

Term dictsort(const FunctionCall& call) {
  if (!call[0].is(Kind::Map)) {
    return call.wrong_type(0, "a map");
  }
  const bool fold = !call.flag(1, false);
  const bool by_value = call.has(2) && call.text(2) == "value";
  std::vector<SortItem> order;
  for (std::size_t i = 0; i < call[0].size() && call.evaluation.spend(1); ++i) {
    const Term key = by_value ? call[0].member(i) : call[0].key(i);
    order.push_back(
        {fold ? folded(call, key) : key, pair_of(call, call[0].key(i), call[0].member(i))});
  }
  sort_items(call.evaluation, order, call.flag(3, false));
  TermList* const pairs = call.heap().make_list();
  for (const SortItem& item : order) {
    pairs->push_back(item.value);
  }
  return Term::list(pairs);
}

Term groupby(const FunctionCall& call) {
  const Term items = items_of(call.evaluation, call[0]);
  std::vector<SortItem> order;
  for (std::size_t i = 0; i < items.size() && call.evaluation.spend(1); ++i) {
    Term key = attribute_path(call.evaluation, items.item(i), call.text(1));
    key = key.is(Kind::Undefined) && call.has(2) ? call[2] : key;
    order.push_back({call.flag(3, false) ? key : folded(call, key), items.item(i)});
  }
  sort_items(call.evaluation, order, false);
  TermList* const groups = call.heap().make_list();
  TermList* members = nullptr;
  for (std::size_t i = 0; i < order.size() && call.evaluation.ok(); ++i) {
    if (i == 0 || !are_equal(call.evaluation, order[i].key, order[i - 1].key)) {
      members = call.heap().make_list();
      groups->push_back(pair_of(call, order[i].key, Term::list(members)));
    }
    members->push_back(order[i].value);
  }
  return Term::list(groups);
}

Term attr(const FunctionCall& call) { return attribute(call.evaluation, call[0], call.text(1)); }

constexpr FunctionSpec kSpecs[] = {
    {"default", "value default_value= boolean=", default_filter,
     "Stands in for an undefined value; with true as second argument, for any false one.",
     "{{ '' | default('none', true) ~ '!' }}", R"("none!")"},
    {"d", "value default_value= boolean=", default_filter, "The same as default.",
     "{{ {}.a | d(1) }}", "1"},
    {"map", "value * **", map, "Applies a filter to each item, or takes an attribute of each.",
     "{{ [{'id': 1}, {'id': 2}] | map(attribute='id') | list }}", "[1,2]"},
    {"select", "value * **", select, "Keeps the items for which a test holds.",
     "{{ [1, 2, 3] | select('odd') | list }}", "[1,3]"},
    {"reject", "value * **", reject, "Leaves out the items for which a test holds.",
     "{{ [1, 2, 3] | reject('odd') | list }}", "[2]"},
    {"selectattr", "value attribute * **", selectattr,
     "Keeps the items for whose attribute a test holds.",
     "{{ [{'a': 1}, {'a': 2}] | selectattr('a', 'equalto', 2) | list }}", R"([{"a":2}])"},
    {"rejectattr", "value attribute * **", rejectattr,
     "Leaves out the items for whose attribute a test holds.",
     "{{ [{'a': 1}, {'b': 2}] | rejectattr('a', 'defined') | list }}", R"([{"b":2}])"},
    {"items", "value", items_filter, "Lists keys and values of a map.",
     "{{ {'a': 1} | items | list }}", R"([["a",1]])"},
    {"dictsort", "value case_sensitive= by= reverse=", dictsort,
     "Lists keys and values of a map in order of the keys, or of the values.",
     "{{ {'b': 1, 'a': 2} | dictsort }}", R"([["a",2],["b",1]])"},
    {"groupby", "value attribute default= case_sensitive=", groupby,
     "Groups items by an attribute.", "{{ [{'a': 1}, {'a': 1}] | groupby('a') }}",
     R"([[1,[{"a":1},{"a":1}]]])"},
    {"attr", "obj name", attr, "Takes an attribute by its name.", "{{ now_utc() | attr('year') }}",
     "2024"},
};

}  // namespace

std::span<const FunctionSpec> record_filters() { return kSpecs; }

}  // namespace tendril
