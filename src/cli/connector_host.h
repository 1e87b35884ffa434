// Runs a connector that is a shared library: in a process of its own, which the program starts of
// itself by a command that is in no help text. What goes wrong is told through the same frames as
// what the connector says.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tendril {

// The command line of such a process.
std::vector<std::string> connector_host_command(const std::filesystem::path& library);

// The library, when `arguments` (those after the program's name) are such a command line.
std::optional<std::string> hosted_connector(std::span<const std::string> arguments);

// Loads the library and runs its connector. Returns the status to exit with.
int run_hosted_connector(const std::string& library);

}  // namespace tendril
