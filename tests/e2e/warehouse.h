// Warehouse: looks into the DuckDB file that a sync wrote, with DuckDB's own library and nothing of
// ours between.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tendril {

using WarehouseCell = std::optional<std::string>;  // nullopt: NULL.
using WarehouseRow = std::vector<WarehouseCell>;

class Warehouse {
 public:
  // Opens the file for reading; the test fails when that does not work.
  explicit Warehouse(const std::filesystem::path& file);
  ~Warehouse();

  // Returns the rows of a query, every value as text. A query that fails adds a test failure.
  std::vector<WarehouseRow> query(const std::string& sql) const;

  // The tables that a sync made, without those that begin with "_tendril".
  std::vector<std::string> tables() const;

  // The columns of a table that come from the source, with their types.
  std::map<std::string, std::string> columns(const std::string& table) const;

  // The rows of a table that are not marked as deleted: a hash of the source's columns by the
  // primary key's text. `key` is SQL. A key that comes twice adds a test failure.
  std::map<std::string, std::string> row_hashes(const std::string& table,
                                                const std::string& key) const;

  // The number of rows that are not marked as deleted.
  std::int64_t count(const std::string& table) const;

 private:
  std::string live_rows(const std::string& table) const;

  struct Handles;
  std::unique_ptr<Handles> handles_;
};

}  // namespace tendril
