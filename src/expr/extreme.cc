#include "expr/extreme.h"

#include "expr/member.h"

namespace tendril {

Term extreme_of(const FunctionCall& call, const Term& items, Order wanted, std::string_view path) {
  Term best;
  Term best_key;
  for (std::size_t i = 0; i < items.size() && call.evaluation.ok(); ++i) {
    const Term item = items.item(i);
    const Term key = path.empty() ? item : attribute_path(call.evaluation, item, path);
    if (i == 0 || order_of(call.evaluation, key, best_key) == wanted) {
      best = item;
      best_key = key;
    }
  }
  return best;
}

}  // namespace tendril
