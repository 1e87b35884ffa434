#include "sync/slice_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/sync_harness_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kStream = "items";

TEST(SliceBooks, TellWhatChangedOnce) {
  SliceBook book;
  const std::string slice = "a";
  book.run_opened(4);
  book.slice_started({.stream = kStream, .slice = slice});
  book.slice_retried({.stream = kStream, .slice = slice}, {.message = "reset by peer"});

  EXPECT_THAT(book.take_changes().slices, ElementsAre(SliceRecord{.stream = kStream,
                                                                  .slice = "a",
                                                                  .stage = SliceStage::Reading,
                                                                  .attempts = 2,
                                                                  .epoch = 4,
                                                                  .error = "reset by peer"}));
  EXPECT_THAT(book.take_changes().slices, IsEmpty());
}

TEST(SliceBooks, AreBoundedHoweverManySlicesThereAre) {
  SliceBook book;
  for (std::size_t i = 0; i < 3 * SliceBook::kSlicesMax; ++i) {
    const std::string slice = std::to_string(i);
    const SliceName name{.stream = kStream, .slice = slice};
    book.slice_started(name);
    book.slice_read(name, 1);
    book.slice_committed(name);
    if (i == SliceBook::kSlicesMax / 2) {
      EXPECT_THAT(book.take_changes().slices, SizeIs(i + 1));
    }
  }

  const SliceBook::Changes changes = book.take_changes();

  EXPECT_LE(changes.slices.size(), SliceBook::kSlicesMax);
  EXPECT_THAT(changes.gone, SizeIs(SliceBook::kSlicesMax / 2 + 1)) << "those that were told";
}

TEST(SliceBooks, LeaveOutWhatDoesNotFit) {
  SliceBook book;
  for (std::size_t i = 0; i < SliceBook::kSlicesMax + 10; ++i) {
    const std::string slice = std::to_string(i);
    book.slice_started({.stream = kStream, .slice = slice});
  }
  EXPECT_THAT(book.take_changes().slices, SizeIs(SliceBook::kSlicesMax));
}

class SyncWork : public testing::Test, public SyncHarness {
 protected:
  SyncWork() { options.work_observer = &book; }

  SliceBook book;
};

TEST_F(SyncWork, IsToldSliceBySlice) {
  add_stream(scripted_info("issues", false, false), 2, 3);

  ASSERT_THAT(run(), IsOk());

  EXPECT_EQ(book.epoch(), 1);
  EXPECT_THAT(book.take_changes().slices, ElementsAre(SliceRecord{.stream = "issues",
                                                                  .slice = "s0",
                                                                  .stage = SliceStage::Committed,
                                                                  .rows = 3,
                                                                  .epoch = 1},
                                                      SliceRecord{.stream = "issues",
                                                                  .slice = "s1",
                                                                  .stage = SliceStage::Committed,
                                                                  .rows = 3,
                                                                  .epoch = 1}));
}

TEST_F(SyncWork, SaysWhichSliceFailedAndWhy) {
  add_stream(scripted_info("issues", false, false), 1, 3);
  source.at = [](const ScriptedSource::Point& point) {
    return point.offset == 1 ? Status(fault(ErrorCode::BadData)) : Status();
  };

  ASSERT_THAT(run(), IsOk());

  const auto slices = book.take_changes().slices;
  ASSERT_THAT(slices, ElementsAre(Field(&SliceRecord::stage, SliceStage::Failed)));
  EXPECT_THAT(slices.front().error, testing::HasSubstr("made to fail"));
}

TEST_F(SyncWork, CountsTheAttemptsOfASlice) {
  add_stream(scripted_info("issues", false, false), 1, 3);
  int faults = 2;
  source.at = [&](const ScriptedSource::Point& point) {
    return point.offset == 1 && faults-- > 0 ? Status(fault(ErrorCode::Unavailable)) : Status();
  };

  ASSERT_THAT(run(), IsOk());

  const auto slices = book.take_changes().slices;
  ASSERT_THAT(slices, ElementsAre(Field(&SliceRecord::attempts, 3)));
  EXPECT_EQ(slices.front().rows, 3);
  EXPECT_EQ(slices.front().stage, SliceStage::Committed);
}

}  // namespace
}  // namespace tendril
