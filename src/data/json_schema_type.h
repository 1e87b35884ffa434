// Column types from JSON Schema.
// Source: JSON Schema draft 7; https://docs.airbyte.com/understanding-airbyte/supported-data-types
#pragma once

#include "data/types.h"
#include "data/value.h"

namespace tendril {

// The type of a column whose values `property` describes. Alternatives widen each other; what the
// schema does not say is Unknown, and learnt from the records.
Type column_type(const Value& property);

}  // namespace tendril
