#include "connector/span_tiles.h"

#include <algorithm>

#include "core/check.h"

namespace tendril {
namespace {

// Of numbers whose difference may be too great for a signed one. REQUIRES: a <= b.
std::uint64_t distance(std::int64_t a, std::int64_t b) {
  return static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a);
}

std::int64_t moved(std::int64_t from, std::uint64_t by) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(from) + by);
}

}  // namespace

SpanTiles::SpanTiles(const Tile& span, std::int64_t length, TileOrder order)
    : span_(span), length_(static_cast<std::uint64_t>(length)), order_(order) {
  CHECK(length >= 1);
  if (span.first <= span.last) {
    count_ = distance(span.first, span.last) / length_ + 1;
    left_ = count_;
  }
}

std::optional<Tile> SpanTiles::next() {
  if (left_ == 0) {
    return std::nullopt;
  }
  const std::uint64_t index = order_ == TileOrder::Ascending ? count_ - left_ : left_ - 1;
  --left_;
  const std::int64_t first = moved(span_.first, index * length_);
  const std::uint64_t reach = std::min(length_ - 1, distance(first, span_.last));
  return Tile{first, moved(first, reach)};
}

}  // namespace tendril
