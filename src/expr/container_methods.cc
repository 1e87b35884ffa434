// The methods of maps and lists. Those that change something work on what the template made;
// values of the context are constant.
#include <algorithm>

#include "expr/compare.h"
#include "expr/function.h"
#include "expr/loop_state.h"
#include "expr/member.h"
#include "expr/sorting.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

constexpr std::string_view kConstant = "value of the context cannot be changed";

// The list that the template made; fails for one of the context.
TermList* changeable_list(const FunctionCall& call) {
  TermList* const list = call[0].own_list();
  if (list == nullptr) {
    call.fail(std::string(kConstant));
  } else if (list->size() >= kItemsMax) {
    call.fail("list is too long");
    return nullptr;
  }
  return list;
}

TermMap* changeable_map(const FunctionCall& call) {
  TermMap* const map = call[0].own_map();
  if (map == nullptr) {
    call.fail(std::string(kConstant));
  }
  return map;
}

Term get(const FunctionCall& call) {
  const Term found = subscript(call.evaluation, call[0], call[1]);
  if (!found.is(Kind::Undefined)) {
    return found;
  }
  return call.has(2) ? call[2] : Term::none();
}

Term pair_of(const FunctionCall& call, std::size_t index) {
  TermList* const items = call.heap().make_list();
  items->push_back(call[0].key(index));
  items->push_back(call[0].member(index));
  return Term::tuple(items);
}

Term items(const FunctionCall& call) {
  TermList* const pairs = call.heap().make_list();
  for (std::size_t i = 0; i < call[0].size() && call.evaluation.spend(1); ++i) {
    pairs->push_back(pair_of(call, i));
  }
  return Term::list(pairs);
}

Term keys(const FunctionCall& call) {
  TermList* const names = call.heap().make_list();
  for (std::size_t i = 0; i < call[0].size() && call.evaluation.spend(1); ++i) {
    names->push_back(call[0].key(i));
  }
  return Term::list(names);
}

Term values(const FunctionCall& call) {
  TermList* const members = call.heap().make_list();
  for (std::size_t i = 0; i < call[0].size() && call.evaluation.spend(1); ++i) {
    members->push_back(call[0].member(i));
  }
  return Term::list(members);
}

Term update(const FunctionCall& call) {
  TermMap* const map = changeable_map(call);
  for (const Term& source : call.arguments.subspan(1)) {
    if (!source.is(Kind::Map) && !source.is(Kind::Absent)) {
      return call.fail_type("update wants a map");
    }
    for (std::size_t i = 0; map != nullptr && i < source.size() && call.evaluation.ok(); ++i) {
      set_member(call.evaluation, *map, source.key(i), source.member(i));
    }
  }
  return Term::none();
}

Term setdefault(const FunctionCall& call) {
  const Term found = subscript(call.evaluation, call[0], call[1]);
  TermMap* const map = found.is(Kind::Undefined) ? changeable_map(call) : nullptr;
  if (map == nullptr) {
    return found;
  }
  const Term value = call.has(2) ? call[2] : Term::none();
  set_member(call.evaluation, *map, call[1], value);
  return value;
}

Term pop_member(const FunctionCall& call) {
  TermMap* const map = changeable_map(call);
  const Term found = subscript(call.evaluation, call[0], call[1]);
  if (map == nullptr) {
    return {};
  }
  if (found.is(Kind::Undefined)) {
    return call.has(2) ? call[2] : call.fail("map has no such key");
  }
  std::erase_if(
      *map, [&](const auto& member) { return are_equal(call.evaluation, member.first, call[1]); });
  return found;
}

Term copy_map(const FunctionCall& call) {
  TermMap* const map = call.heap().make_map();
  for (std::size_t i = 0; i < call[0].size() && call.evaluation.spend(1); ++i) {
    map->emplace_back(call[0].key(i), call[0].member(i));
  }
  return Term::map(map);
}

Term append(const FunctionCall& call) {
  if (TermList* const list = changeable_list(call)) {
    list->push_back(call[1]);
  }
  return Term::none();
}

Term extend(const FunctionCall& call) {
  const Term added = items_of(call.evaluation, call[1]);
  const std::size_t count = added.size();
  for (std::size_t i = 0; i < count && call.evaluation.spend(1); ++i) {
    TermList* const list = changeable_list(call);
    if (list == nullptr) {
      break;
    }
    list->push_back(added.item(i));
  }
  return Term::none();
}

Term insert(const FunctionCall& call) {
  TermList* const list = changeable_list(call);
  if (list == nullptr || !call.evaluation.spend(list->size() / 8)) {
    return {};
  }
  const auto size = static_cast<std::int64_t>(list->size());
  const std::int64_t index = call.integer(1, 0);
  const std::int64_t place = std::clamp<std::int64_t>(index < 0 ? index + size : index, 0, size);
  list->insert(list->begin() + place, call[2]);
  return Term::none();
}

Term pop_item(const FunctionCall& call) {
  TermList* const list = changeable_list(call);
  if (list == nullptr) {
    return {};
  }
  const auto size = static_cast<std::int64_t>(list->size());
  const std::int64_t index = call.integer(1, -1);
  const std::int64_t place = index < 0 ? index + size : index;
  if (place < 0 || place >= size || !call.evaluation.spend(list->size() / 8)) {
    return call.fail("list has no such item");
  }
  const Term item = (*list)[static_cast<std::size_t>(place)];
  list->erase(list->begin() + place);
  return item;
}

