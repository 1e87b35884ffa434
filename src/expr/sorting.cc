#include "expr/sorting.h"

#include <algorithm>
#include <iterator>

#include "core/utf8.h"
#include "expr/compare.h"

namespace tendril {
namespace {

// Merges by hand: a fault in the middle leaves an order that the standard algorithms may not
// be given.
void merge_sort(Evaluation& evaluation, std::vector<SortItem>& items, std::vector<SortItem>& spare,
                Order first) {
  for (std::size_t width = 1; width < items.size() && evaluation.ok(); width *= 2) {
    spare.clear();
    for (std::size_t start = 0; start < items.size(); start += 2 * width) {
      const std::size_t middle = std::min(start + width, items.size());
      const std::size_t end = std::min(start + 2 * width, items.size());
      std::size_t left = start;
      std::size_t right = middle;
      while (left < middle && right < end) {
        const bool swap = order_of(evaluation, items[right].key, items[left].key) == first;
        spare.push_back(items[swap ? right++ : left++]);
      }
      std::copy(items.begin() + static_cast<std::ptrdiff_t>(left),
                items.begin() + static_cast<std::ptrdiff_t>(middle), std::back_inserter(spare));
      std::copy(items.begin() + static_cast<std::ptrdiff_t>(right),
                items.begin() + static_cast<std::ptrdiff_t>(end), std::back_inserter(spare));
    }
    items.swap(spare);
  }
}

}  // namespace

void sort_items(Evaluation& evaluation, std::vector<SortItem>& items, bool reversed) {
  std::vector<SortItem> spare;
  spare.reserve(items.size());
  merge_sort(evaluation, items, spare, reversed ? Order::Greater : Order::Less);
}

Term folded(const FunctionCall& call, const Term& term) {
  if (!term.is(Term::Kind::Text)) {
    return term;
  }
  std::string out;
  append_lower(out, term.text());
  return call.heap().text(out);
}

}  // namespace tendril
