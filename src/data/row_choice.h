// Rows of a batch, chosen: those that a mask names or leaves, and a row as text for people.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"
#include "data/batch.h"
#include "data/fitting.h"

namespace tendril {

// Returns `batch` without the rows that `mask` names. REQUIRES: `mask` has an element for each row.
// Errors: Internal when Arrow refuses.
Result<Batch> without_rows(const Batch& batch, const RowMask& mask);

// The row as a JSON object, without members that are null.
std::string row_json(const Batch& batch, std::int64_t row);

}  // namespace tendril
