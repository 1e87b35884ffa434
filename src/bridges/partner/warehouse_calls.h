// WarehouseCalls: the work of calls on a warehouse: each in one transaction, tried again when the
// storage says that it may work later, and one at a time for a table.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bridges/partner/table_locks.h"
#include "connector/sql_warehouse.h"
#include "core/clock.h"
#include "core/result.h"

namespace tendril {

struct WarehouseCall {
  SqlLogin login;
  std::vector<SqlTableName> tables;  // That it works on.
  // The caller does not wait any more.
  std::function<bool()> cancelled = [] { return false; };
};

// Threads: safe to share.
class WarehouseCalls {
 public:
  // Both must outlive it.
  WarehouseCalls(SqlWarehouse& warehouse, Clock& clock) : warehouse_(warehouse), clock_(clock) {}

  const SqlWarehouse& warehouse() const { return warehouse_; }
  Clock& clock() { return clock_; }

  // `work` may run more than once, each time in a transaction of its own that is empty.
  Status run(const WarehouseCall& call, const std::function<Status(SqlSession&)>& work);

  // The same, but nothing of it stays.
  Status try_out(const WarehouseCall& call, const std::function<Status(SqlSession&)>& work);

 private:
  Status attempt(const WarehouseCall& call, const std::function<Status(SqlSession&)>& work,
                 bool commits);

  SqlWarehouse& warehouse_;
  Clock& clock_;
  TableLocks locks_;
};

}  // namespace tendril
