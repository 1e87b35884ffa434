// Opens a project of the Fivetran Connector SDK as a source: python:DIR.
#pragma once

#include <string_view>

#include "cli/command_line.h"
#include "cli/source_opening.h"
#include "core/result.h"

namespace tendril {

inline constexpr std::string_view kProjectPrefix = "python:";

// `arguments.source` is python:DIR or python:DIR?naming=SOURCE. The configuration is that of the
// command line, else the project's own, as `tendril debug` finds it.
// Errors: InvalidConfig for the project and its configuration; Unsupported for options of the host
//   that do not reach a process of its own.
Result<OpenedSource> open_project_source(const SourceArguments& arguments, const SourceHost& host);

}  // namespace tendril
