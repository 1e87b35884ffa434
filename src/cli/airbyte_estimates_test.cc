#include "cli/airbyte_estimates.h"

#include <gmock/gmock.h>

namespace tendril {
namespace {

TEST(AirbyteEstimates, TakeTheRestForLikeWhatWasRead) {
  const StreamProgress stream{.stream = "s",
                              .rows_read = 300,
                              .bytes_read = 6000,
                              .slices_done = 3,
                              .slices_planned = 12,
                              .all_slices_planned = true};

  EXPECT_EQ(estimate_of(stream), (StreamEstimate{.rows = 1200, .bytes = 24'000}));
}

TEST(AirbyteEstimates, AreNotMadeUp) {
  EXPECT_EQ(estimate_of({.stream = "s", .slices_done = 3, .slices_planned = 12}), std::nullopt);
  EXPECT_EQ(estimate_of({.stream = "s", .slices_planned = 12, .all_slices_planned = true}),
            std::nullopt);
  EXPECT_EQ(estimate_of({.stream = "s",
                         .rows_read = 5,
                         .slices_done = 1,
                         .slices_planned = 1,
                         .all_slices_planned = true}),
            std::nullopt);
}

}  // namespace
}  // namespace tendril
