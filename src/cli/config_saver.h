// Writes changed settings back into the user's configuration file: tokens that the vendor
// replaces with every use would be lost otherwise.
#pragma once

#include <filesystem>

#include "connector/registry.h"

namespace tendril {

// Changes single members of the JSON file at `path`. The file is replaced as a whole, so that a
// crash leaves the old or the new one, and keeps its permissions. Errors: InvalidConfig for YAML,
// for a setting that comes from the environment, and for a pointer that
//   leads nowhere; System when the file can not be written.
// Threads: the saver is safe to share.
ConfigSaver config_file_saver(std::filesystem::path path);

// For configurations without a file: refuses.
ConfigSaver no_config_saver();

// Sets the place in `config` that a JSON pointer names; the last member of an object need not be
// there yet.
// Errors: InvalidConfig when the pointer leads nowhere.
Status set_setting(Value& config, std::string_view pointer, const Value& value);

// Replaces the content of the file at `path`, or of what it links to, in one step and durably.
// Errors: System naming the file and the reason.
Status replace_file(const std::filesystem::path& path, std::string_view content);

}  // namespace tendril
