#include "bridges/partner/table_locks.h"

#include <functional>
#include <set>

namespace tendril {

// In ascending order, so that no two calls wait for each other.
TableLocks::Held TableLocks::lock(const std::vector<SqlTableName>& tables) {
  std::set<std::size_t> places;
  for (const SqlTableName& table : tables) {
    places.insert(std::hash<std::string>()(table.schema + '\0' + table.table) % kLocks);
  }
  Held held;
  for (const std::size_t place : places) {
    held.emplace_back(locks_[place]);
  }
  return held;
}

}  // namespace tendril
