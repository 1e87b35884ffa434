// What the sync is measured against in the same run: DuckDB alone, fed the same records without
// network and JSON (append), or reading the same bytes from disk (read_json). One connection, one
// thread, the memory limit that the sync uses.
#pragma once

#include <cstdint>

namespace tendril::bench {

// Each prints {"rows":…,"seconds":…} and returns the exit code.
int append_batches(const char* database, std::int64_t records, std::int64_t memory_mb);
int read_json(const char* database, const char* json_file, std::int64_t memory_mb);

// Writes the records as JSON lines' worth of pages into one file, a JSON list a line.
int write_json(const char* json_file, std::int64_t records);

}  // namespace tendril::bench
