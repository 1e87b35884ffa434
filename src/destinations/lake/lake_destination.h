// The lake destinations: a folder, or a prefix in an S3-compatible bucket, with a subfolder of data
// files for each table: Parquet, JSON lines or CSV. "parquet:DIR", "jsonl:DIR", "csv:DIR",
// "s3://BUCKET/PREFIX".
//
// Rows, state and epoch are committed by a manifest (docs/adr/0005-lake-commits.md); readers take
// the files of the manifest, or, when no commit is under way, all files of a table's folder. JSON
// lines and CSV are appended to and replaced, no more.
#pragma once

#include <memory>

#include "connector/registry.h"
#include "core/clock.h"
#include "destinations/lake/row_file.h"

namespace tendril {

struct LakeDestinationOptions {
  // Tells the time for `_tendril_synced`; null: the system's. Shared by the destinations of the
  // spec.
  std::shared_ptr<const Clock> clock = nullptr;
};

// Usage: parquet:DIR[?file_mb=N][&compression=snappy|zstd|none], jsonl:DIR, csv:DIR
DestinationSpec lake_destination(LakeFormat format, LakeDestinationOptions options = {});

// Usage: s3://BUCKET/PREFIX[?region=R][&endpoint_override=HOST:PORT&scheme=http]: Parquet.
DestinationSpec s3_lake_destination(LakeDestinationOptions options = {});

}  // namespace tendril
