// The formats of a lake against the contract that all destinations share.
#include "destinations/lake/lake_fixture_test.h"
#include "testing/destination_contract.h"

namespace tendril {

namespace {

DestinationUnderTest lake_under_test(LakeFormat format) {
  return {std::string(to_string(format)),
          [format] { return std::make_unique<LakeFixture>(format); }};
}

}  // namespace

TENDRIL_DESTINATION_CONTRACT(Parquet, (lake_under_test(LakeFormat::Parquet)));
TENDRIL_DESTINATION_CONTRACT(Jsonl, (lake_under_test(LakeFormat::Jsonl)));
TENDRIL_DESTINATION_CONTRACT(Csv, (lake_under_test(LakeFormat::Csv)));

}  // namespace tendril
