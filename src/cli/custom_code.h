// Manifests with components in Python: found, and run through the reference implementation of the
// language where that is installed. Everything else about them is the manifest's own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bridges/airbyte/program_source.h"
#include "cli/config_file.h"
#include "core/log.h"
#include "core/result.h"
#include "manifest/node.h"

namespace tendril {

// The Python classes that the components of a resolved manifest name, each once, in file order.
std::vector<std::string> custom_classes(const Node& manifest);

// Returns how the reference runs the manifest, with the components.py beside it. Its Python is the
// one that TENDRIL_AIRBYTE_PYTHON names, else python3. Errors: Unsupported, naming `classes` and
// how to install it, when that Python does not have it.
Result<AirbyteProgram> reference_program(const std::filesystem::path& manifest,
                                         const std::vector<std::string>& classes,
                                         const EnvironmentLookup& environment, Log& log);

}  // namespace tendril
