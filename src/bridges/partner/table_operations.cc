#include "bridges/partner/table_operations.h"

#include <utility>

#include <fmt/format.h>

#include "bridges/partner/key_columns.h"

namespace tendril {

Result<SqlTable> existing_table(SqlSession& session, const SqlTableName& name) {
  std::optional<SqlTable> table = TRY(session.read(name));
  if (!table) {
    return Error{ErrorCode::NotFound, "table does not exist: " + shown(name)};
  }
  return *std::move(table);
}

Status alter_table(SqlSession& session, const SqlTable& wanted, bool drop_columns) {
  const SqlTable present = TRY(existing_table(session, wanted.name));
  SqlTable result{wanted.name, {}};
  for (const SqlColumn& old : present.columns) {
    const SqlColumn* const asked = wanted.find(old.name);
    if (asked != nullptr) {
      result.columns.push_back(*asked);
    } else if (!drop_columns) {
      result.columns.push_back(old);
      result.columns.back().in_key = false;
    }
  }
  for (const SqlColumn& asked : wanted.columns) {
    if (present.find(asked.name) == nullptr) {
      result.columns.push_back(asked);
    }
  }
  // Xml is stored as String is, and comes back as that; text is text.
  return session.alter(present, result);
}

Status truncate_table(SqlSession& session, const TruncationPlan& plan) {
  const std::optional<SqlTable> present = TRY(session.read(plan.table));
  if (!present) {
    return {};
  }
  if (present->find(plan.synced_column) == nullptr) {
    return Error{ErrorCode::BadData, fmt::format("table {} has no column {} to truncate it by",
                                                 shown(plan.table), plan.synced_column)};
  }
  const std::string table = session.sql(plan.table);
  const std::string condition =
      fmt::format("{} < {}", session.column(plan.synced_column), session.instant(plan.before));
  if (plan.deleted_column.empty()) {
    TRY(session.change(fmt::format("DELETE FROM {} WHERE {}", table, condition)));
    return {};
  }
  if (present->find(plan.deleted_column) == nullptr) {
    SqlTable wanted = *present;
    wanted.columns.push_back({plan.deleted_column, {TypeKind::Boolean}});
    TRY(session.alter(*present, wanted));
  }
  TRY(session.change(fmt::format("UPDATE {} SET {} = TRUE WHERE {}", table,
                                 session.column(plan.deleted_column), condition)));
  return {};
}

}  // namespace tendril
