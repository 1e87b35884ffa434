// CopyColumn: one column of rows on their way into PostgreSQL, in the binary format of COPY,
// straight from Arrow. Rows are written column by column into their places in one buffer, so that
// each loop has one type to deal with.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "core/result.h"
#include "data/instant.h"
#include "destinations/postgres/names.h"

namespace tendril {

// Rows are taken in blocks of at most this many.
constexpr std::int64_t kCopyBlockRows = 512;

struct CopyBlock {
  std::int64_t first = 0;
  std::int64_t rows = 0;  // At most kCopyBlockRows.
};

// Source: PostgreSQL manual, COPY, "Binary Format"; the recv functions of each type.
class CopyColumn {
 public:
  virtual ~CopyColumn() = default;

  // Adds to each of `sizes` what the row takes in this column.
  virtual void measure(const CopyBlock& block, std::uint64_t* sizes) = 0;

  // Writes the rows to `places` and moves these on. REQUIRES: measure() of the same block was
  // called just before, as far as this column is concerned.
  virtual void write(const CopyBlock& block, char** places) = 0;
};

// Values of the type `from` for a column of the table. NUL in a text, which PostgreSQL can not
// store, becomes U+FFFD. `values` has arrow_type(from) and stays alive.
// REQUIRES: fits(from, to.type.type).
// Errors: BadData when a value is beyond what the column can hold, naming both.
Result<std::unique_ptr<CopyColumn>> copy_column(const std::shared_ptr<arrow::Array>& values,
                                                Type from, const PostgresColumn& to);

std::unique_ptr<CopyColumn> null_copy_column();
// The same for all rows.
std::unique_ptr<CopyColumn> instant_copy_column(Instant instant);
std::unique_ptr<CopyColumn> short_copy_column(std::int16_t value);
// first, first + 1, ...
std::unique_ptr<CopyColumn> counting_copy_column(std::int64_t first);

}  // namespace tendril
