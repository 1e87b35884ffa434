// TableSchema: the name, columns and primary key of one table, as a source declares
// them or as they were learnt from its records.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/types.h"

namespace tendril {

struct Column {
  std::string name;
  Type type;

  friend bool operator==(const Column&, const Column&) = default;
};

struct TableSchema {
  std::string name;
  std::vector<Column> columns;
  std::vector<std::string> primary_key = {};  // Empty: the table has none.

  // Returns nullptr when there is no such column.
  const Column* find(std::string_view column_name) const;
  Column* find(std::string_view column_name);

  friend bool operator==(const TableSchema&, const TableSchema&) = default;
};

// What has to change in a table before `wanted` rows fit.
struct SchemaChange {
  std::vector<Column> added;
  std::vector<Column> widened;  // With the new type.

  bool empty() const { return added.empty() && widened.empty(); }
};

// Returns the columns of `wanted` that `present` lacks, and those whose type has to grow.
// Columns that only `present` has stay as they are.
SchemaChange schema_change(const TableSchema& present, const TableSchema& wanted);

// Applies schema_change(present, wanted) to `present`.
void evolve(TableSchema& present, const TableSchema& wanted);

}  // namespace tendril
