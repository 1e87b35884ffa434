// tendril_bench: the helper programs of `./dev bench`: the server that hands out records, and what
// the figures are measured against. Prints one JSON object a run.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "bulk_loads.h"
#include "duckdb_limits.h"
#include "rest_server.h"

namespace {

int usage() {
  std::fputs(
      "usage: tendril_bench serve PORT RECORDS\n"
      "       tendril_bench append DUCKDB_FILE RECORDS MEMORY_MB\n"
      "       tendril_bench write-json FILE RECORDS\n"
      "       tendril_bench read-json DUCKDB_FILE JSON_FILE MEMORY_MB\n"
      "       tendril_bench write DESTINATION append|merge RECORDS\n"
      "       tendril_bench bulk DUCKDB_FILE PREPARING_SQL SQL\n",
      stderr);
  return 2;
}

std::int64_t number(std::string_view text) {
  std::int64_t value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace tendril::bench;
  const std::string_view task = argc > 1 ? argv[1] : "";
  if (task == "serve" && argc == 4) {
    return serve_records(static_cast<int>(number(argv[2])), number(argv[3]));
  }
  if (task == "append" && argc == 5) {
    return append_batches(argv[2], number(argv[3]), number(argv[4]));
  }
  if (task == "write-json" && argc == 4) {
    return write_json(argv[2], number(argv[3]));
  }
  if (task == "read-json" && argc == 5) {
    return read_json(argv[2], argv[3], number(argv[4]));
  }
  if (task == "write" && argc == 5) {
    return write_destination(argv[2], argv[3], number(argv[4]));
  }
  if (task == "bulk" && argc == 5) {
    return run_bulk_load(argv[2], argv[3], argv[4]);
  }
  return usage();
}
