#include "cli/builtin_destinations.h"

#include "bridges/partner/partner_destination.h"
#include "cli/config_file.h"
#include "destinations/duckdb/duckdb_destination.h"
#include "destinations/lake/lake_destination.h"
#include "destinations/null/null_destination.h"
#include "destinations/postgres/postgres_destination.h"
#include "state/run_place.h"

namespace tendril {
namespace {

// What other programs' destinations do not keep for us stands beside the records of runs.
Result<std::filesystem::path> records_folder() {
  const std::filesystem::path file = TRY(run_store_file(process_environment()));
  return file.parent_path();
}

}  // namespace

void add_builtin_destinations(Registry& registry) {
  registry.add(duckdb_destination());
  for (const LakeFormat format : {LakeFormat::Parquet, LakeFormat::Jsonl, LakeFormat::Csv}) {
    registry.add(lake_destination(format));
  }
  registry.add(s3_lake_destination());
  registry.add(null_destination());
  registry.add(partner_destination({.home = records_folder}));
  registry.add(postgres_destination());
  registry.add(postgres_destination({.scheme = "postgresql"}));
}

}  // namespace tendril
