#include "manifest/window.h"

#include "core/check.h"

namespace tendril {

Windows::Windows(WindowPlan plan) : plan_(plan) {
  CHECK(!plan_.step || add(plan_.start, *plan_.step) > plan_.start);
  const bool is_point = plan_.start == plan_.end;
  const bool is_empty = plan_.start > plan_.end ||
                        (is_point && (plan_.strictly_increasing || plan_.granularity == Micros(0)));
  if (!is_empty) {
    lower_ = plan_.start;
  }
}

std::optional<Window> Windows::next() {
  if (!lower_) {
    return std::nullopt;
  }
  const Instant start = *lower_;
  const Instant upper = plan_.step ? add(start, *plan_.step) : plan_.end;
  if (upper >= plan_.end) {
    lower_.reset();
    return Window{start, plan_.end};
  }
  lower_ = upper;
  return Window{start, upper - plan_.granularity};
}

}  // namespace tendril
