// One request to an S3-compatible store that Arrow's file system has no call for: a write that
// succeeds only if there is no such object yet.
#pragma once

#include <string>

#include "core/result.h"

namespace tendril {

struct S3Object {
  std::string endpoint;  // "127.0.0.1:9000"; "": Amazon's.
  std::string scheme;
  std::string region;
  std::string bucket;
  std::string key;
  std::string access_key;
  std::string secret_key;
  std::string session_token;  // May be empty.
};

// Returns false when there is an object of that name already.
// Errors: Unavailable when the store does not answer or is busy, Unauthenticated, PermissionDenied,
//   NotFound (the bucket), Unsupported when it does not know conditional writes, System.
Result<bool> create_object(const S3Object& object, const std::string& content);

// The value of the header Authorization.
// Source: AWS Signature Version 4, "Create a signed AWS API request".
struct S3Signing {
  std::string method;
  std::string host;
  std::string path;    // Encoded.
  std::string stamp;   // "20130524T000000Z"
  std::string digest;  // SHA-256 of the content, hexadecimal.
};
std::string s3_authorization(const S3Object& object, const S3Signing& request);

// SHA-256, hexadecimal.
std::string sha256_hex(const std::string& content);

}  // namespace tendril
