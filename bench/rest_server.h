// The benchmark's server: GET /records?page=N (from 1) on 127.0.0.1, 1,000 records a page, an empty
// list after the last.
#pragma once

#include <cstdint>

namespace tendril::bench {

// Serves until the process is ended. Port 0: any free one. Prints the port on a line of its own.
// Returns the exit code.
int serve_records(int port, std::int64_t records);

}  // namespace tendril::bench
