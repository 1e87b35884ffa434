// Fitting: the values of a column as those of a narrower type, one by one: which of them a table's
// column holds as it is, although the type of the batch says more. A text fits a number when it is
// written as the number would be: "12", but not "012".
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "core/result.h"
#include "data/column_builder.h"
#include "data/types.h"

namespace tendril {

// For each row of a batch whether it is meant; of no rows, while empty.
using RowMask = std::vector<bool>;

struct FittedColumn {
  std::shared_ptr<arrow::Array> values;  // Of the narrower type; null where a value does not fit.
  RowMask misfits = {};                  // Empty: none.
  std::int64_t misfit_count = 0;
};

// `column` carries `from`, as arrow_type() says.
// Errors: Internal when Arrow refuses.
Result<FittedColumn> fit_column(const arrow::Array& column, Type from, Type to);

// Appends the value at `row`, or null. REQUIRES: `out` is of type `type` at least.
void append_cell(ColumnBuilder& out, const arrow::Array& column, Type type, std::int64_t row);

// Returns the values of `column` at the rows that `chosen` names as `to`; null in the others.
// REQUIRES: own_type() of each is `to`. Errors: Internal when Arrow refuses.
Result<std::shared_ptr<arrow::Array>> chosen_values(const arrow::Array& column, Type from, Type to,
                                                    const RowMask& chosen);

// The type that a value has on its own, not as its column's: texts that are written as a truth
// value, a number, an object or a list are of those types. Never Unknown for one that is not null.
Type own_type(const arrow::Array& column, Type type, std::int64_t row);

}  // namespace tendril
