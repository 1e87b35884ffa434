#include "destinations/postgres/staged_keys.h"

#include <algorithm>

#include <fmt/format.h>

#include "connector/marks.h"
#include "core/check.h"
#include "destinations/postgres/stage_marks.h"

namespace tendril {
namespace {

const PostgresTableName kKeysTable{"", "_tendril_keys"};

}  // namespace

std::string staged_value(const PostgresStage& stage, const PostgresTable& table,
                         std::string_view alias, const std::string& name) {
  const auto& staged = stage.columns();
  const auto from = std::find_if(staged.begin(), staged.end(),
                                 [&](const auto& column) { return column.name == name; });
  const PostgresColumn* const to = table.find(name);
  CHECK(from != staged.end() && to != nullptr);
  return postgres_conversion(std::string(alias) + postgres_name(name), from->type, to->type);
}

Result<StagedKeys> StagedKeys::collect(PostgresSession& session, const PostgresStage& stage,
                                       const PostgresTable& table, std::vector<std::string> key) {
  StagedKeys keys(std::move(key));
  std::string values;
  std::string places;
  std::string nulls;
  for (std::size_t index = 0; index < keys.key_.size(); ++index) {
    const std::string name = postgres_name(keys.key_[index]);
    values += staged_value(stage, table, "s.", keys.key_[index]) + " AS " + name + ", ";
    places += (index == 0 ? "" : ", ") + std::to_string(index + 1);
    nulls += (index == 0 ? "" : ", ") + name + " IS NULL";
  }
  keys.count_ = TRY(session.change(fmt::format(
      "CREATE TEMPORARY TABLE {0} ON COMMIT DROP AS SELECT {1}"
      "max({2}) FILTER (WHERE {3} = 0) AS {4}, max({2}) FILTER (WHERE {3} = 1) AS {5}, "
      "min({6}) AS {7} FROM {8} AS s GROUP BY {9}",
      kKeysTable.sql(), values, postgres_name(kOrderMark), postgres_name(kOperationMark),
      postgres_name(kUpsertedMark), postgres_name(kRemovedMark), postgres_name(kSyncedColumn),
      postgres_name(kFirstSyncedMark), stage.table().sql(), places)));
  TRY(session.run("ANALYZE " + kKeysTable.sql()));
  const PostgresRows patterns =
      TRY(session.rows(fmt::format("SELECT DISTINCT {} FROM {}", nulls, kKeysTable.sql())));
  for (const auto& row : patterns) {
    NullPattern& pattern = keys.patterns_.emplace_back();
    for (const auto& is_null : row) {
      pattern.push_back(is_null == "t");
    }
  }
  return keys;
}

std::string StagedKeys::table() const { return kKeysTable.sql(); }

template <class ValueOf>
std::vector<std::string> StagedKeys::conditions(ValueOf value_of) const {
  std::vector<std::string> conditions;
  for (const NullPattern& pattern : patterns_) {
    std::string condition;
    for (std::size_t index = 0; index < key_.size(); ++index) {
      const std::string stored = "t." + postgres_name(key_[index]);
      const std::string wanted = value_of(key_[index]);
      condition += condition.empty() ? "" : " AND ";
      condition += pattern[index] ? fmt::format("{} IS NULL AND {} IS NULL", stored, wanted)
                                  : fmt::format("{} = {}", stored, wanted);
    }
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

std::vector<std::string> StagedKeys::matches() const {
  return conditions([](const std::string& name) { return "k." + postgres_name(name); });
}

std::vector<std::string> StagedKeys::staged_matches(const PostgresStage& stage,
                                                    const PostgresTable& table) const {
  return conditions(
      [&](const std::string& name) { return staged_value(stage, table, "s.", name); });
}

Status StagedKeys::drop(PostgresSession& session) const {
  return session.run("DROP TABLE " + kKeysTable.sql());
}

}  // namespace tendril
