// Tables as the protocol's messages say them, and as a warehouse has them.
#pragma once

#include <string>
#include <vector>

#include "connector/sql_warehouse.h"
#include "core/result.h"

namespace fivetran_sdk::v2 {
class Column;
class Table;
}  // namespace fivetran_sdk::v2

namespace tendril {

// `data_type` is a DataType of the protocol. Errors: InvalidConfig when there is no such type.
Result<Type> type_of_wire(int data_type);

// Errors: InvalidConfig when it has no name or columns, a name comes twice, or a type or its
//   parameters make no sense.
Result<SqlTable> table_of_wire(const std::string& schema, const fivetran_sdk::v2::Table& table);

void fill_wire(const SqlTable& table, fivetran_sdk::v2::Table& out);

}  // namespace tendril
