#include "cli/progress_view.h"

#include <gmock/gmock.h>

namespace tendril {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;
using Phase = StreamProgress::Phase;

const Clock::Monotonic kStart{seconds(1000)};

StreamProgress reading(std::string name, std::int64_t rows) {
  StreamProgress stream;
  stream.stream = std::move(name);
  stream.phase = Phase::Reading;
  stream.rows_read = rows;
  return stream;
}

TEST(ProgressView, DrawsABarWhenAllSlicesArePlanned) {
  ProgressView view(false);
  StreamProgress issues = reading("issues", 1500);
  issues.slices_done = 5;
  issues.slices_planned = 10;
  issues.all_slices_planned = true;
  view.lines({reading("issues", 0)}, kStart, {});

  const auto lines = view.lines({issues}, kStart + seconds(3), {});

  ASSERT_EQ(lines.size(), 2);
  EXPECT_EQ(
      lines[0],
      "  issues  ##########..........  50 %       1,500 rows      0 B        500/s  3.00 s left");
  EXPECT_THAT(lines[1], HasSubstr("0 of 1 streams, 3.00 s"));
}

TEST(ProgressView, TurnsASpinnerWhenTheEndIsUnknown) {
  ProgressView view(false);

  const auto first = view.lines({reading("issues", 0)}, kStart, {});
  const auto second = view.lines({reading("issues", 0)}, kStart + milliseconds(100), {});

  EXPECT_THAT(first[0], HasSubstr("/ reading"));
  EXPECT_THAT(second[0], HasSubstr("- reading"));
}

TEST(ProgressView, ShowsTheRateOfTheLastSeconds) {
  ProgressView view(true);
  view.lines({reading("issues", 0)}, kStart, {});
  view.lines({reading("issues", 90'000)}, kStart + seconds(10), {});

  const auto lines = view.lines({reading("issues", 90'500)}, kStart + seconds(15), {});

  EXPECT_THAT(lines[0], HasSubstr(" 100/s"));
}

TEST(ProgressView, ShowsThoseUnderWayWhenNotAllFit) {
  ProgressView view(false);
  std::vector<StreamProgress> streams(20);
  for (std::size_t i = 0; i < streams.size(); ++i) {
    streams[i].stream = "stream" + std::to_string(i);
  }
  streams[17].phase = Phase::Reading;

  const auto lines = view.lines(streams, kStart, {.columns = 80, .rows = 8});

  ASSERT_EQ(lines.size(), 7);
  EXPECT_THAT(lines[0], HasSubstr("stream17"));
  EXPECT_EQ(lines[5], "  and 15 more");
}

TEST(ProgressView, StopsTheClockOfAStreamThatHasEnded) {
  ProgressView view(false);
  StreamProgress issues = reading("issues", 100);
  view.lines({reading("issues", 0)}, kStart, {});
  view.lines({issues}, kStart + seconds(1), {});
  issues.phase = Phase::Done;

  const auto lines = view.lines({issues}, kStart + seconds(60), {});

  EXPECT_THAT(lines[0], HasSubstr("+ done"));
  EXPECT_THAT(lines[0], HasSubstr(" 100/s"));
  EXPECT_THAT(lines[0], Not(HasSubstr("left")));
}

TEST(TimeLeft, IsUnknownBeforeTheFirstSliceEnds) {
  StreamProgress issues = reading("issues", 10);
  issues.slices_planned = 4;
  issues.all_slices_planned = true;

  EXPECT_EQ(time_left(issues, seconds(5)), std::nullopt);
}

TEST(TimeLeft, CountsSlicesAsEqualWork) {
  StreamProgress issues = reading("issues", 10);
  issues.slices_planned = 4;
  issues.slices_done = 1;
  issues.all_slices_planned = true;

  EXPECT_EQ(time_left(issues, seconds(5)), seconds(15));
}

}  // namespace
}  // namespace tendril
