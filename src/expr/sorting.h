// Sorting terms by keys, as several filters do.
#pragma once

#include <vector>

#include "expr/function.h"

namespace tendril {

struct SortItem {
  Term key;
  Term value;
};

// Sorts by key, equal ones in their order. Faults: two keys have no order.
void sort_items(Evaluation& evaluation, std::vector<SortItem>& items, bool reversed);

// A text in lower case; anything else as it is.
Term folded(const FunctionCall& call, const Term& term);

}  // namespace tendril
