#include "destinations/null/null_destination.h"

#include "testing/destination_contract.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;

class NullFixture final : public DestinationFixture {
 public:
  std::unique_ptr<Destination> destination() override {
    return null_destination().make("").value();
  }
  std::optional<std::vector<StoredRow>> look(const std::string&) override { return std::nullopt; }
  std::vector<std::string> synced(const std::string&) override { return {}; }
  bool keeps_rows() const override { return false; }
};

TENDRIL_DESTINATION_CONTRACT(Null, (DestinationUnderTest{
                                       "null", [] { return std::make_unique<NullFixture>(); }}));

TEST(NullDestination, TakesNoName) {
  EXPECT_THAT(null_destination().make("file"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("takes no name: file")));
}

TEST(NullDestination, CountsWhatItIsGivenSinceTheLastCommit) {
  const auto destination = null_destination().make("").value();
  ASSERT_THAT(destination->open("c"), IsOk());
  ASSERT_THAT(destination->prepare({keyed_table(), WriteMode::Merge}), IsOk());
  ASSERT_THAT(destination->write(batch_of(keyed_table(), {item(1, "a"), item(1, "b")})), IsOk());
  ASSERT_THAT(destination->write(batch_of(keyed_table(), {item(1, "")}, Operation::Delete)),
              IsOk());
  ASSERT_THAT(destination->write(truncation_of(keyed_table(), {})), IsOk());

  const auto counts = destination->commit({});

  ASSERT_THAT(counts, IsOk());
  ASSERT_EQ(counts->size(), 1U);
  EXPECT_EQ(counts->front().rows_written, 2);
  EXPECT_EQ(counts->front().rows_deleted, 1);
  EXPECT_THAT(destination->commit({}), IsOkAndHolds(::testing::IsEmpty()));
}

TEST(NullDestination, TakesHistory) {
  const auto destination = null_destination().make("").value();
  ASSERT_THAT(destination->open("c"), IsOk());
  ASSERT_THAT(destination->prepare({keyed_table(), WriteMode::History}), IsOk());
  ASSERT_THAT(destination->write(batch_of(keyed_table(), {item(1, "a")})), IsOk());

  EXPECT_THAT(destination->commit({}), IsOk());
}

TEST(NullDestination, RefusesToCompleteATableThatWasNotPrepared) {
  const auto destination = null_destination().make("").value();
  ASSERT_THAT(destination->open("c"), IsOk());

  EXPECT_THAT(destination->commit({.completed_tables = {"items"}}), IsError(ErrorCode::Internal));
}

}  // namespace
}  // namespace tendril
