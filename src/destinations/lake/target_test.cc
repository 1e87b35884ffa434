#include "destinations/lake/target.h"

#include <gmock/gmock.h>

#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;

Error fault_of(LakeFormat format, std::string_view text) {
  const auto target = parse_lake_target(format, text, 0);
  return target.ok() ? Error{ErrorCode::Internal, "taken: " + std::string(text)} : target.error();
}

TEST(LakeTarget, TakesFoldersAndSettings) {
  const auto target =
      parse_lake_target(LakeFormat::Parquet, "/data/lake?file_mb=64&compression=zstd", 0);

  ASSERT_THAT(target, IsOk());
  EXPECT_EQ(target->folder, "/data/lake");
  EXPECT_EQ(target->workshop.file_bytes, 64'000'000);
  EXPECT_EQ(target->workshop.rows.compression, LakeCompression::Zstd);
}

TEST(LakeTarget, TakesPlacesInBuckets) {
  const auto target = parse_lake_target(
      LakeFormat::Csv,
      "s3://bucket/a/b/?region=eu-central-1&endpoint_override=127.0.0.1:9000&scheme=http", 0);

  ASSERT_THAT(target, IsOk());
  EXPECT_EQ(target->folder, "");
  EXPECT_EQ(target->s3.bucket, "bucket");
  EXPECT_EQ(target->s3.prefix, "a/b");
  EXPECT_EQ(target->s3.region, "eu-central-1");
  EXPECT_EQ(target->s3.endpoint, "127.0.0.1:9000");
  EXPECT_TRUE(target->s3.conditional_writes);
}

TEST(LakeTarget, NamesWhatIsWrong) {
  EXPECT_THAT(fault_of(LakeFormat::Jsonl, "").message, HasSubstr("jsonl:DIR"));
  EXPECT_THAT(fault_of(LakeFormat::Parquet, "d?file_mb=0").message, HasSubstr("from 1 to"));
  EXPECT_THAT(fault_of(LakeFormat::Parquet, "d?x=1").message, HasSubstr("no setting x"));
  EXPECT_THAT(fault_of(LakeFormat::Csv, "d?compression=zstd").message, HasSubstr("no setting"));
  EXPECT_THAT(fault_of(LakeFormat::Parquet, "d?region=x").message, HasSubstr("no setting region"));
  EXPECT_THAT(fault_of(LakeFormat::Parquet, "s3://").message, HasSubstr("no bucket"));
  EXPECT_THAT(fault_of(LakeFormat::Parquet, "s3://b?scheme=http").message,
              HasSubstr("on this machine only"));
  EXPECT_THAT(
      fault_of(LakeFormat::Parquet, "s3://b?scheme=http&endpoint_override=example.com:80").message,
      HasSubstr("on this machine only"));
}

TEST(LakeTarget, SharesOutTheMemoryItIsGiven) {
  const auto target = parse_lake_target(LakeFormat::Parquet, "d", 80'000'000);

  ASSERT_THAT(target, IsOk());
  EXPECT_EQ(target->workshop.query_memory, 80'000'000U);
  EXPECT_EQ(target->workshop.rows.group_bytes, 20'000'000U);
}

}  // namespace
}  // namespace tendril
