// Part of the destination contract: what a look sees, which does not disturb a run, and the epoch.
#pragma once

#include <memory>
#include <optional>

#include "testing/destination_fixture.h"

namespace tendril {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Storage that one looks at while another may write.
class LookedAtDestination : public KeepingDestination {
 protected:
  std::unique_ptr<Destination> look() {
    auto destination = fixture_->destination();
    EXPECT_THAT(destination->open_to_look("connection"), IsOk());
    return destination;
  }
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LookedAtDestination);

TEST_P(LookedAtDestination, HoldsNothingWhereThereIsNoStorageYet) {
  const auto looker = look();

  EXPECT_THAT(looker->load_state(), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(looker->stored_table("items"), IsOkAndHolds(std::nullopt));
}

TEST_P(LookedAtDestination, ShowsStateAndColumns) {
  ASSERT_THAT(open("other").commit({.entries = {{"s", "", "0"}}}), IsOk());
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({plain_table()}), IsOk());
  ASSERT_THAT(destination.write(batch_of(plain_table(), {item(1, "a")})), IsOk());
  ASSERT_THAT(destination.commit({.entries = {{"s", "", "1"}, {"s", "x", "2"}}}), IsOk());
  crash();

  const auto looker = look();

  EXPECT_THAT(looker->load_state(), IsOkAndHolds(UnorderedElementsAre(StateEntry{"s", "", "1"},
                                                                      StateEntry{"s", "x", "2"})));
  EXPECT_THAT(looker->stored_table("items"), IsOkAndHolds(std::optional(plain_table())));
  EXPECT_THAT(looker->stored_table("others"), IsOkAndHolds(std::nullopt));
}

TEST_P(LookedAtDestination, DoesNotMindBeingLookedAtDuringARun) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({plain_table()}), IsOk());
  ASSERT_THAT(destination.write(batch_of(plain_table(), {item(1, "a")})), IsOk());
  {
    const auto looker = look();
    EXPECT_THAT(looker->load_state(), IsOkAndHolds(IsEmpty()));
    EXPECT_THAT(looker->stored_table("items"), IsOkAndHolds(std::nullopt));
  }

  EXPECT_THAT(destination.commit({.entries = {{"s", "", "1"}}}), IsOk());

  EXPECT_THAT(rows(), ElementsAre(stored_item(1, "a")));
  EXPECT_THAT(look()->load_state(), IsOkAndHolds(ElementsAre(StateEntry{"s", "", "1"})));
}

TEST_P(LookedAtDestination, ShowsColumnsAsCommittedToTheRunToo) {
  TableSchema wide = plain_table();
  wide.columns.push_back({"new", {TypeKind::Boolean}});
  Destination& destination = open();
  EXPECT_THAT(destination.stored_table("items"), IsOkAndHolds(std::nullopt));
  ASSERT_THAT(destination.prepare({plain_table()}), IsOk());
  EXPECT_THAT(destination.stored_table("items"), IsOkAndHolds(std::nullopt));
  ASSERT_THAT(destination.commit({}), IsOk());

  ASSERT_THAT(destination.write(batch_of(wide, {Map{{"id", 1}, {"new", true}}})), IsOk());
  EXPECT_THAT(destination.stored_table("items"), IsOkAndHolds(std::optional(plain_table())));

  ASSERT_THAT(destination.commit({}), IsOk());
  EXPECT_THAT(destination.stored_table("items"), IsOkAndHolds(std::optional(wide)));
}

// Else a schema that was frozen, or that a run is compared with, would follow from a load that
// nobody has seen yet.
TEST_P(LookedAtDestination, ShowsTheTableAndNotALoadThatIsUnderWay) {
  const TablePlan plan{plain_table(), WriteMode::Replace};
  run(plan, {batch_of(plain_table(), {item(1, "a")})});
  TableSchema wide = plain_table();
  wide.columns.push_back({"new", {TypeKind::Boolean}});
  Destination& destination = open();
  ASSERT_THAT(destination.prepare(plan), IsOk());
  ASSERT_THAT(destination.write(batch_of(wide, {Map{{"id", 1}, {"new", true}}})), IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());

  EXPECT_THAT(destination.stored_table("items"), IsOkAndHolds(std::optional(plain_table())));

  ASSERT_THAT(destination.commit({.completed_tables = {"items"}}), IsOk());
  EXPECT_THAT(destination.stored_table("items"), IsOkAndHolds(std::optional(wide)));
}

TEST_P(LookedAtDestination, NumbersTheRunsOfAConnection) {
  EXPECT_EQ(open().epoch(), 1);
  EXPECT_EQ(open().epoch(), 2);
  (void)look();
  EXPECT_EQ(open().epoch(), 3);
  EXPECT_EQ(open("other").epoch(), 1);
}

}  // namespace tendril
