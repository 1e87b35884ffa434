// Columns turned into text for tables where the column is wider than in the batch.
#pragma once

#include <memory>

#include <arrow/type_fwd.h>

#include "core/result.h"
#include "data/types.h"

namespace tendril {

// Spells the values as ColumnBuilder does when it widens a column to String.
// REQUIRES: `from` is floating, a decimal, a time, a date-time or Binary; `values` has
// arrow_type(from).
Result<std::shared_ptr<arrow::Array>> text_column(const arrow::Array& values, Type from);

}  // namespace tendril
