#include "bench_database.h"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

namespace tendril::bench {

BenchDatabase::BenchDatabase(const char* path, std::int64_t memory_mb) {
  must(duckdb_open(path, &database_) == DuckDBSuccess, "opening");
  must(duckdb_connect(database_, &connection_) == DuckDBSuccess, "connecting");
  query(fmt::format("SET memory_limit='{}MB'", memory_mb));
  query("SET threads=1");
  query("SET preserve_insertion_order=false");
}

BenchDatabase::~BenchDatabase() {
  duckdb_disconnect(&connection_);
  duckdb_close(&database_);
}

void BenchDatabase::query(const std::string& sql) {
  duckdb_result result;
  const bool is_ok = duckdb_query(connection_, sql.c_str(), &result) == DuckDBSuccess;
  must(is_ok, duckdb_result_error(&result));
  duckdb_destroy_result(&result);
}

void BenchDatabase::must(bool is_ok, const char* what) {
  if (!is_ok) {
    std::fprintf(stderr, "DuckDB failed: %s\n", what == nullptr ? "" : what);
    std::exit(1);
  }
}

}  // namespace tendril::bench
