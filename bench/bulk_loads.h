// What a destination's own loader takes, and what ours takes, for the same rows. Each prints one
// JSON object: rows, seconds, CPU seconds of this process.
#pragma once

#include <cstdint>
#include <string>

namespace tendril::bench {

// Writes prepared batches through the destination of `uri`, a commit after each ten, in `mode`
// ("append" or "merge"). Returns the exit code.
int write_destination(const std::string& uri, const std::string& mode, std::int64_t records);

// Runs `prepare`, which is not measured, then `load` in a DuckDB database and closes it.
int run_bulk_load(const char* path, const std::string& prepare, const std::string& load);

}  // namespace tendril::bench
