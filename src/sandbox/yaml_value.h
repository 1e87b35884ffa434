// Reads a YAML file into a Value tree: the only place of this module that knows YAML.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/result.h"
#include "data/value.h"

namespace tendril {

// Plain scalars become null, booleans, integers or floats where they read as such; quoted ones
// stay text. Anchors and aliases are resolved.
// Errors: InvalidConfig with the line of a syntax error, a repeated key or a key that is no text.
Result<Value> parse_yaml(std::string_view text);

// Errors: as above, prefixed with the path; NotFound when there is no such file.
Result<Value> read_yaml_file(const std::filesystem::path& path);

}  // namespace tendril
