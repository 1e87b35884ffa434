#include "manifest/window.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Instant at(const char* text) { return parse_datetime(text).value().instant; }

std::vector<std::string> texts(WindowPlan plan) {
  std::vector<std::string> result;
  Windows windows(plan);
  while (const auto window = windows.next()) {
    result.push_back(to_iso(window->start) + " " + to_iso(window->end));
  }
  return result;
}

TEST(Windows, AreOneWithoutAStep) {
  EXPECT_THAT(texts({.start = at("2024-01-01"), .end = at("2024-02-01")}),
              ElementsAre("2024-01-01T00:00:00Z 2024-02-01T00:00:00Z"));
}

TEST(Windows, TileTheSpanAndClampTheLast) {
  EXPECT_THAT(texts({.start = at("2024-01-01"),
                     .end = at("2024-01-03T12:00:00Z"),
                     .step = Duration{0, std::chrono::hours(24)},
                     .granularity = std::chrono::seconds(1)}),
              ElementsAre("2024-01-01T00:00:00Z 2024-01-01T23:59:59Z",
                          "2024-01-02T00:00:00Z 2024-01-02T23:59:59Z",
                          "2024-01-03T00:00:00Z 2024-01-03T12:00:00Z"));
}

TEST(Windows, EndWithTheSpanWhenTheStepsFit) {
  EXPECT_THAT(texts({.start = at("2024-01-01"),
                     .end = at("2024-01-03"),
                     .step = Duration{0, std::chrono::hours(24)},
                     .granularity = std::chrono::hours(24)}),
              ElementsAre("2024-01-01T00:00:00Z 2024-01-01T00:00:00Z",
                          "2024-01-02T00:00:00Z 2024-01-03T00:00:00Z"));
}

TEST(Windows, StepByCalendarMonths) {
  EXPECT_THAT(texts({.start = at("2024-01-31"),
                     .end = at("2024-04-01"),
                     .step = Duration{1, Micros(0)},
                     .granularity = std::chrono::hours(24)}),
              ElementsAre("2024-01-31T00:00:00Z 2024-02-28T00:00:00Z",
                          "2024-02-29T00:00:00Z 2024-03-28T00:00:00Z",
                          "2024-03-29T00:00:00Z 2024-04-01T00:00:00Z"));
}

TEST(Windows, ReadASinglePointOnlyWhereItIsAUnit) {
  const Instant point = at("2024-01-01");

  EXPECT_THAT(texts({.start = point, .end = point, .granularity = std::chrono::seconds(1)}),
              ElementsAre("2024-01-01T00:00:00Z 2024-01-01T00:00:00Z"));
  EXPECT_THAT(texts({.start = point, .end = point}), IsEmpty());
  EXPECT_THAT(texts({.start = point,
                     .end = point,
                     .granularity = std::chrono::seconds(1),
                     .strictly_increasing = true}),
              IsEmpty());
}

TEST(Windows, AreNoneForASpanThatEndsBeforeItStarts) {
  EXPECT_THAT(texts({.start = at("2024-02-01"), .end = at("2024-01-01")}), IsEmpty());
}

TEST(Windows, LeaveNoUnitOutAndReadNoneTwice) {
  const Micros unit = std::chrono::seconds(1);
  const WindowPlan plan{.start = at("2023-12-31T23:00:00Z"),
                        .end = at("2024-03-01T00:00:07Z"),
                        .step = Duration{0, std::chrono::hours(7) + std::chrono::minutes(3)},
                        .granularity = unit};
  Windows windows(plan);

  Instant next = plan.start;
  while (const auto window = windows.next()) {
    ASSERT_EQ(window->start, next);
    ASSERT_LE(window->start, window->end);
    next = window->end + unit;
  }
  EXPECT_EQ(next, plan.end + unit);
}

}  // namespace
}  // namespace tendril
