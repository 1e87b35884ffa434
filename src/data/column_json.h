// One cell of a column as JSON, straight from Arrow, with its type kept: integers and decimals with
// all their digits, times as ISO 8601 text, bytes as Base64.
#pragma once

#include <cstdint>
#include <string>

#include <arrow/type_fwd.h>

#include "data/types.h"

namespace tendril {

// Appends the value at `row` of `column`, which carries `type` as arrow_type() says. Numbers that
// JSON does not have become null. REQUIRES: the value is not null.
void append_cell_json(std::string& out, const arrow::Array& column, Type type, std::int64_t row);

}  // namespace tendril
