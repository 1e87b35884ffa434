#include "duckdb_limits.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>
#include <duckdb.h>
#include <fmt/format.h>

#include "batches.h"
#include "bench_database.h"
#include "records.h"

namespace tendril::bench {
namespace {

constexpr std::int64_t kChunkRows = 2048;  // A DuckDB vector.

constexpr const char* kCreateTable =
    "CREATE TABLE records(id BIGINT, name VARCHAR, email VARCHAR, active BOOLEAN, score DOUBLE, "
    "quantity "
    "BIGINT, created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ, city VARCHAR, note VARCHAR)";

void append(BenchDatabase& database, duckdb_appender appender, duckdb_arrow_converted_schema schema,
            const Batch& batch) {
  for (std::int64_t row = 0; row < batch.row_count(); row += kChunkRows) {
    ArrowArray array;
    duckdb_data_chunk chunk = nullptr;
    BenchDatabase::must(arrow::ExportRecordBatch(*batch.rows->Slice(row, kChunkRows), &array).ok(),
                        "export");
    duckdb_error_data error =
        duckdb_data_chunk_from_arrow(database.connection(), &array, schema, &chunk);
    BenchDatabase::must(error == nullptr || !duckdb_error_data_has_error(error), "conversion");
    duckdb_destroy_error_data(&error);
    BenchDatabase::must(duckdb_append_data_chunk(appender, chunk) == DuckDBSuccess, "append");
    duckdb_destroy_data_chunk(&chunk);
  }
}

int report(std::int64_t rows, std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  fmt::print("{{\"rows\":{},\"seconds\":{:.3f}}}\n", rows, elapsed.count());
  return 0;
}

}  // namespace

int append_batches(const char* path, std::int64_t records, std::int64_t memory_mb) {
  const std::vector<Batch> batches = batches_of(records);
  const auto start = std::chrono::steady_clock::now();
  {
    BenchDatabase database(path, memory_mb);
    database.query(kCreateTable);
    ArrowSchema exported;
    BenchDatabase::must(arrow::ExportSchema(*batches.front().rows->schema(), &exported).ok(),
                        "schema");
    duckdb_arrow_converted_schema schema = nullptr;
    duckdb_error_data error = duckdb_schema_from_arrow(database.connection(), &exported, &schema);
    BenchDatabase::must(error == nullptr || !duckdb_error_data_has_error(error), "schema");
    duckdb_destroy_error_data(&error);
    duckdb_appender appender = nullptr;
    BenchDatabase::must(duckdb_appender_create(database.connection(), nullptr, "records",
                                               &appender) == DuckDBSuccess,
                        "appender");
    for (const Batch& batch : batches) {
      append(database, appender, schema, batch);
    }
    BenchDatabase::must(duckdb_appender_destroy(&appender) == DuckDBSuccess, "flush");
    duckdb_destroy_arrow_converted_schema(&schema);
    if (exported.release != nullptr) {
      exported.release(&exported);
    }
  }  // Closing writes what is still in the log.
  return report(records, start);
}

int write_json(const char* json_file, std::int64_t records) {
  const PageMaker pages;
  std::ofstream file(json_file, std::ios::binary);
  for (std::int64_t first = 0; first < records; first += kRecordsPerPage) {
    std::string page = pages.page(first, std::min(kRecordsPerPage, records - first));
    // One record a line, as DuckDB reads fastest.
    page = page.substr(1, page.size() - 2);
    for (std::size_t at = kRecordBytes - 1; at < page.size(); at += kRecordBytes) {
      page[at] = '\n';
    }
    file << page << '\n';
  }
  file.close();
  return file ? 0 : 1;
}

int read_json(const char* path, const char* json_file, std::int64_t memory_mb) {
  const auto start = std::chrono::steady_clock::now();
  {
    // read_json keeps whole row groups in memory; it gets what it needs, and only its time counts.
    BenchDatabase database(path, std::max<std::int64_t>(memory_mb, 2048));
    database.query(kCreateTable);
    database.query(fmt::format(
        "INSERT INTO records SELECT * FROM read_json('{}', format='newline_delimited', columns={{"
        "id:'BIGINT', name:'VARCHAR', email:'VARCHAR', active:'BOOLEAN', score:'DOUBLE', "
        "quantity:'BIGINT', created_at:'TIMESTAMPTZ', updated_at:'TIMESTAMPTZ', city:'VARCHAR', "
        "note:'VARCHAR'}})",
        json_file));
  }
  return report(0, start);
}

}  // namespace tendril::bench
