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

std::optional<std::vector<StoredRow>> DuckdbFixture::rows(const std::string& table,
                                                          const std::vector<Column>& marks) {
  auto file = files_->open(this->file(), {});
  CHECK(file.ok());
  auto session = DuckdbSession::open(std::move(file).value());
  CHECK(session.ok());
  const auto stored = read_table(**session, {std::string(kFileCatalog), schema_, table});
  CHECK(stored.ok());
  if (!stored->has_value()) {
    return std::nullopt;
  }
  std::vector<Column> columns = (*stored)->columns;
  columns.insert(columns.end(), marks.begin(), marks.end());
  std::string texts;
  for (const Column& column : columns) {
    texts += sql_conversion(sql_name(column.name), column.type, {TypeKind::String}) + "::VARCHAR, ";
  }
  texts += (*stored)->has_deleted ? sql_name(kDeletedColumn) + "::VARCHAR" : "'false'";
  const auto rows =
      (*session)->rows(fmt::format("SELECT {} FROM {}", texts, (*stored)->name.sql()));
  CHECK(rows.ok());
  std::vector<StoredRow> result;
  for (const auto& cells : *rows) {
    StoredRow& row = result.emplace_back();
    for (std::size_t index = 0; index < columns.size(); ++index) {
      row[columns[index].name] = cells[index];
    }
    if (cells.back() == "true") {
      row[std::string(kDeletedColumn)] = "true";
    }
  }
  return result;
}

std::optional<std::vector<StoredRow>> DuckdbFixture::look(const std::string& table) {
  return rows(table, {});
}

std::vector<StoredRow> DuckdbFixture::history(const std::string& table) {
  return rows(table, {{std::string(kStartColumn), {TypeKind::UtcDatetime}},
                      {std::string(kEndColumn), {TypeKind::UtcDatetime}},
                      {std::string(kActiveColumn), {TypeKind::Boolean}},
                      {std::string(kSyncedColumn), {TypeKind::UtcDatetime}}})
      .value_or(std::vector<StoredRow>());
}

std::string DuckdbFixture::stored_type(const std::string& table, const std::string& column) {
  const SqlRows found =
      sql(fmt::format("SELECT data_type FROM duckdb_columns() WHERE database_name = {} AND "
                      "table_name = {} AND column_name = {}",
                      sql_text(kFileCatalog), sql_text(table), sql_text(column)));
  return found.at(0).at(0).value_or("");
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
