// RejectedRows: gathers the records that a source could not read into batches of the table
// `_tendril_rejected` (F15).
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "connector/source.h"
#include "core/result.h"
#include "data/batch.h"
#include "data/batch_builder.h"
#include "data/instant.h"
#include "data/schema.h"

namespace tendril {

// Columns: stream, reason, position, payload, rejected_at. No key: rows are only ever added.
const TableSchema& rejected_table();

// Threads: one at a time.
class RejectedRows {
 public:
  void add(std::string_view stream, const RejectedRow& row, Instant now);

  // Forgets all rows.
  void clear() { builder_.reset(); }

  std::int64_t row_count() const { return builder_ == nullptr ? 0 : builder_->row_count(); }
  std::size_t bytes() const { return builder_ == nullptr ? 0 : builder_->bytes(); }

  // Returns the rows and starts anew. REQUIRES: row_count() > 0.
  Result<Batch> take() { return builder_->take(); }

 private:
  std::unique_ptr<BatchBuilder> builder_;  // Null until needed: most slices reject nothing.
};

}  // namespace tendril
