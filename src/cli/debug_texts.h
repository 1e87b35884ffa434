// What `tendril debug` shows beside its log: the tables of a run, where its time went, and how two
// warehouses differ.
#pragma once

#include <string>
#include <vector>

#include "bridges/fivetran/project_report.h"
#include "destinations/duckdb/file_comparison.h"

namespace tendril {

// One line a table, the first few of them; `whole`: all of them, and their columns. Empty without
// tables.
std::string summary_text(const std::vector<TableSummary>& tables, bool whole);

std::string profile_text(const RunProfile& profile);

// What rows on only one side are called.
struct DifferenceWords {
  std::string added = "added";
  std::string changed = "changed";
  std::string deleted = "deleted";
};
std::string differences_text(const std::vector<TableDifference>& differences,
                             const DifferenceWords& words);

}  // namespace tendril
