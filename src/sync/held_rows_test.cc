#include "sync/held_rows.h"

#include <string>
#include <vector>

#include <arrow/record_batch.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/batch_builder.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::ElementsAre;

event::Rows rows_of(std::vector<std::int64_t> ids, bool rejected = false) {
  BatchBuilder builder({.name = "events", .columns = {{"id", {TypeKind::Long}}}});
  for (const std::int64_t id : ids) {
    builder.cell("id").append_int(id);
    builder.cell("text").append_string("row " + std::to_string(id));
    builder.cell("big").append_big_number("1234567890123456789012");
    builder.end_row();
  }
  return {.batch = builder.take().value(), .rejected = rejected};
}

// Takes all rows and returns what they look like.
std::vector<std::string> drained(HeldRows& held) {
  std::vector<std::string> texts;
  const Status status = held.drain([&](const event::Rows& rows) -> Status {
    texts.push_back(rows.batch.rows == nullptr ? "truncate" : rows.batch.rows->ToString());
    return {};
  });
  EXPECT_THAT(status, IsOk());
  return texts;
}

TEST(HeldRows, CountsTheRowsOfTheStream) {
  HeldRows held;
  held.add(rows_of({1, 2, 3}));
  held.add(rows_of({4}, true));

  EXPECT_EQ(held.row_count(), 3);
  EXPECT_GT(held.bytes_in_memory(), 0U);

  held.clear();
  EXPECT_EQ(held.row_count(), 0);
  EXPECT_EQ(held.bytes_in_memory(), 0U);
  EXPECT_THAT(drained(held), ElementsAre());
}

TEST(HeldRows, ComeBackFromDiskAsTheyWereAndInOrder) {
  const event::Rows first = rows_of({1, 2, 3});
  const event::Rows second = rows_of({});
  const event::Rows third = rows_of({4, 5});
  HeldRows held;
  held.add(first);
  held.add(second);
  ASSERT_THAT(held.spill(), IsOk());
  EXPECT_EQ(held.bytes_in_memory(), 0U);
  Batch truncate;
  truncate.operation = Operation::Truncate;
  held.add({.batch = truncate});
  held.add(third);
  ASSERT_THAT(held.spill(), IsOk());
  held.add(first);  // Stays in memory.

  const std::vector<std::string> texts = drained(held);

  EXPECT_THAT(texts,
              ElementsAre(first.batch.rows->ToString(), second.batch.rows->ToString(), "truncate",
                          third.batch.rows->ToString(), first.batch.rows->ToString()));
  EXPECT_EQ(held.row_count(), 0);
}

TEST(HeldRows, ASlicesRowsOfBothKindsKeepWhatTheyAre) {
  HeldRows held;
  held.add(rows_of({1}, true));
  ASSERT_THAT(held.spill(), IsOk());

  ASSERT_THAT(held.drain([](const event::Rows& rows) -> Status {
    EXPECT_TRUE(rows.rejected);
    EXPECT_EQ(rows.batch.schema->name, "events");
    return {};
  }),
              IsOk());
}

TEST(HeldRows, EndAtTheFirstErrorOfTheTaker) {
  HeldRows held;
  held.add(rows_of({1}));
  held.add(rows_of({2}));
  int taken = 0;

  EXPECT_THAT(held.drain([&](const event::Rows&) -> Status {
    ++taken;
    return Error{.code = ErrorCode::System, .message = "disk is full"};
  }),
              IsError(ErrorCode::System));
  EXPECT_EQ(taken, 1);
}

}  // namespace
}  // namespace tendril
