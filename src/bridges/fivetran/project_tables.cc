#include "bridges/fivetran/project_tables.h"

#include <fmt/format.h>

namespace tendril {

// The spelling in which the warehouse has a table: it takes capitals for no difference.
std::string ProjectTables::known_name(const std::string& name) {
  return folded_.try_emplace(folded_name(name), name).first->second;
}

std::string ProjectTables::way_out(const std::string& first) const {
  return rules_.naming == ProjectNaming::Fivetran ? first + ", or use the naming SOURCE" : first;
}

Status ProjectTables::declare(const std::vector<DeclaredTable>& tables) {
  for (const DeclaredTable& table : tables) {
    TableSchema schema = TRY(warehouse_schema(table, rules_.naming));
    const std::string name = known_name(schema.name);
    if (!declared_.emplace(name, std::move(schema)).second) {
      return Error{.code = ErrorCode::InvalidConfig,
                   .message = fmt::format("tables {} and {} of schema() both become {}: {}",
                                          spelt_[name], table.name, name, way_out("rename one"))};
    }
    spelt_[name] = table.name;
  }
  return {};
}

ProjectTable& ProjectTables::spelt(std::string_view spelling) {
  const std::string name = known_name(warehouse_table(spelling, rules_.naming));
  const auto [first, is_new] = spelt_.try_emplace(name, spelling);
  if (first->second != spelling && merged_.emplace(name, spelling).second && rules_.warn) {
    rules_.warn(fmt::format("tables {} and {} are one, {}: {}", first->second, spelling, name,
                            way_out("spell it the same everywhere")));
  }
  return named(name);
}

std::vector<TableSummary> ProjectTables::summaries() const {
  std::vector<TableSummary> summaries;
  for (const auto& [name, table] : tables_) {
    summaries.push_back(table.summary());
  }
  return summaries;
}

ProjectTable& ProjectTables::named(const std::string& name) {
  const auto found = tables_.find(name);
  if (found != tables_.end()) {
    return found->second;
  }
  const auto declared = declared_.find(name);
  TableSchema schema = declared == declared_.end() ? TableSchema{name, {}} : declared->second;
  return tables_.emplace(name, ProjectTable(std::move(schema), rules_)).first->second;
}

}  // namespace tendril
