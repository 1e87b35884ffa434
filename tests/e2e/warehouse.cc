#include "warehouse.h"

#include <cstdint>
#include <utility>

#include <duckdb.h>

#include <gtest/gtest.h>

namespace tendril {

struct Warehouse::Handles {
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;

  Handles() = default;
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() {
    duckdb_disconnect(&connection);
    duckdb_close(&database);
  }
};

Warehouse::Warehouse(const std::filesystem::path& file) : handles_(std::make_unique<Handles>()) {
  char* fault = nullptr;
  duckdb_config config = nullptr;
  duckdb_create_config(&config);
  duckdb_set_config(config, "access_mode", "READ_ONLY");
  const bool opened =
      duckdb_open_ext(file.c_str(), &handles_->database, config, &fault) == DuckDBSuccess &&
      duckdb_connect(handles_->database, &handles_->connection) == DuckDBSuccess;
  EXPECT_TRUE(opened) << file << ": " << (fault == nullptr ? "" : fault);
  duckdb_free(fault);
  duckdb_destroy_config(&config);
}

Warehouse::~Warehouse() = default;

std::vector<WarehouseRow> Warehouse::query(const std::string& sql) const {
  std::vector<WarehouseRow> rows;
  duckdb_result result;
  if (duckdb_query(handles_->connection, sql.c_str(), &result) != DuckDBSuccess) {
    ADD_FAILURE() << sql << ": " << duckdb_result_error(&result);
    duckdb_destroy_result(&result);
    return rows;
  }
  const idx_t columns = duckdb_column_count(&result);
  for (idx_t row = 0; row < duckdb_row_count(&result); ++row) {
    WarehouseRow& cells = rows.emplace_back();
    for (idx_t column = 0; column < columns; ++column) {
      char* text = duckdb_value_varchar(&result, column, row);
      cells.push_back(text == nullptr ? std::nullopt : WarehouseCell(text));
      duckdb_free(text);
    }
  }
  duckdb_destroy_result(&result);
  return rows;
}

std::vector<std::string> Warehouse::tables() const {
  std::vector<std::string> names;
  for (const WarehouseRow& row :
       query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' "
             "AND NOT starts_with(table_name, '_tendril') ORDER BY 1")) {
    names.push_back(row[0].value_or(""));
  }
  return names;
}

std::map<std::string, std::string> Warehouse::columns(const std::string& table) const {
  std::map<std::string, std::string> columns;
  for (const WarehouseRow& row :
       query("SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = "
             "'main' AND table_name = '" +
             table + "' AND NOT starts_with(column_name, '_tendril')")) {
    columns[row[0].value_or("")] = row[1].value_or("");
  }
  return columns;
}

std::string Warehouse::live_rows(const std::string& table) const {
  const auto marked = query(
      "SELECT 1 FROM information_schema.columns WHERE table_schema = 'main' AND table_name = '" +
      table + "' AND column_name = '_tendril_deleted'");
  return '"' + table + '"' + (marked.empty() ? "" : " WHERE NOT coalesce(_tendril_deleted, false)");
}

std::map<std::string, std::string> Warehouse::row_hashes(const std::string& table,
                                                         const std::string& key) const {
  std::string list;
  for (const auto& [column, type] : columns(table)) {
    list += (list.empty() ? "\"" : ", \"") + column + '"';
  }
  std::map<std::string, std::string> hashes;
  for (const WarehouseRow& row : query("SELECT CAST(" + key + " AS VARCHAR), md5(CAST(row(" + list +
                                       ") AS VARCHAR)) FROM " + live_rows(table))) {
    const bool is_new = hashes.emplace(row[0].value_or("NULL"), row[1].value_or("NULL")).second;
    EXPECT_TRUE(is_new) << "key comes twice in " << table << ": " << row[0].value_or("NULL");
  }
  return hashes;
}

std::int64_t Warehouse::count(const std::string& table) const {
  const auto rows = query("SELECT count(*) FROM " + live_rows(table));
  return rows.empty() ? -1 : std::stoll(rows[0][0].value_or("-1"));
}

}  // namespace tendril
