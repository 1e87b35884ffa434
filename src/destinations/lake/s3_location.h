// S3Location: a place in an S3-compatible object store.
#pragma once

#include <memory>
#include <string>

#include "core/result.h"
#include "destinations/lake/storage.h"

namespace tendril {

// Credentials are those of the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,
// AWS_SESSION_TOKEN, a profile, or the role of the machine.
struct S3Location {
  std::string bucket = {};
  std::string prefix = {};    // Without slashes at its ends; may be empty.
  std::string region = {};    // "": that of the environment, or us-east-1.
  std::string endpoint = {};  // "127.0.0.1:9000"; "": Amazon's.
  std::string scheme = "https";
  // False for a server that does not know conditional writes: then nothing keeps two runs that
  // commit at the same moment apart.
  bool conditional_writes = true;
};

// Errors: Unsupported when this build has no S3 file system; InvalidConfig.
Result<std::unique_ptr<LakeStorage>> s3_storage(const S3Location& location);

}  // namespace tendril
