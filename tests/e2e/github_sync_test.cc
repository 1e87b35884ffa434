// The GitHub connector against its sandbox: everything lands as the sandbox knows it, and later
// syncs read what changed.
#include <gmock/gmock.h>

#include "github_sandbox.h"

namespace tendril {
namespace {

using GithubSync = GithubSandbox;
using testing::HasSubstr;
using testing::Le;

constexpr int kIssues = 600;

TEST_F(GithubSync, LandsWhatTheSandboxKnows) {
  serve(kIssues);

  const Ended ended = sync("all.duckdb",
                           "issues,comments,labels,milestones,releases,users,repositories,"
                           "pull_requests,review_comments,commits");

  ASSERT_EQ(ended.status, 0) << ended.messages;
  const Warehouse data = warehouse("all.duckdb");
  EXPECT_EQ(difference(data, "issues", "issue", "id"), "");
  EXPECT_EQ(difference(data, "comments", "issue_comment", "id"), "");
  EXPECT_EQ(difference(data, "labels", "label", "id"), "");
  EXPECT_EQ(difference(data, "milestones", "milestone", "id"), "");
  EXPECT_EQ(difference(data, "releases", "release", "id"), "");
  EXPECT_EQ(difference(data, "pull_requests", "pull", "id"), "");
  EXPECT_EQ(difference(data, "review_comments", "review_comment", "id"), "");
  EXPECT_EQ(difference(data, "repositories", "repository", "id"), "");
  EXPECT_EQ(difference(data, "commits", "commit", "sha"), "");
}

// The newest row of each repository stands on the boundary of `since` and is read again.
constexpr int kRepositories = 6;

TEST_F(GithubSync, ReadsOnlyWhatChanged) {
  serve(kIssues);
  ASSERT_EQ(sync("w.duckdb", "issues,comments").status, 0);
  const auto before = hashes("w.duckdb");
  mutate("update", 10, "issue");
  mutate("insert", 5, "issue");
  mutate("insert", 3, "issue_comment");

  const Ended second = sync("w.duckdb", "issues,comments");

  ASSERT_EQ(second.status, 0) << second.messages;
  const Value report = report_of(second);
  EXPECT_THAT(reported(report, "issues", "rows_read"), Le(10 + 5 + 3 + kRepositories));
  EXPECT_THAT(reported(report, "comments", "rows_read"), Le(3 + kRepositories));
  EXPECT_NE(hashes("w.duckdb"), before);
  EXPECT_EQ(difference(warehouse("w.duckdb"), "issues", "issue", "id"), "");
  EXPECT_EQ(difference(warehouse("w.duckdb"), "comments", "issue_comment", "id"), "");
}

TEST_F(GithubSync, ReadsNothingNewWhenNothingChanged) {
  serve(kIssues);
  ASSERT_EQ(sync("w.duckdb", "issues").status, 0);
  const auto before = hashes("w.duckdb");

  const Ended second = sync("w.duckdb", "issues");

  ASSERT_EQ(second.status, 0) << second.messages;
  EXPECT_THAT(reported(report_of(second), "issues", "rows_read"), Le(kRepositories));
  EXPECT_EQ(hashes("w.duckdb"), before);
}

TEST_F(GithubSync, MarksWhatIsGoneFromStreamsThatAreReadWhole) {
  serve(kIssues);
  ASSERT_EQ(sync("w.duckdb", "labels").status, 0);
  const std::int64_t before = warehouse("w.duckdb").count("labels");
  ASSERT_EQ(mutate("delete", 2, "label").size(), 2);

  const Ended second = sync("w.duckdb", "labels");

  ASSERT_EQ(second.status, 0) << second.messages;
  EXPECT_EQ(warehouse("w.duckdb").count("labels"), before - 2);
  EXPECT_EQ(reported(report_of(second), "labels", "rows_deleted"), 2);
  EXPECT_EQ(difference(warehouse("w.duckdb"), "labels", "label", "id"), "");
}

TEST_F(GithubSync, FullRefreshReadsEverythingAgain) {
  serve(kIssues);
  ASSERT_EQ(sync("w.duckdb", "issues").status, 0);
  const auto before = hashes("w.duckdb");

  const Ended second = sync("w.duckdb", "issues", {"--full-refresh"});

  ASSERT_EQ(second.status, 0) << second.messages;
  EXPECT_EQ(reported(report_of(second), "issues", "rows_read"),
            warehouse("w.duckdb").count("issues"));
  EXPECT_EQ(hashes("w.duckdb"), before);
}

TEST_F(GithubSync, RefusesAWrongTokenInOneLineAndKeepsTheData) {
  serve(kIssues);
  ASSERT_EQ(sync("w.duckdb", "issues").status, 0);
  const auto before = hashes("w.duckdb");

  const Ended ended =
      run_tendril({"sync", "github", "--config", folder_ / "github.json", "--to",
                   "duckdb:" + (folder_ / "w.duckdb").string(), "--set", "access_token=ghp_wrong"});

  EXPECT_EQ(ended.status, 1);
  ASSERT_EQ(ended.errors().size(), 1) << ended.messages;
  EXPECT_THAT(ended.errors()[0], HasSubstr("refused access_token"));
  EXPECT_EQ(ended.messages.find("ghp_wrong"), std::string::npos);
  EXPECT_EQ(hashes("w.duckdb"), before);
}

}  // namespace
}  // namespace tendril
