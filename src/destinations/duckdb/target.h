// What stands behind "duckdb:" in a destination's URI: "FILE[?schema=NAME&memory_mb=N&threads=N]".
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"
#include "destinations/duckdb/file.h"

namespace tendril {

struct DuckdbTarget {
  std::filesystem::path path;
  std::string schema = "main";
  DuckdbSettings settings;
};

// The path is taken as it is; the values of settings may have percent escapes. `defaults` holds for
// settings that are not named.
// Errors: InvalidConfig, naming what is wrong.
Result<DuckdbTarget> parse_duckdb_target(std::string_view text, const DuckdbSettings& defaults);

}  // namespace tendril
