#include "destinations/duckdb/staged_values.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/check.h"
#include "destinations/duckdb/sql.h"

namespace tendril {

std::string staged_value(const Stage& stage, const StoredTable& table, std::string_view prefix,
                         const std::string& column) {
  const auto by_name = [&](const Column& each) { return each.name == column; };
  const auto from = std::find_if(stage.columns().begin(), stage.columns().end(), by_name);
  const auto to = std::find_if(table.columns.begin(), table.columns.end(), by_name);
  CHECK(from != stage.columns().end() && to != table.columns.end());
  const std::string value = std::string(prefix) + sql_name(column);
  return from->type.kind == TypeKind::Unknown ? "CAST(" + value + " AS " + sql_type(to->type) + ")"
                                              : sql_conversion(value, from->type, to->type);
}

std::string in_stage_piece(std::int64_t first, std::int64_t end) {
  return fmt::format("s.{0} >= {1} AND s.{0} < {2}", sql_name(kStageOrderColumn), first, end);
}

std::string sql_instant(Instant instant) {
  return fmt::format("make_timestamptz({}::BIGINT)", micros_of(instant));
}

}  // namespace tendril
