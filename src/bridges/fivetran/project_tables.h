// ProjectTables: the tables of one run of a project, by the names that they have in the warehouse.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridges/fivetran/declared_table.h"
#include "bridges/fivetran/project_report.h"
#include "bridges/fivetran/project_table.h"
#include "core/result.h"
#include "data/schema.h"

namespace tendril {

// Threads: one at a time.
class ProjectTables {
 public:
  explicit ProjectTables(ProjectRules rules) : rules_(std::move(rules)) {}

  // Takes what schema() says. Errors: InvalidConfig when two tables get one name.
  Status declare(const std::vector<DeclaredTable>& tables);

  // As declared, by name.
  const std::map<std::string, TableSchema>& declared() const { return declared_; }

  // The table that the connector calls so. Warns when it has called it otherwise before.
  ProjectTable& spelt(std::string_view spelling);

  ProjectTable& named(const std::string& name);

  // Of all tables, by name.
  std::vector<TableSummary> summaries() const;

 private:
  std::string known_name(const std::string& name);
  std::string way_out(const std::string& first) const;

  const ProjectRules rules_;
  std::map<std::string, TableSchema> declared_;
  std::map<std::string, std::string> spelt_;   // As first, by name.
  std::map<std::string, std::string> folded_;  // To the names of spelt_.
  std::map<std::string, ProjectTable> tables_;
  std::set<std::pair<std::string, std::string>> merged_;  // Told of.
};

}  // namespace tendril
