// A destination's tables as the partner protocol describes them: the columns of the source, and
// those that the protocol adds to them.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "data/schema.h"

namespace fivetran_sdk::v2 {
class Column;
class Table;
}  // namespace fivetran_sdk::v2

namespace tendril {

// How a table is written.
enum class PartnerTableMode {
  Merged,    // Rows replace those of their key.
  Numbered,  // Rows have no key but the one they are given, `_fivetran_id`.
  Versions,  // Rows become the active version of their key.
};

struct PartnerTable {
  TableSchema schema;  // Without the columns that are added.
  PartnerTableMode mode = PartnerTableMode::Merged;
  bool marks_deleted = false;  // It has `_fivetran_deleted`.

  friend bool operator==(const PartnerTable&, const PartnerTable&) = default;
};

// The columns that are added, in order; those of the key are `_fivetran_id` and the start of a
// version.
std::vector<Column> added_columns(const PartnerTable& table);

fivetran_sdk::v2::Table to_wire(const PartnerTable& table);

// A column's type, with its parameters, and back. UNSPECIFIED is String, and so is a decimal that
// this program has no room for.
void set_wire_type(fivetran_sdk::v2::Column& column, Type type);
Type type_of(const fivetran_sdk::v2::Column& column);

// What a server says of a table that it has. Its key is that of the rows, so without the start of a
// version; empty when it names none.
PartnerTable table_of(const fivetran_sdk::v2::Table& table);

}  // namespace tendril
