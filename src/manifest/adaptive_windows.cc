#include "manifest/adaptive_windows.h"

#include <algorithm>
#include <string>

namespace tendril {
namespace {

constexpr std::string_view kAt = "window_start";
constexpr std::string_view kSpan = "window_span";
constexpr std::string_view kFinished = "finished";

std::optional<std::int64_t> micros_in(const Value& progress, std::string_view name) {
  const Value* value = progress.find(name);
  const std::int64_t* micros = value == nullptr ? nullptr : value->as_int();
  return micros == nullptr ? std::nullopt : std::optional(*micros);
}

}  // namespace

AdaptiveWindows::AdaptiveWindows(const AdaptiveStep& step, const Window& whole, Micros granularity,
                                 const Value& progress)
    : step_(step),
      whole_(whole),
      granularity_(granularity),
      at_(whole.start),
      span_(std::max(whole.end - whole.start + granularity, step.min_step)) {
  if (progress.find(kFinished) != nullptr) {
    at_.reset();
  } else if (const auto at = micros_in(progress, kAt)) {
    at_ = instant_from_micros(*at);
    span_ = Micros(micros_in(progress, kSpan).value_or(span_.count()));
  }
}

std::optional<Window> AdaptiveWindows::next() const {
  if (!at_) {
    return std::nullopt;
  }
  return Window{*at_, std::max(*at_, std::min(*at_ + span_ - granularity_, whole_.end))};
}

void AdaptiveWindows::finish() {
  const Instant end = next()->end;
  tries_ = 0;
  if (end >= whole_.end) {
    at_.reset();
    return;
  }
  at_ = end + granularity_;
  span_ = std::min(span_ * 2, whole_.end - whole_.start + granularity_);
}

bool AdaptiveWindows::can_shrink() const {
  const Micros length = std::min(span_, whole_.end - *at_ + granularity_);
  return tries_ + 1 < step_.tries_max && length > step_.min_step;
}

bool AdaptiveWindows::shrink() {
  if (!can_shrink()) {
    return false;
  }
  ++tries_;
  const Micros length = std::min(span_, whole_.end - *at_ + granularity_);
  // Whole units, so that no window begins between two.
  const Micros unit = std::max(granularity_, Micros(1));
  span_ = std::max({length / 2 / unit * unit, step_.min_step, unit});
  return true;
}

Value AdaptiveWindows::progress() const {
  if (!at_) {
    return Map{{std::string(kFinished), true}};
  }
  return Map{{std::string(kAt), micros_of(*at_)}, {std::string(kSpan), span_.count()}};
}

}  // namespace tendril
