#include "destinations/postgres/key_index.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "connector/marks.h"
#include "core/check.h"
#include "destinations/postgres/names.h"
#include "destinations/postgres/server_error.h"

namespace tendril {
namespace {

constexpr int kNullsNotDistinctVersion = 150'000;

PostgresTableName index_of(const PostgresTableName& table) {
  return {table.schema, postgres_identifier(table.table + "__tendril_key")};
}

// The columns of each whole index of a table.
Result<std::vector<std::vector<std::string>>> indexed_columns(PostgresSession& session,
                                                              const PostgresTableName& table) {
  const std::array<std::string, 2> parameters{table.schema, table.table};
  const PostgresRows rows = TRY(
      session.rows("SELECT i.indexrelid, a.attname FROM pg_catalog.pg_index AS i "
                   "JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid "
                   "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
                   "JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indexrelid "
                   "WHERE n.nspname = $1 AND c.relname = $2 AND i.indpred IS NULL AND i.indisvalid "
                   "ORDER BY i.indexrelid, a.attnum",
                   parameters));
  std::vector<std::vector<std::string>> indexes;
  std::string last;
  for (const auto& row : rows) {
    if (indexes.empty() || row[0] != last) {
      indexes.emplace_back();
      last = row[0].value_or("");
    }
    indexes.back().push_back(row[1].value_or(""));
  }
  return indexes;
}

}  // namespace

bool is_key_index_strict(const PostgresSession& session) {
  return session.server_version() >= kNullsNotDistinctVersion;
}

Status create_key_index(PostgresSession& session, const PostgresTable& table,
                        const std::vector<std::string>& key) {
  return session.run(
      fmt::format("CREATE UNIQUE INDEX {} ON {} ({}){}{}",
                  postgres_name(index_of(table.name).table), table.name.sql(), postgres_names(key),
                  is_key_index_strict(session) ? " NULLS NOT DISTINCT" : "",
                  table.marks.versions ? " WHERE " + postgres_name(kActiveColumn) : ""));
}

Result<std::int64_t> fold_into_key_index(PostgresSession& session, const PostgresTable& table,
                                         const std::vector<std::string>& key) {
  CHECK(is_key_index_strict(session));
  TRY(session.run("SAVEPOINT tendril_key_index"));
  Status created = create_key_index(session, table, key);
  if (created.ok()) {
    TRY(session.run("RELEASE SAVEPOINT tendril_key_index"));
    return 0;
  }
  if (session.last_state() != kUniqueViolation) {
    return std::move(created).error();
  }
  TRY(session.run("ROLLBACK TO SAVEPOINT tendril_key_index"));
  const std::int64_t folded = TRY(session.change(fmt::format(
      "DELETE FROM {0} AS t USING (SELECT ctid AS place, row_number() OVER (PARTITION BY {1} "
      "ORDER BY ctid DESC) AS nth FROM {0}) AS k WHERE t.ctid = k.place AND k.nth > 1",
      table.name.sql(), postgres_names(key))));
  TRY(create_key_index(session, table, key));
  return folded;
}

Status need_key_index(PostgresSession& session, const PostgresTable& table,
                      const std::vector<std::string>& key) {
  const bool present = TRY(has_key_index(session, table.name));
  const auto indexes = TRY(indexed_columns(session, table.name));
  const bool found = std::any_of(indexes.begin(), indexes.end(), [&](const auto& columns) {
    return columns.size() >= key.size() &&
           std::is_permutation(key.begin(), key.end(), columns.begin());
  });
  if (present || found) {
    return {};
  }
  return session.run(fmt::format("CREATE INDEX ON {} ({})", table.name.sql(), postgres_names(key)));
}

Result<bool> has_key_index(PostgresSession& session, const PostgresTableName& table) {
  const std::array<std::string, 2> parameters{table.schema, index_of(table).table};
  const PostgresRows found =
      TRY(session.rows("SELECT 1 FROM pg_catalog.pg_class AS c "
                       "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
                       "WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('i', 'I')",
                       parameters));
  return !found.empty();
}

Status drop_key_index(PostgresSession& session, const PostgresTableName& table) {
  return session.run("DROP INDEX IF EXISTS " + index_of(table).sql());
}

Status rename_key_index(PostgresSession& session, const PostgresTableName& from,
                        const PostgresTableName& to) {
  return session.run(fmt::format("ALTER INDEX IF EXISTS {} RENAME TO {}", index_of(from).sql(),
                                 postgres_name(index_of(to).table)));
}

}  // namespace tendril
