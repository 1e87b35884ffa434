// ProjectDebugging: a project as `tendril debug` was told to run it, and its runs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "bridges/fivetran/project_report.h"
#include "cli/command_line.h"
#include "cli/debug_log.h"
#include "cli/project_opening.h"
#include "cli/session.h"
#include "core/result.h"
#include "data/value.h"
#include "destinations/duckdb/file_comparison.h"

namespace tendril {

// The schema of a project's warehouse.
inline constexpr const char* kWarehouseSchema = "tester";

// One run: where it goes on from, and what it leaves.
struct DebugTarget {
  ProjectFiles files;
  Value state = Map();
  std::int64_t kill_after_checkpoints = 0;  // 0: never.
  int number = 1;                           // Among the runs that share a recording.
};

class ProjectDebugging {
 public:
  // Reads the settings. `arguments` and `session` must outlive the result. Errors: InvalidConfig.
  static Result<ProjectDebugging> open(const DebugArguments& arguments, Session& session);

  const std::filesystem::path& folder() const { return found_.folder; }

  // The state that a run goes on from, as named or as the last one left it. Errors: InvalidConfig.
  Result<Value> state() const;

  // Errors: what run_project() returns, and what keeps it from starting.
  Status run(const DebugTarget& target, DebugLog& log, ProjectReport& report,
             std::stop_token stop) const;

 private:
  ProjectDebugging(const DebugArguments& arguments, Session& session, FoundProject found)
      : arguments_(&arguments), session_(&session), found_(std::move(found)) {}

  Value exchanges(int number) const;

  const DebugArguments* arguments_;
  Session* session_;
  FoundProject found_;
  ProjectProcess process_;
  Value configuration_;
};

// What differs between two warehouses of a project; `deleted_are_gone` as FileComparison has it.
Result<std::vector<TableDifference>> compare_warehouses(const std::filesystem::path& before,
                                                        const std::filesystem::path& after,
                                                        bool deleted_are_gone);

// Writes to stdout. A line that nobody takes is no reason to end a sync.
void print_text(std::string_view text);

}  // namespace tendril
