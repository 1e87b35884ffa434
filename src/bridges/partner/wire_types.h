// Types of columns on the wire of the partner protocol, both ways.
#pragma once

#include "core/result.h"
#include "data/schema.h"
#include "data/types.h"

namespace fivetran_sdk::v2 {
class Column;
class Table;
}  // namespace fivetran_sdk::v2

namespace tendril {

// Sets type and parameters. Unknown is UNSPECIFIED: whoever reads learns it from the values.
void put_type(Type type, fivetran_sdk::v2::Column& column);

// Sets name, columns and key.
void put_table(const TableSchema& schema, fivetran_sdk::v2::Table& table);

// Unknown for UNSPECIFIED, and for a DECIMAL that does not say its digits.
// Errors: BadData for digits that no DECIMAL has; Unsupported for a type that a later version of
// the protocol may have. Both name the column.
Result<Type> declared_type(const fivetran_sdk::v2::Column& column);

}  // namespace tendril
