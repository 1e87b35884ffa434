// The user's configuration of a source: a JSON or YAML file, values from the environment, and
// single settings from the command line.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "data/value.h"

namespace tendril {

// Returns the value of an environment variable, or nullopt when it is not set.
using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;

// Of this process.
EnvironmentLookup process_environment();

// Reads `path`: YAML when it ends in .yaml or .yml, else JSON. In every text, ${NAME} stands for
// the environment variable NAME, and $${ for ${ itself. Errors: InvalidConfig naming the file and,
// where there is one, the line.
Result<Value> read_config_file(const std::filesystem::path& path,
                               const EnvironmentLookup& environment);

// Applies "key=value" settings in order; "a.b=1" sets the member b of a. A value that reads as
// JSON is taken as JSON, else as text.
// Errors: InvalidConfig naming the setting.
Status apply_settings(Value& config, std::span<const std::string> settings);

}  // namespace tendril
