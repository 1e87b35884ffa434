// HighWaterMark: how far a table has been read by a column whose values grow, and which values the
// next run asks for. Plain arithmetic on whole numbers: ids, microseconds, log positions.
//
// What a source of rows with transactions has to do so that no row is lost (requirement I17):
//   1. Take SnapshotFacts and the rows of a run from one snapshot: one statement, or one
//   transaction
//      in which all statements see the same rows. The greatest value from any other moment may be
//      that of a row which the reading does not see.
//   2. Where the source can tell, say the least value that a transaction still under way may bring;
//      else choose an overlap as long as the longest transaction, with what clocks differ by.
//   3. Ask for the bounds with both ends included; rows that share the lower one come again, and a
//      BoundarySet leaves out those that are known.
//   4. Store reached() with the last rows, in the same commit.
#pragma once

#include <cstdint>
#include <optional>

namespace tendril {

// What a snapshot of a table says of the column.
struct SnapshotFacts {
  std::optional<std::int64_t> greatest = std::nullopt;  // Of the rows; nullopt: there are none.
  // No transaction that the snapshot does not see will bring a lower value; nullopt: unknown.
  std::optional<std::int64_t> least_in_flight = std::nullopt;
};

// Which values a run reads. Both ends belong to it.
struct ReadBounds {
  std::optional<std::int64_t> lower = std::nullopt;  // nullopt: from the least value there is.
  std::int64_t upper = 0;

  friend bool operator==(const ReadBounds&, const ReadBounds&) = default;
};

class HighWaterMark {
 public:
  // `stored` is what reached() returned in the last run; nullopt: there was none. What is `overlap`
  // or less below it is read again. REQUIRES: overlap is not negative.
  HighWaterMark(std::optional<std::int64_t> stored, std::int64_t overlap)
      : stored_(stored), overlap_(overlap) {}

  // The values to read in the snapshot; nullopt: it holds none that are new. A mark above all that
  // the snapshot holds (a clock was set back, a table was restored) comes down to it.
  std::optional<ReadBounds> bounds(const SnapshotFacts& snapshot) const;

  // What to store once all rows of bounds() are committed; nullopt: nothing was ever read.
  std::optional<std::int64_t> reached(const SnapshotFacts& snapshot) const;

 private:
  const std::optional<std::int64_t> stored_;
  const std::int64_t overlap_;
};

// a - b, or the least number there is. REQUIRES: b is not negative.
std::int64_t saturated_difference(std::int64_t a, std::int64_t b);

}  // namespace tendril
