#include "connector/sql_warehouse.h"

#include <algorithm>

namespace tendril {

const SqlColumn* SqlTable::find(std::string_view column) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const SqlColumn& each) { return each.name == column; });
  return found == columns.end() ? nullptr : &*found;
}

std::vector<std::string> SqlTable::key() const {
  std::vector<std::string> names;
  for (const SqlColumn& each : columns) {
    if (each.in_key) {
      names.push_back(each.name);
    }
  }
  return names;
}

}  // namespace tendril
