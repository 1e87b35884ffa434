// tendril_crash_query DATABASE SQL: prints the result of a query, a line a row, its values
// separated by tabs. DATABASE is a DuckDB file, which is only read, or ":memory:" for queries that
// read other files. What the crash kit sees a destination with: a program that knows nothing of
// ours.
#include <cstdio>
#include <string>
#include <string_view>

#include <duckdb.h>

namespace {

int fail(const char* what, const char* why) {
  std::fprintf(stderr, "%s: %s\n", what, why == nullptr ? "unknown" : why);
  return 1;
}

void print_rows(duckdb_result& result) {
  const idx_t columns = duckdb_column_count(&result);
  for (idx_t row = 0; row < duckdb_row_count(&result); ++row) {
    std::string line;
    for (idx_t column = 0; column < columns; ++column) {
      char* text = duckdb_value_varchar(&result, column, row);
      line += (column == 0 ? "" : "\t") + std::string(text == nullptr ? "NULL" : text);
      duckdb_free(text);
    }
    std::puts(line.c_str());
  }
}

int run(const char* path, const char* sql) {
  duckdb_config config = nullptr;
  duckdb_create_config(&config);
  if (std::string_view(path) != ":memory:") {
    duckdb_set_config(config, "access_mode", "READ_ONLY");
  }
  duckdb_set_config(config, "threads", "1");
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  char* fault = nullptr;
  const bool opened = duckdb_open_ext(path, &database, config, &fault) == DuckDBSuccess &&
                      duckdb_connect(database, &connection) == DuckDBSuccess;
  duckdb_destroy_config(&config);
  int status = 0;
  if (!opened) {
    status = fail(path, fault);
  } else {
    duckdb_result result;
    if (duckdb_query(connection, sql, &result) == DuckDBSuccess) {
      print_rows(result);
    } else {
      status = fail(sql, duckdb_result_error(&result));
    }
    duckdb_destroy_result(&result);
  }
  duckdb_free(fault);
  duckdb_disconnect(&connection);
  duckdb_close(&database);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: tendril_crash_query DATABASE SQL\n", stderr);
    return 2;
  }
  return run(argv[1], argv[2]);
}
