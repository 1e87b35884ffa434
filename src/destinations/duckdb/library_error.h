// Turns what DuckDB says went wrong into an Error.
#pragma once

#include <string_view>

#include "core/error.h"

namespace tendril {

// `type` is a duckdb_error_type, `message` its text.
Error library_error(int type, std::string_view message);

}  // namespace tendril
