// The ways in which `tendril debug` runs a project, beside a plain sync.
#pragma once

#include <stop_token>

#include "cli/command_line.h"
#include "cli/exit_code.h"
#include "cli/project_debugging.h"
#include "cli/session.h"
#include "core/result.h"

namespace tendril {

// A sync into the project's warehouse, from the state it has. Returns whether it succeeded.
Result<bool> sync_project(const ProjectDebugging& project, const DebugArguments& arguments,
                          Session& session, std::stop_token stop);

// A sync into a copy of the warehouse, and what it would change there. Warehouse, state and uploads
// stay as they are. Returns whether it succeeded.
Result<bool> rehearse_project(const ProjectDebugging& project, const DebugArguments& arguments,
                              Session& session, std::stop_token stop);

// Runs the project undisturbed, and again with its process killed after each checkpoint, both from
// an empty warehouse in a folder that nobody keeps. Returns whether both end with the same rows.
Result<bool> crash_project(const ProjectDebugging& project, const DebugArguments& arguments,
                           Session& session, const std::stop_token& stop);

// Runs the project whenever its files are saved, until a stop is requested.
Status watch_project(const DebugArguments& arguments, Session& session,
                     const std::stop_token& stop);

}  // namespace tendril
