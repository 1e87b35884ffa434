#include "cli/builtin_destinations.h"

#include "destinations/duckdb/duckdb_destination.h"
#include "destinations/lake/lake_destination.h"
#include "destinations/null/null_destination.h"
#include "destinations/postgres/postgres_destination.h"

namespace tendril {

void add_builtin_destinations(Registry& registry) {
  registry.add(duckdb_destination());
  for (const LakeFormat format : {LakeFormat::Parquet, LakeFormat::Jsonl, LakeFormat::Csv}) {
    registry.add(lake_destination(format));
  }
  registry.add(s3_lake_destination());
  registry.add(null_destination());
  registry.add(postgres_destination());
  registry.add(postgres_destination({.scheme = "postgresql"}));
}

}  // namespace tendril
