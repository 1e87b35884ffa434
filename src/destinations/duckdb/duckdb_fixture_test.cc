#include "destinations/duckdb/duckdb_fixture_test.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/check.h"
#include "destinations/duckdb/column_names.h"
#include "destinations/duckdb/sql.h"
#include "destinations/duckdb/stored_table.h"

namespace tendril {

DuckdbFixture::DuckdbFixture(std::string settings)
    : settings_(std::move(settings)),
      spec_(duckdb_destination({.clock = clock_, .files = files_})) {
  if (const std::size_t schema = settings_.find("schema="); schema != std::string::npos) {
    schema_ = settings_.substr(schema + 7);
  }
}

std::unique_ptr<Destination> DuckdbFixture::destination() {
  auto destination = spec_.make(file().string() + settings_);
  CHECK(destination.ok());
  return std::move(destination).value();
}

SqlRows DuckdbFixture::sql(const std::string& statement) {
  auto file = files_->open(this->file(), {});
  EXPECT_THAT(file, IsOk());
  auto session = DuckdbSession::open(std::move(file).value());
  CHECK(session.ok());
  if (statement.substr(0, 6) != "SELECT") {
    EXPECT_THAT((*session)->run(statement), IsOk()) << statement;
    return {};
  }
  auto rows = (*session)->rows(statement);
  EXPECT_THAT(rows, IsOk()) << statement;
  return rows.ok() ? std::move(rows).value() : SqlRows();
}

std::optional<std::vector<StoredRow>> DuckdbFixture::look(const std::string& table) {
  auto file = files_->open(this->file(), {});
  CHECK(file.ok());
  auto session = DuckdbSession::open(std::move(file).value());
  CHECK(session.ok());
  const auto stored = read_table(**session, {std::string(kFileCatalog), schema_, table});
  CHECK(stored.ok());
  if (!stored->has_value()) {
    return std::nullopt;
  }
  const StoredTable& found = **stored;
  std::string columns;
  for (const Column& column : found.columns) {
    columns +=
        sql_conversion(sql_name(column.name), column.type, {TypeKind::String}) + "::VARCHAR, ";
  }
  columns += found.has_deleted ? sql_name(kDeletedColumn) + "::VARCHAR" : "'false'";
  const auto rows = (*session)->rows(fmt::format("SELECT {} FROM {}", columns, found.name.sql()));
  CHECK(rows.ok());
  std::vector<StoredRow> result;
  for (const auto& cells : *rows) {
    StoredRow& row = result.emplace_back();
    for (std::size_t index = 0; index < found.columns.size(); ++index) {
      row[found.columns[index].name] = cells[index];
    }
    if (cells.back() == "true") {
      row[std::string(kDeletedColumn)] = "true";
    }
  }
  return result;
}

std::vector<std::string> DuckdbFixture::synced(const std::string& table) {
  const TableName name{std::string(kFileCatalog), schema_, table};
  const std::string text =
      sql_conversion(sql_name(kSyncedColumn), {TypeKind::UtcDatetime}, {TypeKind::String});
  std::vector<std::string> texts;
  for (const auto& row : sql(fmt::format("SELECT {} FROM {} ORDER BY {}", text, name.sql(),
                                         sql_name(kSyncedColumn)))) {
    texts.push_back(row.at(0).value_or("NULL"));
  }
  return texts;
}

}  // namespace tendril
