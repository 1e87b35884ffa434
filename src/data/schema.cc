#include "data/schema.h"

#include <algorithm>
#include <utility>

namespace tendril {

const Column* TableSchema::find(std::string_view column_name) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const Column& column) { return column.name == column_name; });
  return found == columns.end() ? nullptr : &*found;
}

Column* TableSchema::find(std::string_view column_name) {
  return const_cast<Column*>(std::as_const(*this).find(column_name));
}

SchemaChange schema_change(const TableSchema& present, const TableSchema& wanted) {
  SchemaChange change;
  for (const Column& column : wanted.columns) {
    const Column* existing = present.find(column.name);
    if (existing == nullptr) {
      change.added.push_back(column);
    } else if (!fits(column.type, existing->type)) {
      change.widened.push_back({column.name, widen(column.type, existing->type)});
    }
  }
  return change;
}

void evolve(TableSchema& present, const TableSchema& wanted) {
  for (const auto change = schema_change(present, wanted); const Column& column : change.widened) {
    present.find(column.name)->type = column.type;
  }
  for (const Column& column : schema_change(present, wanted).added) {
    present.columns.push_back(column);
  }
}

}  // namespace tendril
