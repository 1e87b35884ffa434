// Values of columns as they are on the wire of the partner protocol.
#pragma once

#include <cstdint>
#include <string_view>

#include <arrow/type_fwd.h>

#include "data/types.h"

namespace fivetran_sdk::v2 {
class ValueType;
}  // namespace fivetran_sdk::v2

namespace tendril {

// Sets `value` to the cell at `row` of `column`, which carries `type` as arrow_type() says. What
// the wire has no place for becomes NULL, and what it was is returned; else "".
std::string_view put_cell(const arrow::Array& column, Type type, std::int64_t row,
                          fivetran_sdk::v2::ValueType& value);

}  // namespace tendril
