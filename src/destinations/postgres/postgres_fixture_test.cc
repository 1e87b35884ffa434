#include "destinations/postgres/postgres_fixture_test.h"

#include <utility>

#include <fmt/format.h>

#include "connector/marks.h"
#include "core/check.h"
#include "destinations/postgres/postgres_table.h"
#include "destinations/postgres/sql.h"

namespace tendril {
namespace {

std::string next_schema() {
  static int number = 0;
  return "test_" + std::to_string(++number);
}

const PostgresType kText{{TypeKind::String}};
const PostgresType kInstant{{TypeKind::UtcDatetime}};

}  // namespace

std::unique_ptr<PostgresFixture> PostgresFixture::make() {
  const PostgresServer* const server = PostgresServer::shared();
  return server == nullptr ? nullptr : std::make_unique<PostgresFixture>(*server);
}

PostgresFixture::PostgresFixture(const PostgresServer& server)
    : uri_(server.uri()), schema_(next_schema()), spec_(postgres_destination({.clock = clock_})) {}

PostgresFixture::~PostgresFixture() {
  if (session_ != nullptr) {
    const Status ignored = session_->run("DROP SCHEMA IF EXISTS " + schema_ + " CASCADE");
    static_cast<void>(ignored);
  }
}

std::string PostgresFixture::target() const {
  return uri_.substr(uri_.find(':') + 1) + "?schema=" + schema_;
}

std::unique_ptr<Destination> PostgresFixture::destination() {
  auto destination = spec_.make(target());
  CHECK(destination.ok());
  return std::move(destination).value();
}

PostgresRows PostgresFixture::sql(const std::string& statement) {
  if (session_ == nullptr) {
    auto target = parse_postgres_target(this->target(), process_environment);
    CHECK(target.ok());
    auto session = PostgresSession::open(*target);
    CHECK(session.ok());
    session_ = std::move(session).value();
    EXPECT_THAT(session_->run("SET search_path = " + schema_ + ", public"), IsOk());
  }
  auto rows = session_->rows(statement);
  EXPECT_THAT(rows, IsOk()) << statement;
  return rows.ok() ? std::move(rows).value() : PostgresRows();
}

std::vector<StoredRow> PostgresFixture::rows(const std::string& table, bool with_versions) {
  const auto stored = read_postgres_table(*session_, {schema_, table});
  CHECK(stored.ok() && stored->has_value());
  const PostgresTable& found = **stored;
  std::vector<std::string> names;
  std::string columns;
  const auto add = [&](std::string_view name, const std::string& value) {
    names.emplace_back(name);
    columns += (columns.empty() ? "" : ", ") + value;
  };
  for (const PostgresColumn& column : found.columns) {
    add(column.source, postgres_conversion(postgres_name(column.name), column.type, kText));
  }
  if (with_versions) {
    for (const std::string_view mark : {kStartColumn, kEndColumn, kSyncedColumn}) {
      add(mark, postgres_conversion(postgres_name(mark), kInstant, kText));
    }
    add(kActiveColumn, postgres_name(kActiveColumn) + "::text");
  }
  if (found.marks.deleted) {
    add(kDeletedColumn, postgres_name(kDeletedColumn) + "::text");
  }
  std::vector<StoredRow> result;
  for (const auto& cells : sql(fmt::format("SELECT {} FROM {}", columns, found.name.sql()))) {
    StoredRow& row = result.emplace_back();
    for (std::size_t index = 0; index < names.size(); ++index) {
      row[names[index]] = cells[index];
    }
    if (row.count(std::string(kDeletedColumn)) > 0 && row[std::string(kDeletedColumn)] != "true") {
      row.erase(std::string(kDeletedColumn));
    }
  }
  return result;
}

std::optional<std::vector<StoredRow>> PostgresFixture::look(const std::string& table) {
  const PostgresRows found =
      sql("SELECT 1 FROM pg_tables WHERE schemaname = " + postgres_text(schema_) +
          " AND tablename = " + postgres_text(table));
  if (found.empty()) {
    return std::nullopt;
  }
  return rows(table, false);
}

std::vector<StoredRow> PostgresFixture::history(const std::string& table) {
  sql("SELECT 1");
  return rows(table, true);
}

std::string PostgresFixture::stored_type(const std::string& table, const std::string& column) {
  const PostgresRows found = sql(fmt::format(
      "SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute AS a "
      "JOIN pg_class AS c ON c.oid = a.attrelid WHERE c.relnamespace = {}::regnamespace "
      "AND c.relname = {} AND a.attname = {}",
      postgres_text(schema_), postgres_text(table), postgres_text(column)));
  return found.at(0).at(0).value_or("");
}

std::vector<std::string> PostgresFixture::synced(const std::string& table) {
  const std::string text = postgres_conversion(postgres_name(kSyncedColumn), kInstant, kText);
  std::vector<std::string> texts;
  for (const auto& row : sql(fmt::format("SELECT {} FROM {} ORDER BY {}", text,
                                         postgres_name(table), postgres_name(kSyncedColumn)))) {
    texts.push_back(row.at(0).value_or("NULL"));
  }
  return texts;
}

}  // namespace tendril
