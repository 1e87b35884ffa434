// The greatest and the least of some items: what the functions and the filters max and min share.
#pragma once

#include <string_view>

#include "expr/compare.h"
#include "expr/function.h"

namespace tendril {

// Returns the item that stands in the order `wanted`, Less or Greater, to all others: the first
// of several; by the attribute at `path` unless that is empty. Undefined without any item.
Term extreme_of(const FunctionCall& call, const Term& items, Order wanted, std::string_view path);

}  // namespace tendril
