// TableLocks: calls for one table come one after another, those for different ones together.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "connector/sql_warehouse.h"

namespace tendril {

// Threads: safe to share.
class TableLocks {
 public:
  using Held = std::vector<std::unique_lock<std::mutex>>;

  // Waits until no other call has any of the tables. Tables that share a lock by chance wait for
  // each other, too.
  Held lock(const std::vector<SqlTableName>& tables);

 private:
  static constexpr std::size_t kLocks = 64;

  std::array<std::mutex, kLocks> locks_;
};

}  // namespace tendril
