// A sync that is killed or interrupted at any moment goes on where it had stopped, and ends with
// exactly the rows of an undisturbed one.
#include <csignal>

#include <gmock/gmock.h>

#include "github_sandbox.h"

namespace tendril {
namespace {

using testing::HasSubstr;

constexpr int kIssues = 1500;
const std::string kStreams = "issues,comments,labels";
const std::vector<std::string> kManyCommits = {"--commit-rows", "300",           "--log-level",
                                               "debug",         "--concurrency", "2"};
constexpr std::string_view kCommitted = "rows were committed";

// The sandbox, and what an undisturbed sync of it lands.
class CrashTest : public GithubSandbox {
 protected:
  void SetUp() override {
    GithubSandbox::SetUp();
    serve(kIssues);
    const Ended calm = sync("calm.duckdb", kStreams);
    ASSERT_EQ(calm.status, 0) << calm.messages;
    undisturbed_ = hashes("calm.duckdb");
    ASSERT_GT(undisturbed_.at("issues").size(), 1000);
  }

  // Sends `signal` to a sync once it has committed `commits` times.
  Ended disturb(int signal, int commits) const {
    ChildProcess process(sync_arguments("w.duckdb", kStreams, kManyCommits));
    const bool came = commits == 0 ? process.wait_for_message("sync started")
                                   : process.wait_for_message(kCommitted, commits);
    EXPECT_TRUE(came) << "ended before commit " << commits;
    process.signal(signal);
    return process.wait();
  }

  std::map<std::string, std::map<std::string, std::string>> undisturbed_;
};

class KilledAfterCommits : public CrashTest, public testing::WithParamInterface<int> {};

TEST_P(KilledAfterCommits, EndsWithTheRowsOfAnUndisturbedRun) {
  EXPECT_EQ(disturb(SIGKILL, GetParam()).signal, SIGKILL);

  const Ended second = sync("w.duckdb", kStreams);

  ASSERT_EQ(second.status, 0) << second.messages;
  EXPECT_EQ(hashes("w.duckdb"), undisturbed_);
}

INSTANTIATE_TEST_SUITE_P(Moments, KilledAfterCommits, testing::Values(0, 1, 2, 4, 6));

TEST_F(CrashTest, AKilledRunIsNotReadAgainFromTheStart) {
  ASSERT_EQ(disturb(SIGKILL, 4).signal, SIGKILL);

  const Value report = report_of(sync("w.duckdb", kStreams));

  const std::int64_t again =
      reported(report, "issues", "rows_read") + reported(report, "comments", "rows_read");
  const auto all = undisturbed_.at("issues").size() + undisturbed_.at("comments").size();
  EXPECT_LT(again, static_cast<std::int64_t>(all) - 500);
}

TEST_F(CrashTest, ManyKillsInARowStillEndWell) {
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(disturb(SIGKILL, 1).signal, SIGKILL);
  }

  const Ended last = sync("w.duckdb", kStreams);

  ASSERT_EQ(last.status, 0) << last.messages;
  EXPECT_EQ(hashes("w.duckdb"), undisturbed_);
}

TEST_F(CrashTest, AnInterruptKeepsWhatWasCommitted) {
  const Ended interrupted = disturb(SIGINT, 2);

  EXPECT_EQ(interrupted.status, 130);
  EXPECT_THAT(interrupted.messages, HasSubstr("rows are kept, the next run goes on from there"));
  std::size_t kept = 0;
  for (const auto& [table, rows] : hashes("w.duckdb")) {
    kept += rows.size();
  }
  EXPECT_GE(kept, 600);

  const Ended second = sync("w.duckdb", kStreams);
  ASSERT_EQ(second.status, 0) << second.messages;
  EXPECT_EQ(hashes("w.duckdb"), undisturbed_);
}

TEST_F(CrashTest, ATerminationEndsWithItsOwnStatus) { EXPECT_EQ(disturb(SIGTERM, 1).status, 143); }

}  // namespace
}  // namespace tendril
