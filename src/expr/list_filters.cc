// The filters of lists.
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "core/utf8.h"
#include "expr/compare.h"
#include "expr/function.h"
#include "expr/member.h"
#include "expr/sorting.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

Term length(const FunctionCall& call) {
  const Term& value = call[0];
  if (value.is(Kind::Text)) {
    return Term::integer(static_cast<std::int64_t>(count_characters(value.text())));
  }
  if (value.is_sequence() || value.is_map()) {
    return Term::integer(static_cast<std::int64_t>(value.size()));
  }
  return value.is(Kind::Undefined) ? Term::integer(0)
                                   : call.wrong_type(0, "a text, a list or a map");
}

Term first(const FunctionCall& call) {
  const Term items = items_of(call.evaluation, call[0]);
  return call.evaluation.ok() && items.size() > 0 ? items.item(0) : Term();
}

Term last(const FunctionCall& call) {
  const Term items = items_of(call.evaluation, call[0]);
  return call.evaluation.ok() && items.size() > 0 ? items.item(items.size() - 1) : Term();
}

// Makes a new list of the items from `begin` to `end`.
Term copied(const FunctionCall& call, const Term& items, std::size_t begin, std::size_t end) {
  TermList* const copy = call.heap().make_list();
  if (call.evaluation.ok() && call.evaluation.spend(end - begin)) {
    copy->reserve(end - begin);
    for (std::size_t i = begin; i < end; ++i) {
      copy->push_back(items.item(i));
    }
  }
  return Term::list(copy);
}

Term list(const FunctionCall& call) {
  const Term items = items_of(call.evaluation, call[0]);
  return call.evaluation.ok() ? copied(call, items, 0, items.size()) : Term();
}

Term reverse(const FunctionCall& call) {
  if (call[0].is(Kind::Text)) {
    std::string out;
    for (std::string_view rest = call[0].text(); !rest.empty();) {
      out.insert(0, take_character(rest));
      if (!call.evaluation.spend(out.size() / 16)) {
        return {};
      }
    }
    return call.heap().text(out);
  }
  const Term items = list(call);
  if (TermList* const own = items.own_list()) {
    std::reverse(own->begin(), own->end());
  }
  return items;
}

// "a,b" names two attributes; their values in a tuple are what is sorted by.
Term sort_key(const FunctionCall& call, const Term& item, std::string_view paths, bool fold) {
  if (paths.empty()) {
    return fold ? folded(call, item) : item;
  }
  TermList* const keys = call.heap().make_list();
  while (true) {
    const std::size_t comma = paths.find(',');
    const Term key = attribute_path(call.evaluation, item, paths.substr(0, comma));
    keys->push_back(fold ? folded(call, key) : key);
    if (comma == paths.npos) {
      return keys->size() == 1 ? keys->front() : Term::tuple(keys);
    }
    paths.remove_prefix(comma + 1);
  }
}

Term sort(const FunctionCall& call) {
  const Term items = items_of(call.evaluation, call[0]);
  const bool reversed = call.flag(1, false);
  const bool fold = !call.flag(2, false);
  const bool by_attribute = call.has(3) && !call[3].is(Kind::None);
  const std::string_view paths = by_attribute ? call.text(3) : std::string_view();
  std::vector<SortItem> order;
  for (std::size_t i = 0; i < items.size() && call.evaluation.spend(1); ++i) {
    order.push_back({sort_key(call, items.item(i), paths, fold), items.item(i)});
  }
  sort_items(call.evaluation, order, reversed);
  TermList* const sorted = call.heap().make_list();
  for (const SortItem& item : order) {
    sorted->push_back(item.value);
  }
  return Term::list(sorted);
}

