// TableDialect: what the tables of a database file have beside the columns of their source, and
// what these are called. Other programs' conventions differ in nothing else.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "connector/marks.h"

namespace tendril {

// The columns that this program adds.
struct TableMarks {
  std::string synced{kSyncedColumn};
  std::string deleted{kDeletedColumn};

  friend bool operator==(const TableMarks&, const TableMarks&) = default;
};

struct TableDialect {
  // Other ones than ours: not for tables in mode History.
  TableMarks marks = {};
  // Tables that rows are merged into have their key as PRIMARY KEY, which costs an index. What such
  // a table has as its key can be neither widened nor replaced.
  bool declares_keys = false;
  // Rows that a truncation marks as deleted keep when they were last synced.
  bool truncation_keeps_synced = false;
  // Where state and epoch are kept; empty: in the schema of the tables.
  std::string records_schema = {};
  // Returns the stored names of a new table's columns and marks in the order in which it is to have
  // them; those that are not named come last. Null: columns first, then marks.
  std::function<std::vector<std::string>(const std::string& table)> column_order = nullptr;
};

}  // namespace tendril
