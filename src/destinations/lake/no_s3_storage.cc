// Takes the place of s3_storage.cc where Arrow was built without its S3 file system.
#include "destinations/lake/s3_location.h"

namespace tendril {

Result<std::unique_ptr<LakeStorage>> s3_storage(const S3Location& location) {
  return Error{.code = ErrorCode::Unsupported,
               .message =
                   "s3:// is not supported by this build, since its Arrow library has no S3 "
                   "file system: s3://" +
                   location.bucket};
}

}  // namespace tendril
