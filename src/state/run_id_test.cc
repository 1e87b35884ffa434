#include "state/run_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tendril {
namespace {

TEST(RunIds, SayWhenTheRunBegan) {
  const Instant noon = parse_datetime("2024-01-02T12:00:00Z").value().instant;
  EXPECT_THAT(make_run_id(noon, 1), testing::MatchesRegex("20240102-120000-[0-9a-z]{4}"));
}

TEST(RunIds, SortByTime) {
  const Instant noon = parse_datetime("2024-01-02T12:00:00Z").value().instant;
  EXPECT_LT(make_run_id(noon, 9), make_run_id(noon + std::chrono::seconds(1), 3));
}

TEST(RunIds, OfOneMomentDiffer) {
  const Instant noon = parse_datetime("2024-01-02T12:00:00Z").value().instant;
  EXPECT_NE(make_run_id(noon, 1), make_run_id(noon, 2));
}

}  // namespace
}  // namespace tendril
