#include "bridges/airbyte/piped_process.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <unistd.h>

#include <gmock/gmock.h>

#include "core/clock.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LineSink final : public LogSink {
 public:
  void line(LogLevel, std::string_view text) override { text_ += std::string(text) + '\n'; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

class PipedProcessTest : public ::testing::Test {
 protected:
  std::unique_ptr<PipedProcess> shell(std::string script, ProcessOptions options = {}) {
    options.command = {"/bin/sh", "-c", std::move(script)};
    return PipedProcess::start(std::move(options), log_).value();
  }

  static std::vector<std::string> lines_of(PipedProcess& process) {
    std::vector<std::string> lines;
    while (auto line = process.next_line({}).value()) {
      lines.push_back(*line);
    }
    return lines;
  }

  // A zombie that waits for whoever adopted it runs no longer.
  static bool runs(const std::string& process) {
    std::ifstream status("/proc/" + process + "/stat");
    std::string line;
    return std::getline(status, line) && line.find(") Z") == std::string::npos;
  }

  const std::unique_ptr<Clock> clock_ = system_clock();
  Redactor redactor_;
  LineSink sink_;
  Log log_{LogLevel::Info, LogFormat::Text, *clock_, redactor_, sink_};
};

TEST_F(PipedProcessTest, YieldsLineByLine) {
  const auto process = shell("printf 'a\\n\\nb\\nlast'");

  EXPECT_THAT(lines_of(*process), ElementsAre("a", "", "b", "last"));
  EXPECT_EQ(process->wait(), 0);
}

TEST_F(PipedProcessTest, KeepsLongLinesWhole) {
  const auto process = shell("head -c 300000 /dev/zero | tr '\\0' x; echo; echo y");

  EXPECT_THAT(lines_of(*process), ElementsAre(std::string(300'000, 'x'), "y"));
}

TEST_F(PipedProcessTest, TellsHowItEnded) {
  EXPECT_EQ(shell("exit 3")->wait(), 3);
  EXPECT_EQ(shell("kill -9 $$")->wait(), 128 + SIGKILL);
}

TEST_F(PipedProcessTest, IsToldItsEnvironment) {
  ::setenv("TENDRIL_TEST_KEPT", "kept", 1);  // NOLINT(concurrency-mt-unsafe): one thread yet.
  const auto process = shell("echo $TENDRIL_TEST_KEPT $TENDRIL_TEST_SET",
                             {.environment = {{"TENDRIL_TEST_SET", "set"}}});

  EXPECT_THAT(lines_of(*process), ElementsAre("kept set"));
}

TEST_F(PipedProcessTest, HasNoShellOfItsOwn) {
  const auto process =
      PipedProcess::start({.command = {"/bin/echo", "$HOME; ls", "*"}}, log_).value();

  EXPECT_THAT(lines_of(*process), ElementsAre("$HOME; ls *"));
}

TEST_F(PipedProcessTest, ForwardsItsMessagesToTheLog) {
  auto process = shell("echo first >&2; printf second >&2");
  lines_of(*process);
  process->wait();
  process.reset();  // By then all have come.

  EXPECT_THAT(sink_.text(), HasSubstr("text=first"));
  EXPECT_THAT(sink_.text(), HasSubstr("text=second"));
}

TEST_F(PipedProcessTest, MayNotExist) {
  EXPECT_THAT(PipedProcess::start({.command = {"/no/such/program"}}, log_),
              IsError(ErrorCode::NotFound, HasSubstr("/no/such/program")));
}

TEST_F(PipedProcessTest, StopsWhenAsked) {
  const auto process = shell("sleep 600");
  std::stop_source stop;
  stop.request_stop();

  EXPECT_THAT(process->next_line(stop.get_token()), IsError(ErrorCode::Cancelled));
}

TEST_F(PipedProcessTest, CountsAsStuckWhenItIsSilent) {
  const auto process = shell("sleep 600", {.silence_max = std::chrono::milliseconds(1)});

  EXPECT_THAT(process->next_line({}),
              IsError(ErrorCode::Unavailable, HasSubstr("has said nothing for 1 ms")));
}

TEST_F(PipedProcessTest, RefusesALineWithoutEnd) {
  const auto process = shell("cat /dev/zero", {.line_bytes_max = 1000});

  EXPECT_THAT(process->next_line({}), IsError(ErrorCode::BadData, HasSubstr("longer than 1000")));
}

TEST_F(PipedProcessTest, EndsWithAllThatItStarted) {
  auto process = shell("sleep 600 & echo $!; wait");
  const std::string child = process->next_line({}).value().value();

  process.reset();

  // A killed process takes a moment to go.
  for (int look = 0; look < 3'000 && runs(child); ++look) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_FALSE(runs(child));
}

TEST_F(PipedProcessTest, EndsThoughItRefusesTo) {
  auto process = shell("trap '' TERM; echo ready; while :; do sleep 1; done");
  EXPECT_THAT(process->next_line({}), IsOkAndHolds(::testing::Optional(std::string("ready"))));

  process.reset();  // Returns.
}

}  // namespace
}  // namespace tendril