Term unique(const FunctionCall& call) {
  const Term items = items_of(call.evaluation, call[0]);
  const bool fold = !call.flag(1, false);
  const bool by_attribute = call.has(2) && !call[2].is(Kind::None);
  std::vector<Term> seen;
  TermList* const kept = call.heap().make_list();
  for (std::size_t i = 0; i < items.size() && call.evaluation.ok(); ++i) {
    Term key =
        by_attribute ? attribute_path(call.evaluation, items.item(i), call.text(2)) : items.item(i);
    key = fold ? folded(call, key) : key;
    const bool known = std::any_of(seen.begin(), seen.end(), [&](const Term& other) {
      return are_equal(call.evaluation, other, key);
    });
    if (!known) {
      seen.push_back(key);
      kept->push_back(items.item(i));
    }
  }
  return Term::list(kept);
}

Term batch(const FunctionCall& call) {
  const Term items = items_of(call.evaluation, call[0]);
  const std::int64_t count = call.integer(1, 1);
  if (count < 1 || count > static_cast<std::int64_t>(kItemsMax)) {
    return call.fail("number of items is out of range");
  }
  const auto step = static_cast<std::size_t>(count);
  TermList* const batches = call.heap().make_list();
  for (std::size_t i = 0; i < items.size() && call.evaluation.ok(); i += step) {
    const Term part = copied(call, items, i, std::min(i + step, items.size()));
    while (call.has(2) && !call[2].is(Kind::None) && part.size() < step) {
      part.own_list()->push_back(call[2]);
    }
    batches->push_back(part);
  }
  return Term::list(batches);
}

Term slice_filter(const FunctionCall& call) {
  const Term items = items_of(call.evaluation, call[0]);
  const std::int64_t count = call.integer(1, 1);
  if (count < 1 || count > static_cast<std::int64_t>(kItemsMax) || !call.evaluation.ok()) {
    return call.fail("number of slices is out of range");
  }
  const auto slices = static_cast<std::size_t>(count);
  const std::size_t longer = items.size() % slices;
  TermList* const result = call.heap().make_list();
  std::size_t start = 0;
  for (std::size_t i = 0; i < slices && call.evaluation.spend(1); ++i) {
    const std::size_t end = start + items.size() / slices + (i < longer ? 1 : 0);
    const Term part = copied(call, items, start, end);
    if (call.has(2) && !call[2].is(Kind::None) && i >= longer && longer > 0) {
      part.own_list()->push_back(call[2]);
    }
    result->push_back(part);
    start = end;
  }
  return Term::list(result);
}

constexpr FunctionSpec kSpecs[] = {
    {"length", "value", length, "Counts characters, items or members.", "{{ 'abc' | length }}",
     "3"},
    {"count", "value", length, "Counts characters, items or members.", "{{ [1, 2] | count }}", "2"},
    {"first", "seq", first, "Returns the first item.", "{{ [1, 2] | first }}", "1"},
    {"last", "seq", last, "Returns the last item.", "{{ [1, 2] | last }}", "2"},
    {"list", "value", list, "Makes a list: of the characters of a text, the keys of a map.",
     "{{ 'ab' | list }}", R"(["a","b"])"},
    {"reverse", "value", reverse, "Turns a list or a text round.", "{{ [1, 2, 3] | reverse }}",
     "[3,2,1]"},
    {"sort", "value reverse= case_sensitive= attribute=", sort,
     "Sorts a list, without regard to case unless told.",
     "{{ [{'n': 2}, {'n': 1}] | sort(attribute='n') }}", R"([{"n":1},{"n":2}])"},
    {"unique", "value case_sensitive= attribute=", unique, "Leaves items out that came before.",
     "{{ ['a', 'B', 'b'] | unique }}", R"(["a","B"])"},
    {"batch", "value linecount fill_with=", batch, "Cuts a list into lists of so many items.",
     "{{ [1, 2, 3] | batch(2) }}", "[[1,2],[3]]"},
    {"slice", "value slices fill_with=", slice_filter, "Cuts a list into so many lists.",
     "{{ [1, 2, 3] | slice(2) }}", "[[1,2],[3]]"},
};

}  // namespace

std::span<const FunctionSpec> list_filters() { return kSpecs; }

}  // namespace tendril
