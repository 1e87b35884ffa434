#include "core/fault_point.h"

#include <csignal>
#include <set>

#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tendril {
namespace {

// Runs `body` in a process of its own and returns how that ended, as waitpid() says.
int status_of(void (*body)()) {
  const pid_t child = fork();
  if (child == 0) {
    body();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, WUNTRACED);
  if (WIFSTOPPED(status)) {
    kill(child, SIGKILL);
    int ignored = 0;
    waitpid(child, &ignored, 0);
  }
  return status;
}

TEST(FaultPointTest, KillsWhenThePointIsPassedForTheNthTime) {
  const int status = status_of([] {
    if (!arm_fault("batch-staged:2:kill").ok()) {
      _exit(1);
    }
    fault_point(FaultPoint::BatchStaged);
    fault_point(FaultPoint::CommitBegun);
    fault_point(FaultPoint::BatchStaged);
    _exit(2);
  });

  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST(FaultPointTest, DoesNothingBeforeTheNthTime) {
  const int status = status_of(
      [] { _exit(arm_fault("6:2:kill").ok() ? (fault_point(FaultPoint::BatchStaged), 7) : 1); });

  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

TEST(FaultPointTest, StopsAndExits) {
  const int stopped = status_of(
      [] { _exit(arm_fault("7:1:stop").ok() ? (fault_point(FaultPoint::CommitBegun), 7) : 1); });
  const int exited = status_of(
      [] { _exit(arm_fault("7:1:exit").ok() ? (fault_point(FaultPoint::CommitBegun), 7) : 1); });

  EXPECT_TRUE(WIFSTOPPED(stopped));
  EXPECT_TRUE(WIFEXITED(exited) && WEXITSTATUS(exited) == 70);
}

TEST(FaultPointTest, SaysWhatIsWrongWithTheText) {
  for (const char* text :
       {"x", "batch-staged", "batch-staged:1", "batch-stage:1:kill", "0:1:kill", "99:1:kill",
        "6:0:kill", "6:-1:kill", "6:x:kill", "6:1:", "6:1:burn", "6:1:kill:"}) {
    const Status armed = arm_fault(text);
    ASSERT_FALSE(armed.ok()) << text;
    EXPECT_EQ(armed.error().code, ErrorCode::InvalidConfig);
    EXPECT_THAT(armed.error().message, testing::StartsWith("TENDRIL_FAULT: "));
  }
  EXPECT_TRUE(arm_fault("").ok());
}

TEST(FaultPointTest, HasNumbersAndNamesOfItsOwn) {
  std::set<int> numbers;
  std::set<std::string_view> names;
  for (const FaultPointName& each : fault_points()) {
    EXPECT_TRUE(numbers.insert(static_cast<int>(each.point)).second);
    EXPECT_TRUE(names.insert(each.name).second);
  }
  EXPECT_EQ(*numbers.begin(), 1);
  EXPECT_EQ(*numbers.rbegin(), static_cast<int>(numbers.size()));
}

}  // namespace
}  // namespace tendril
