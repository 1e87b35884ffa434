#include "cli/process_calendar.h"

#include <optional>
#include <string>

#include <gmock/gmock.h>

#include "data/instant.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;

EnvironmentLookup environment_with(std::optional<std::string> now) {
  return [now](const std::string& name) {
    return name == "TENDRIL_NOW" ? now : std::optional<std::string>();
  };
}

TEST(ProcessCalendar, StandsWhereItIsTold) {
  const auto clock = process_calendar(environment_with("2024-01-02T03:04:05.678Z"));

  ASSERT_THAT(clock, IsOk());
  EXPECT_EQ(to_iso((*clock)->now()), "2024-01-02T03:04:05.678Z");
  EXPECT_TRUE((*clock)->sleep(std::chrono::milliseconds(1), {}));
  EXPECT_EQ(to_iso((*clock)->now()), "2024-01-02T03:04:05.678Z");
}

TEST(ProcessCalendar, KeepsRealTimeForWaits) {
  const auto clock = process_calendar(environment_with("2024-01-02"));
  ASSERT_THAT(clock, IsOk());
  const Clock::Monotonic before = (*clock)->monotonic();

  EXPECT_TRUE((*clock)->sleep(std::chrono::milliseconds(2), {}));

  EXPECT_GT((*clock)->monotonic(), before);
}

TEST(ProcessCalendar, IsTheMachinesWhenNothingIsSaid) {
  const Clock::Wall before = system_clock()->now();

  const auto unset = process_calendar(environment_with(std::nullopt));
  const auto empty = process_calendar(environment_with(""));

  ASSERT_THAT(unset, IsOk());
  ASSERT_THAT(empty, IsOk());
  EXPECT_GE((*unset)->now(), before);
  EXPECT_GE((*empty)->now(), before);
}

TEST(ProcessCalendar, RefusesWhatIsNoInstant) {
  EXPECT_THAT(process_calendar(environment_with("yesterday")),
              IsError(ErrorCode::InvalidConfig, HasSubstr("TENDRIL_NOW is not an instant")));
}

}  // namespace
}  // namespace tendril
