// BenchDatabase: a DuckDB database with one connection, for measuring what DuckDB does alone. Ends
// the program on any fault: there is nothing to measure then.
#pragma once

#include <cstdint>
#include <string>

#include <duckdb.h>

namespace tendril::bench {

class BenchDatabase {
 public:
  BenchDatabase(const char* path, std::int64_t memory_mb);
  ~BenchDatabase();
  BenchDatabase(const BenchDatabase&) = delete;
  BenchDatabase& operator=(const BenchDatabase&) = delete;

  void query(const std::string& sql);
  duckdb_connection connection() { return connection_; }

  // Ends the program unless `is_ok`.
  static void must(bool is_ok, const char* what);

 private:
  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

}  // namespace tendril::bench
