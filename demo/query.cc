// Runs SQL on a DuckDB file and prints each result as a table; what the demo shows its queries
// with.
//
//   tendril_demo_query FILE "SELECT …" …
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <duckdb.h>

namespace {

std::string text_at(duckdb_result& result, idx_t column, idx_t row) {
  char* text = duckdb_value_varchar(&result, column, row);
  std::string copy = text == nullptr ? "" : text;
  duckdb_free(text);
  return copy;
}

bool is_number(duckdb_type type) {
  return type == DUCKDB_TYPE_BIGINT || type == DUCKDB_TYPE_HUGEINT || type == DUCKDB_TYPE_DOUBLE;
}

void print_result(duckdb_result& result) {
  const idx_t columns = duckdb_column_count(&result);
  const idx_t rows = duckdb_row_count(&result);
  std::vector<std::vector<std::string>> lines(rows + 1);
  std::vector<std::size_t> widths(columns, 0);
  for (idx_t column = 0; column < columns; ++column) {
    lines[0].emplace_back(duckdb_column_name(&result, column));
    for (idx_t row = 0; row < rows; ++row) {
      lines[row + 1].push_back(text_at(result, column, row));
    }
    for (const auto& line : lines) {
      widths[column] = std::max(widths[column], line[column].size());
    }
  }
  for (const auto& line : lines) {
    for (idx_t column = 0; column < columns; ++column) {
      const bool right = is_number(duckdb_column_type(&result, column));
      const auto width = static_cast<int>(widths[column]);
      std::printf("  %*s", right ? width : -width, line[column].c_str());
    }
    std::printf("\n");
  }
}

bool run(duckdb_connection connection, const char* sql) {
  duckdb_result result;
  const bool is_ok = duckdb_query(connection, sql, &result) == DuckDBSuccess;
  if (is_ok) {
    std::printf("\n%s\n", sql);
    print_result(result);
  } else {
    std::fprintf(stderr, "error: %s\n", duckdb_result_error(&result));
  }
  duckdb_destroy_result(&result);
  return is_ok;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: tendril_demo_query FILE SQL...\n", stderr);
    return 2;
  }
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  bool is_ok = duckdb_open(argv[1], &database) == DuckDBSuccess &&
               duckdb_connect(database, &connection) == DuckDBSuccess;
  for (int i = 2; i < argc && is_ok; ++i) {
    is_ok = run(connection, argv[i]);
  }
  duckdb_disconnect(&connection);
  duckdb_close(&database);
  return is_ok ? 0 : 1;
}
