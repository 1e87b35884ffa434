// Rejections: how many rows of a stream were rejected, of which kinds, and whether that is too
// many.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "connector/source.h"
#include "core/result.h"
#include "sync/sync.h"
#include "sync/table_settings.h"

namespace tendril {

// Of all streams of a run together.
// Threads: safe to share.
struct RunRejections {
  explicit RunRejections(std::int64_t max) : rows_max(max) {}

  const std::int64_t rows_max;
  std::atomic<std::int64_t> rows = 0;
};

// Rows that no checkpoint covers yet, by kind: what has to be taken back when they are read again.
using RejectionCounts = std::map<std::size_t, std::int64_t>;

// Threads: safe to share.
class Rejections {
 public:
  // `run` may be nullptr, and must outlive this.
  Rejections(const TableRules& rules, RunRejections* run)
      : on_error_(rules.on_error), rows_max_(rules.rejected_max), run_(run) {}

  // Counts the row, in `uncovered` too.
  // Errors: BadData when it is one too many.
  Status add(const RejectedRow& row, RejectionCounts& uncovered);

  // Forgets the rows that `uncovered` counts, and empties it.
  void take_back(RejectionCounts& uncovered);

  std::int64_t row_count() const;

  // The kinds that have rows, in the order in which they came up.
  std::vector<RejectedKind> kinds() const;

 private:
  std::size_t kind_of(const RejectedRow& row);

  const OnRejected on_error_;
  const std::int64_t rows_max_;
  RunRejections* const run_;
  mutable std::mutex mutex_;
  std::int64_t row_count_ = 0;                // Guarded by mutex_.
  std::vector<RejectedKind> kinds_;           // Guarded by mutex_.
  std::map<std::string, std::size_t> index_;  // Guarded by mutex_.
};

}  // namespace tendril
