#include "bridges/partner/partner_target.h"

#include <gmock/gmock.h>

#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;

TEST(PartnerTargets, HaveDefaults) {
  const PartnerTarget target = parse_partner_target("127.0.0.1:50052").value();

  EXPECT_EQ(target.address, "127.0.0.1:50052");
  EXPECT_EQ(target.schema, "tendril");
  const BatchFileParams csv = batch_params(target, BatchFileFormat::Csv);
  EXPECT_EQ(csv.compression, BatchCompression::Zstd);
  EXPECT_TRUE(csv.encrypted);
  EXPECT_EQ(batch_params(target, BatchFileFormat::Parquet).compression, BatchCompression::Off);
}

TEST(PartnerTargets, TakeSettings) {
  const PartnerTarget target =
      parse_partner_target(
          "[::1]:1?schema=a%20b&config=c.json&files=/tmp/x&format=parquet&compression=gzip&"
          "encryption=none")
          .value();

  EXPECT_EQ(target.address, "[::1]:1");
  EXPECT_EQ(target.schema, "a b");
  EXPECT_EQ(target.configuration_file, "c.json");
  EXPECT_EQ(target.folder, "/tmp/x");
  EXPECT_EQ(target.format, BatchFileFormat::Parquet);
  EXPECT_EQ(target.compression, BatchCompression::Gzip);
  EXPECT_FALSE(target.encrypted);
}

TEST(PartnerTargets, NameWhatIsWrong) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"", "HOST:PORT"},
      {"here", "HOST:PORT"},
      {"here:1?colour=red", "there is no setting colour"},
      {"here:1?schema=", "schema has no value"},
      {"here:1?format=xml", "csv or parquet: xml"},
      {"here:1?compression=lz4", "zstd, gzip or none: lz4"},
      {"here:1?encryption=des", "aes or none: des"}};
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(parse_partner_target(text), IsError(ErrorCode::InvalidConfig, HasSubstr(message)))
        << text;
  }
}

}  // namespace
}  // namespace tendril
