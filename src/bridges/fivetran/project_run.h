// A sync of a project: runs its connector and lands what it sends in a warehouse.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "bridges/fivetran/naming.h"
#include "bridges/fivetran/project_observer.h"
#include "bridges/fivetran/project_process.h"
#include "bridges/fivetran/project_report.h"
#include "bridges/fivetran/project_writer.h"
#include "connector/destination.h"
#include "core/result.h"
#include "data/value.h"

namespace tendril {

struct ProjectSync {
  ProjectProcess process;
  Value configuration = Map();
  Value state = Map();
  ProjectNaming naming = ProjectNaming::Fivetran;
  std::filesystem::path uploads;         // Where uploaded files go.
  std::filesystem::path dump_file = {};  // Gets the operations as they came; empty: none.
  std::size_t queue_bytes_max = std::size_t{32} << 20U;
  bool profile = false;
  Value exchanges = nullptr;  // As ProjectOrder has it.
  // The process is killed when it has sent so many checkpoints, and what they cover is kept; 0:
  // never.
  std::int64_t kill_after_checkpoints = 0;
};

// Runs the connector to its end; the destination of `host` is open. `report` holds what came, of
// failed syncs too.
// Errors: what the connector failed by, told for its author; what the warehouse refuses; Cancelled,
//   also when it was killed as `sync` wanted.
Status run_project(const ProjectSync& sync, WarehouseHost& host, ProjectReport& report,
                   std::stop_token stop);

// Asks the connector for its configuration form, or runs the tests of that form; returns what the
// package answers.
enum class ProjectQuestion { Form, Test };
Result<Value> ask_project(const ProjectProcess& process, ProjectQuestion question,
                          const Value& configuration, ProjectObserver& observer,
                          std::stop_token stop);

}  // namespace tendril
