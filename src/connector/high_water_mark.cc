#include "connector/high_water_mark.h"

#include <algorithm>
#include <limits>

namespace tendril {

std::int64_t saturated_difference(std::int64_t a, std::int64_t b) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  return a < kLeast + b ? kLeast : a - b;
}

std::optional<ReadBounds> HighWaterMark::bounds(const SnapshotFacts& snapshot) const {
  if (!snapshot.greatest) {
    return std::nullopt;
  }
  if (!stored_) {
    return ReadBounds{std::nullopt, *snapshot.greatest};
  }
  // All that is visible is read, even above what is still in flight: only the mark stays below.
  const std::int64_t mark = std::min(*stored_, *snapshot.greatest);
  return ReadBounds{saturated_difference(mark, overlap_), *snapshot.greatest};
}

std::optional<std::int64_t> HighWaterMark::reached(const SnapshotFacts& snapshot) const {
  if (!snapshot.greatest) {
    return stored_;
  }
  std::int64_t mark = *snapshot.greatest;
  if (snapshot.least_in_flight) {
    mark = std::min(mark, *snapshot.least_in_flight);
  }
  return mark;
}

}  // namespace tendril
