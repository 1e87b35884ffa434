#include "sync/rejections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

RejectedRow row(std::string reason, std::string position = "page 1") {
  return {.reason = std::move(reason), .position = std::move(position)};
}

TEST(Rejections, KeepTheFirstRowOfEachKind) {
  Rejections rejections({.rejected_max = 100}, nullptr);
  RejectionCounts counts;

  ASSERT_THAT(rejections.add(row("field 3 is missing", "page 1"), counts), IsOk());
  ASSERT_THAT(rejections.add(row("field 12 is missing", "page 2"), counts), IsOk());
  ASSERT_THAT(rejections.add(row("not an object", "page 3"), counts), IsOk());

  const std::vector<RejectedKind> kinds = rejections.kinds();
  ASSERT_THAT(kinds, SizeIs(2));
  EXPECT_EQ(kinds[0].reason, "field 3 is missing");
  EXPECT_EQ(kinds[0].position, "page 1");
  EXPECT_EQ(kinds[0].rows, 2);
  EXPECT_EQ(kinds[1].rows, 1);
  EXPECT_EQ(rejections.row_count(), 3);
}

TEST(Rejections, CountManyKindsTogether) {
  Rejections rejections({.rejected_max = 100}, nullptr);
  RejectionCounts counts;
  for (char c = 'a'; c <= 'z'; ++c) {
    ASSERT_THAT(rejections.add(row(std::string("reason ") + c), counts), IsOk());
  }

  const std::vector<RejectedKind> kinds = rejections.kinds();
  ASSERT_THAT(kinds, SizeIs(21));
  EXPECT_EQ(kinds.back().reason, "other reasons");
  EXPECT_EQ(kinds.back().rows, 6);
}

TEST(Rejections, StopAtTheFirstWhereAsked) {
  Rejections rejections({.on_error = OnRejected::Stop, .rejected_max = 100}, nullptr);
  RejectionCounts counts;

  EXPECT_THAT(rejections.add(row("broken", "page 3"), counts),
              IsError(ErrorCode::BadData, HasSubstr("on_error is stop: page 3: broken")));
}

TEST(Rejections, AreLimitedPerStreamAndPerRun) {
  RunRejections run(3);
  Rejections first({.rejected_max = 2}, &run);
  Rejections second({.rejected_max = 2}, &run);
  RejectionCounts counts;

  ASSERT_THAT(first.add(row("a"), counts), IsOk());
  ASSERT_THAT(first.add(row("a"), counts), IsOk());
  EXPECT_THAT(first.add(row("a"), counts), IsError(ErrorCode::BadData, HasSubstr("limit of 2")));
  RejectionCounts others;
  EXPECT_THAT(second.add(row("a"), others),
              IsError(ErrorCode::BadData, HasSubstr("limit of 3 for a run")));
}

TEST(Rejections, ThatAreReadAgainDoNotCountTwice) {
  RunRejections run(10);
  Rejections rejections({.rejected_max = 2}, &run);
  RejectionCounts counts;
  ASSERT_THAT(rejections.add(row("a"), counts), IsOk());
  ASSERT_THAT(rejections.add(row("b"), counts), IsOk());

  rejections.take_back(counts);

  EXPECT_THAT(counts, IsEmpty());
  EXPECT_EQ(rejections.row_count(), 0);
  EXPECT_EQ(run.rows, 0);
  EXPECT_THAT(rejections.kinds(), IsEmpty());
  EXPECT_THAT(rejections.add(row("b"), counts), IsOk());
}

}  // namespace
}  // namespace tendril
