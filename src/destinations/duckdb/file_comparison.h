// Compares the tables of two database files, row by row and by their keys. The memory that it takes
// does not grow with the tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "destinations/duckdb/dialect.h"

namespace tendril {

struct FileComparison {
  std::filesystem::path before;  // May not exist: then it has no tables.
  std::filesystem::path after;
  std::string schema = "main";
  TableMarks marks = {};  // When a row was synced makes no difference.
  // Rows that are marked as deleted are not there; else the mark is a column like others.
  bool deleted_are_gone = false;
  std::size_t examples_max = 3;
  std::size_t memory_bytes = std::size_t{256} << 20U;
};

// A value that changed, both as text, shortened.
struct ChangedValue {
  std::string column;
  std::string before;
  std::string after;
};

struct ChangedRow {
  std::string key;  // "id=7, shop=north"
  std::vector<ChangedValue> values;
};

struct TableDifference {
  std::string table;
  bool was_there = true;
  bool is_there = true;
  // "column size VARCHAR is new", "column size was INTEGER and is BIGINT".
  std::vector<std::string> schema_changes = {};
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t deleted = 0;
  std::vector<std::pair<std::string, std::int64_t>> changed_columns = {};  // And in how many rows.
  std::vector<std::string> added_keys = {};  // Examples, the first by the order of keys.
  std::vector<std::string> deleted_keys = {};
  std::vector<ChangedRow> changed_rows = {};

  bool empty() const {
    return was_there == is_there && schema_changes.empty() && added + changed + deleted == 0;
  }
};

// Returns the tables that differ, by name. A table without a declared key has no changed rows: its
// rows are added and deleted. REQUIRES: nobody has the files open.
// Errors: System and InvalidConfig when a file can not be read.
Result<std::vector<TableDifference>> compare_files(const FileComparison& comparison);

}  // namespace tendril
