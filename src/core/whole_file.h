// Files that appear whole or not at all, whoever reads them and whenever this process ends.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/result.h"

namespace tendril {

enum class FileReaders { Anybody, Owner };

// Writes `text` beside `path` and moves it there. Not synced to the disk: after a power loss the
// file may be the one before, or damaged.
// Errors: System, naming the file.
Status write_whole_file(const std::filesystem::path& path, std::string_view text,
                        FileReaders readers);

}  // namespace tendril
