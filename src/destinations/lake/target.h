// The target of a lake: where it is and how its files are made, as the command line says it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "destinations/lake/s3_location.h"
#include "destinations/lake/workshop.h"

namespace tendril {

struct LakeTarget {
  std::string folder;  // Of this machine; "" for an object store.
  S3Location s3 = {};  // Where `folder` is "".
  WorkshopOptions workshop = {};
};

// Reads "DIR[?NAME=VALUE&…]" or "s3://BUCKET/PREFIX[?…]". `memory_bytes` is what the destination
// may take; 0: what it thinks right. Errors: InvalidConfig.
Result<LakeTarget> parse_lake_target(LakeFormat format, std::string_view text,
                                     std::size_t memory_bytes);

// The storage of a target. Errors: Unsupported when this build has no object stores.
Result<std::unique_ptr<LakeStorage>> lake_storage(const LakeTarget& target);

}  // namespace tendril
