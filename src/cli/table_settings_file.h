// The file of `tendril sync --tables`: what the user says of single tables, YAML or JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "sync/sync.h"
#include "sync/table_settings.h"

namespace tendril {

struct TableSettingsFile {
  TableSettings defaults = {};
  std::map<std::string, TableSettings> tables = {};
  std::optional<std::int64_t> run_rejected_max = std::nullopt;
};

// Errors: InvalidConfig with file, line and key, for what is unknown or of the wrong form.
Result<TableSettingsFile> parse_table_settings(std::string_view text, std::string_view file);
Result<TableSettingsFile> read_table_settings(const std::filesystem::path& path);

// Adds what the file says to the options of a run. What the command line says of all tables goes
// before the file's defaults, and is in `shortcuts`.
void apply_table_settings(TableSettingsFile file, const TableSettings& shortcuts,
                          SyncOptions& options);

}  // namespace tendril
