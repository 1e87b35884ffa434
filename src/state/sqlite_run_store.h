// The store of runs in an SQLite file, for the processes of one machine.
#pragma once

#include <filesystem>
#include <memory>

#include "core/result.h"
#include "state/run_store.h"

namespace tendril {

// Makes the file and its folders where there are none, for the owner's eyes only.
Result<std::unique_ptr<RunStore>> open_sqlite_run_store(const std::filesystem::path& file);

}  // namespace tendril
