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

WindowPlan span(const char* lower, const char* upper, bool upper_is_end = true) {
  return {.start = at(lower), .lower = at(lower), .upper = at(upper), .upper_is_end = upper_is_end};
}

std::vector<std::string> texts(const WindowPlan& plan, const WindowRules& rules = {}) {
  std::vector<std::string> result;
  Windows windows(rules, plan);
  while (const auto window = windows.next()) {
    result.push_back(to_iso(window->start) + " " + to_iso(window->end));
  }
  return result;
}

constexpr Micros kSecond = std::chrono::seconds(1);
constexpr Micros kDay = std::chrono::hours(24);

TEST(Windows, AreOneWithoutAStep) {
  EXPECT_THAT(texts(span("2024-01-01", "2024-02-01")),
              ElementsAre("2024-01-01T00:00:00Z 2024-02-01T00:00:00Z"));
}

TEST(Windows, TileTheSpanAndClampTheLast) {
  EXPECT_THAT(texts(span("2024-01-01", "2024-01-03T12:00:00Z"),
                    {.step = Duration{0, kDay}, .granularity = kSecond}),
              ElementsAre("2024-01-01T00:00:00Z 2024-01-01T23:59:59Z",
                          "2024-01-02T00:00:00Z 2024-01-02T23:59:59Z",
                          "2024-01-03T00:00:00Z 2024-01-03T12:00:00Z"));
}

TEST(Windows, EndWithTheSpanWhenTheStepsFit) {
  EXPECT_THAT(
      texts(span("2024-01-01", "2024-01-03"), {.step = Duration{0, kDay}, .granularity = kDay}),
      ElementsAre("2024-01-01T00:00:00Z 2024-01-01T00:00:00Z",
                  "2024-01-02T00:00:00Z 2024-01-03T00:00:00Z"));
}

TEST(Windows, EndBeforeWhatWasReadBefore) {
  EXPECT_THAT(texts(span("2024-01-01", "2024-01-03", false),
                    {.step = Duration{0, kDay}, .granularity = kSecond}),
              ElementsAre("2024-01-01T00:00:00Z 2024-01-01T23:59:59Z",
                          "2024-01-02T00:00:00Z 2024-01-02T23:59:59Z"));
  EXPECT_THAT(texts(span("2024-01-01", "2024-01-01", false), {.granularity = kSecond}), IsEmpty());
}

TEST(Windows, StepByCalendarMonths) {
  EXPECT_THAT(texts(span("2024-01-31", "2024-04-01"),
                    {.step = Duration{1, Micros(0)}, .granularity = kDay}),
              ElementsAre("2024-01-31T00:00:00Z 2024-02-28T00:00:00Z",
                          "2024-02-29T00:00:00Z 2024-03-28T00:00:00Z",
                          "2024-03-29T00:00:00Z 2024-04-01T00:00:00Z"));
}

TEST(Windows, ReadASinglePointOnlyWhereItIsAUnit) {
  const WindowPlan point = span("2024-01-01", "2024-01-01");

  EXPECT_THAT(texts(point, {.granularity = kSecond}),
              ElementsAre("2024-01-01T00:00:00Z 2024-01-01T00:00:00Z"));
  EXPECT_THAT(texts(point), IsEmpty());
  EXPECT_THAT(texts(point, {.granularity = kSecond, .strictly_increasing = true}), IsEmpty());
}

TEST(Windows, AreNoneForASpanThatEndsBeforeItStarts) {
  EXPECT_THAT(texts(span("2024-02-01", "2024-01-01")), IsEmpty());
}

TEST(Windows, DoNotStartBeforeTheRunDoes) {
  WindowPlan plan = span("2024-01-01", "2024-02-01");
  plan.start = at("2024-01-10");

  EXPECT_THAT(texts(plan), ElementsAre("2024-01-10T00:00:00Z 2024-02-01T00:00:00Z"));
}

// What the reference's cursor yields for the same spans.
TEST(Windows, MoveToTheBordersOfPeriods) {
  const Clamping months{Clamping::Period::Month};
  EXPECT_THAT(texts(span("2024-01-10", "2024-03-31"),
                    {.step = Duration{1, Micros(0)}, .granularity = kDay, .clamping = months}),
              ElementsAre("2024-02-01T00:00:00Z 2024-02-29T00:00:00Z",
                          "2024-03-01T00:00:00Z 2024-03-31T00:00:00Z"));
  const Clamping weeks{Clamping::Period::Week, 0};
  EXPECT_THAT(texts(span("2024-01-03", "2024-01-21"),
                    {.step = Duration{0, 7 * kDay}, .granularity = kDay, .clamping = weeks}),
              ElementsAre("2024-01-08T00:00:00Z 2024-01-14T00:00:00Z",
                          "2024-01-15T00:00:00Z 2024-01-21T00:00:00Z"));
}

TEST(Windows, LeaveNoUnitOutAndReadNoneTwice) {
  const WindowPlan plan = span("2023-12-31T23:00:00Z", "2024-03-01T00:00:07Z");
  Windows windows({.step = Duration{0, std::chrono::hours(7) + std::chrono::minutes(3)},
                   .granularity = kSecond},
                  plan);

  Instant next = plan.lower;
  while (const auto window = windows.next()) {
    ASSERT_EQ(window->start, next);
    ASSERT_LE(window->start, window->end);
    next = window->end + kSecond;
  }
  EXPECT_EQ(next, plan.upper + kSecond);
}

TEST(Clamp, MovesToTheBordersOfDaysWeeksAndMonths) {
  const Clamping days{Clamping::Period::Day};
  const Clamping wednesdays{Clamping::Period::Week, 2};
  const Clamping months{Clamping::Period::Month};
  const Instant time = at("2024-01-10T05:00:00Z");  // A Wednesday.

  EXPECT_EQ(days.floor(time), at("2024-01-10"));
  EXPECT_EQ(days.ceiling(time), at("2024-01-11"));
  EXPECT_EQ(days.ceiling(at("2024-01-10")), at("2024-01-10"));
  EXPECT_EQ(wednesdays.floor(time), at("2024-01-10"));
  EXPECT_EQ(wednesdays.ceiling(time), at("2024-01-10"));
  EXPECT_EQ(wednesdays.floor(at("2024-01-09")), at("2024-01-03"));
  EXPECT_EQ(wednesdays.ceiling(at("2024-01-11")), at("2024-01-17"));
  EXPECT_EQ(months.floor(time), at("2024-01-01"));
  EXPECT_EQ(months.ceiling(time), at("2024-02-01"));
  EXPECT_EQ(months.ceiling(at("2023-12-02")), at("2024-01-01"));
  EXPECT_EQ(months.ceiling(at("2024-01-01T05:00:00Z")), at("2024-01-01"));
  EXPECT_EQ(days.floor(at("1969-12-31T23:00:00Z")), at("1969-12-31"));
}

}  // namespace
}  // namespace tendril
