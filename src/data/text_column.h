// Columns turned into text, for destinations where the column is wider than in the batch.
#pragma once

#include <memory>

#include <arrow/type_fwd.h>

#include "core/result.h"
#include "data/types.h"

namespace tendril {

// Spells the values as ColumnBuilder does when it widens a column to String.
// REQUIRES: `from` is no text and no Json already; `values` has arrow_type(from).
// Errors: System when there is no memory.
Result<std::shared_ptr<arrow::Array>> text_column(const arrow::Array& values, Type from);

}  // namespace tendril
