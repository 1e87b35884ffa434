// A project of the Fivetran Connector SDK run by the vendor's own package, where the project's
// Python has it: the package serves the connector over the partner protocol, and this program is
// the client.
#pragma once

#include <stop_token>

#include "bridges/fivetran/project_observer.h"
#include "bridges/fivetran/project_process.h"
#include "core/result.h"

namespace tendril {

// As run_project_process(), for the order "update"; `process` runs serve_project.py. The server listens on loopback only, at a port
// that is free, and ends with the call.
// Errors: besides, InvalidConfig when the interpreter does not have the package.
Status run_served_project(const ProjectProcess& process, const ProjectOrder& order,
                          ProjectListener& listener, ProjectObserver& observer,
                          const std::stop_token& stop);

}  // namespace tendril
