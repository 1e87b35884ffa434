// SpanTiles: cuts a span of whole numbers into tiles that leave nothing out and share nothing, from
// the first on or from the last. Ids, microseconds and log positions alike (requirement I14).
#pragma once

#include <cstdint>
#include <optional>

namespace tendril {

// Both ends belong to it.
struct Tile {
  std::int64_t first = 0;
  std::int64_t last = 0;

  friend bool operator==(const Tile&, const Tile&) = default;
};

enum class TileOrder : std::uint8_t { Ascending, Descending };

// The tiles are the same in both orders: borders are counted from the start of the span, so that a
// later run, whose span ends later, finds all borders but the last where they were.
// Threads: one at a time.
class SpanTiles {
 public:
  // REQUIRES: length is at least 1. A span that ends before it starts has no tiles.
  SpanTiles(const Tile& span, std::int64_t length, TileOrder order);

  // Returns nullopt after the last.
  std::optional<Tile> next();

 private:
  const Tile span_;
  const std::uint64_t length_;
  const TileOrder order_;
  std::uint64_t left_ = 0;  // Tiles that were not given yet.
  std::uint64_t count_ = 0;
};

}  // namespace tendril
