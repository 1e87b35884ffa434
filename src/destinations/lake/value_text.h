// The text of one value of a column: what ColumnBuilder would have in a String column for it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "core/result.h"
#include "data/types.h"

namespace tendril {

// Appends the text of a value that is not null. REQUIRES: `values` are of arrow_type(type).
void append_value_text(std::string& out, const arrow::Array& values, std::int64_t row, Type type);

// Returns a column of type `from` as one of type `to`.
// REQUIRES: fits(from, to), and neither is Unknown.
// Errors: BadData when a value does not fit.
Result<std::shared_ptr<arrow::Array>> converted_column(const std::shared_ptr<arrow::Array>& values,
                                                       Type from, Type to);

}  // namespace tendril
