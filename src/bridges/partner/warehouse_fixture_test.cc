#include "bridges/partner/warehouse_fixture_test.h"

#include <fstream>

#include <fmt/format.h>

#include "bridges/partner/history_write.h"
#include "bridges/partner/table_operations.h"
#include "core/check.h"
#include "destinations/duckdb/duckdb_warehouse.h"
#include "destinations/postgres/postgres_warehouse.h"
#include "testing/matchers.h"
#include "testing/postgres_server.h"

namespace tendril {

void WarehouseTest::SetUp() {
  static int schemas = 0;
  schema_ = "served_" + std::to_string(++schemas);
  if (GetParam() == "duckdb") {
    warehouse_ = duckdb_warehouse((folder_ / "warehouse.duckdb").string()).value();
    return;
  }
  const PostgresServer* const server = PostgresServer::shared();
  if (server == nullptr) {
    GTEST_SKIP() << "no PostgreSQL server is installed";
  }
  warehouse_ = postgres_warehouse(server->uri().substr(server->uri().find(':') + 1)).value();
}

void WarehouseTest::TearDown() {
  if (warehouse_ != nullptr && GetParam() == "postgres") {
    work([&](SqlSession& session) -> Status {
      TRY(session.change("DROP SCHEMA IF EXISTS " + session.column(schema_) + " CASCADE"));
      return {};
    });
  }
}

Status WarehouseTest::in_transaction(const std::function<Status(SqlSession&)>& work) {
  const auto session = TRY(warehouse_->open({}));
  TRY(session->begin());
  TRY(work(*session));
  return session->commit();
}

void WarehouseTest::work(const std::function<Status(SqlSession&)>& work) {
  const Status done = in_transaction(work);
  ASSERT_THAT(done, IsOk());
}

SqlTable WarehouseTest::read(const std::string& table) {
  SqlTable found;
  work([&](SqlSession& session) -> Status {
    found = TRY(existing_table(session, name(table)));
    return {};
  });
  return found;
}

std::vector<std::string> WarehouseTest::rows(const std::string& table,
                                             const std::vector<std::string>& columns,
                                             const std::string& order) {
  std::vector<std::string> lines;
  work([&](SqlSession& session) -> Status {
    std::string list;
    for (const std::string& column : columns) {
      list += (list.empty() ? "" : ", ") + session.cast(session.column(column), {TypeKind::String});
    }
    const SqlCells cells =
        TRY(session.rows(fmt::format("SELECT {} FROM {} ORDER BY {}", list,
                                     session.sql(name(table)), order.empty() ? "1" : order)));
    for (const auto& row : cells) {
      std::string line;
      for (const auto& cell : row) {
        std::string text = cell.value_or("NULL");
        if (text.ends_with(".0")) {  // As DuckDB spells a whole number.
          text.resize(text.size() - 2);
        }
        line += (line.empty() ? "" : "|") + text;
      }
      lines.push_back(line);
    }
    return {};
  });
  return lines;
}

std::string WarehouseTest::file(const std::string& text) {
  const auto path = folder_ / fmt::format("{}.csv", ++files_written_);
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

Status WarehouseTest::write(const std::string& table, const BatchPaths& paths) {
  return in_transaction([&](SqlSession& session) -> Status {
    const SqlTable found = TRY(existing_table(session, name(table)));
    return write_batch(session, found, found.key(), files_, paths);
  });
}

Status WarehouseTest::write_versions(const std::string& table, const BatchPaths& paths) {
  return in_transaction([&](SqlSession& session) -> Status {
    const SqlTable found = TRY(existing_table(session, name(table)));
    std::vector<std::string> key = found.key();
    std::erase(key, std::string(kVersionStart));
    return write_history(session, found, key, files_, paths);
  });
}

}  // namespace tendril