Term reverse(const FunctionCall& call) {
  TermList* const list = changeable_list(call);
  if (list != nullptr && call.evaluation.spend(list->size() / 8)) {
    std::reverse(list->begin(), list->end());
  }
  return Term::none();
}

Term sort(const FunctionCall& call) {
  TermList* const list = changeable_list(call);
  if (list == nullptr) {
    return {};
  }
  std::vector<SortItem> order;
  for (const Term& item : *list) {
    order.push_back({item, item});
  }
  sort_items(call.evaluation, order, call.flag(1, false));
  for (std::size_t i = 0; i < order.size(); ++i) {
    (*list)[i] = order[i].value;
  }
  return Term::none();
}

Term copy_list(const FunctionCall& call) {
  TermList* const list = call.heap().make_list();
  for (std::size_t i = 0; i < call[0].size() && call.evaluation.spend(1); ++i) {
    list->push_back(call[0].item(i));
  }
  return Term::list(list);
}

Term index(const FunctionCall& call) {
  for (std::size_t i = 0; i < call[0].size() && call.evaluation.ok(); ++i) {
    if (are_equal(call.evaluation, call[0].item(i), call[1])) {
      return Term::integer(static_cast<std::int64_t>(i));
    }
  }
  return call.fail("list has no such item");
}

Term count(const FunctionCall& call) {
  std::int64_t found = 0;
  for (std::size_t i = 0; i < call[0].size() && call.evaluation.ok(); ++i) {
    found += are_equal(call.evaluation, call[0].item(i), call[1]) ? 1 : 0;
  }
  return Term::integer(found);
}

Term cycle(const FunctionCall& call) {
  const std::size_t choices = call.arguments.size() - 1;
  return choices == 0 ? call.fail("cycle wants something to choose from")
                      : call[1 + (call[0].as_loop()->next - 1) % choices];
}

constexpr FunctionSpec kSpecs[] = {
    {"get", "map key default=", get, "Returns a member, or the default, or none.",
     "{{ {'a': 1}.get('b', 2) }}", "2", Kind::Map},
    {"items", "map", items, "Lists keys and values.", "{{ {'a': 1}.items() | list }}",
     R"([["a",1]])", Kind::Map},
    {"keys", "map", keys, "Lists the keys.", "{{ {'a': 1}.keys() | list }}", R"(["a"])", Kind::Map},
    {"values", "map", values, "Lists the values.", "{{ {'a': 1}.values() | list }}", "[1]",
     Kind::Map},
    {"update", "map other= **", update, "Sets the members of another map.",
     "{% set m = {'a': 1} %}{% set _ = m.update({'b': 2}) %}{{ m }}", R"({"a":1,"b":2})",
     Kind::Map},
    {"setdefault", "map key default=", setdefault, "Returns a member; sets it first if not there.",
     "{% set m = {} %}{% set _ = m.setdefault('a', 1) %}{{ m }}", R"({"a":1})", Kind::Map},
    {"pop", "map key default=", pop_member, "Takes a member out.",
     "{% set m = {'a': 1, 'b': 2} %}{{ m.pop('a') }}{{ m }}", R"("1{'b': 2}")", Kind::Map},
    {"copy", "map", copy_map, "Makes a copy.", "{{ {'a': 1}.copy() }}", R"({"a":1})", Kind::Map},
    {"append", "list item", append, "Adds an item at the end.",
     "{% set l = [1] %}{% set _ = l.append(2) %}{{ l }}", "[1,2]", Kind::List},
    {"extend", "list items", extend, "Adds the items of another list.",
     "{% set l = [1] %}{% set _ = l.extend([2, 3]) %}{{ l }}", "[1,2,3]", Kind::List},
    {"insert", "list index item", insert, "Puts an item before another.",
     "{% set l = [1] %}{% set _ = l.insert(0, 2) %}{{ l }}", "[2,1]", Kind::List},
    {"pop", "list index=", pop_item, "Takes an item out, the last unless told.",
     "{% set l = [1, 2] %}{{ l.pop() }}{{ l }}", R"("2[1]")", Kind::List},
    {"reverse", "list", reverse, "Turns a list round.",
     "{% set l = [1, 2] %}{% set _ = l.reverse() %}{{ l }}", "[2,1]", Kind::List},
    {"sort", "list reverse=", sort, "Sorts a list.",
     "{% set l = [2, 1] %}{% set _ = l.sort() %}{{ l }}", "[1,2]", Kind::List},
    {"copy", "list", copy_list, "Makes a copy.", "{{ [1].copy() }}", "[1]", Kind::List},
    {"index", "list item", index, "Where an item first is.", "{{ ['a', 'b'].index('b') }}", "1",
     Kind::List},
    {"count", "list item", count, "How often an item is there.", "{{ [1, 1, 2].count(1) }}", "2",
     Kind::List},
    {"index", "tuple item", index, "Where an item first is.", "{{ ('a', 'b').index('b') }}", "1",
     Kind::Tuple},
    {"count", "tuple item", count, "How often an item is there.", "{{ (1, 1, 2).count(1) }}", "2",
     Kind::Tuple},
    {"cycle", "loop *", cycle, "Goes through its arguments in turn, one for each step of a loop.",
     "{% for i in [1, 2, 3] %}{{ loop.cycle('a', 'b') }}{% endfor %}", R"("aba")", Kind::Loop},
};

}  // namespace

std::span<const FunctionSpec> container_methods() { return kSpecs; }

}  // namespace tendril
