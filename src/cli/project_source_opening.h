// Opens a connector project as a source: python:DIR, or cpp:FILE of one that was built.
#pragma once

#include <string_view>

#include "cli/command_line.h"
#include "cli/source_opening.h"
#include "core/result.h"

namespace tendril {

bool is_project_source(std::string_view source);

// `arguments.source` is python:DIR or cpp:FILE, and may end with ?naming=SOURCE. The configuration
// is that of the command line, else the project's own, as `tendril debug` finds it. Errors:
// InvalidConfig for the project and its configuration; Unsupported for options of the host
//   that do not reach a process of its own.
Result<OpenedSource> open_project_source(const SourceArguments& arguments, const SourceHost& host);

}  // namespace tendril
