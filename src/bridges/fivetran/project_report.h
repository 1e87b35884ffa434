// ProjectReport: what a run of a project did, for whoever shows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bridges/fivetran/project_observer.h"
#include "bridges/fivetran/run_profile.h"
#include "data/types.h"

namespace tendril {

struct ColumnSummary {
  std::string name;
  Type type;
  bool key = false;
  bool declared = false;   // Its type, in schema(); else it was learnt.
  std::int64_t nulls = 0;  // Among the upserted rows, those that do not mention it included.
};

// One table of a run. Columns are those that the run knows, declared ones first.
struct TableSummary {
  std::string name;
  std::int64_t upserts = 0;
  std::int64_t updates = 0;
  std::int64_t deletes = 0;
  std::int64_t truncates = 0;
  std::vector<ColumnSummary> columns = {};
};

struct ProjectReport {
  ProjectCounts counts = {};
  std::vector<TableSummary> tables = {};
  std::optional<RunProfile> profile = std::nullopt;  // When it was asked for.
  bool killed = false;                               // As it was asked to be, after a checkpoint.
};

}  // namespace tendril
