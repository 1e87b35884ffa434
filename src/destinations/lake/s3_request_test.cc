#include "destinations/lake/s3_request.h"

#include <gtest/gtest.h>

namespace tendril {
namespace {

S3Object object(std::string token) {
  return {.endpoint = "",
          .scheme = "https",
          .region = "eu-central-1",
          .bucket = "bucket",
          .key = "a b/manifest-1.json",
          .access_key = "AKIAIOSFODNN7EXAMPLE",
          .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
          .session_token = std::move(token)};
}

S3Signing request() {
  return {.method = "PUT",
          .host = "s3.eu-central-1.amazonaws.com",
          .path = "/bucket/a%20b/manifest-1.json",
          .stamp = "20130524T000000Z",
          .digest = sha256_hex("{\"n\":1}\n")};
}

// Source of the signatures: botocore, with the keys of Amazon's examples.
TEST(S3Request, IsSignedAsAmazonWantsIt) {
  EXPECT_EQ(
      s3_authorization(object(""), request()),
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/eu-central-1/s3/aws4_request, "
      "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
      "Signature=5a019fdf05dabce9ce677ccaeb84e6afe2d855347f53cd0c5ffbbeb4733e03c7");
}

TEST(S3Request, IsSignedWithASessionToken) {
  EXPECT_EQ(
      s3_authorization(object("session/token=="), request()),
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/eu-central-1/s3/aws4_request, "
      "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, "
      "Signature=b2b2d1f329171c8652dc29a27ecf203b6ec2e57e1715418379925d60856f3e95");
}

}  // namespace
}  // namespace tendril
