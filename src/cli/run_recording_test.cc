#include "cli/run_recording.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "state/sqlite_run_store.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using testing::HasSubstr;

TEST(DestinationNames, HaveFullPathsAndNoSecrets) {
  const std::string here = std::filesystem::current_path().string();
  EXPECT_EQ(destination_name("duckdb:w.duckdb"), "duckdb:" + here + "/w.duckdb");
  EXPECT_EQ(destination_name("duckdb:./a/../w.duckdb?schema=x"),
            "duckdb:" + here + "/w.duckdb?schema=x");
  EXPECT_EQ(destination_name("duckdb:/abs/w.duckdb"), "duckdb:/abs/w.duckdb");
  EXPECT_EQ(destination_name("null:"), "null:");
  EXPECT_EQ(destination_name("postgres://me:pw@host/db"), "postgres://me@host/db");
}

class RunNames : public testing::Test {
 protected:
  void SetUp() override {
    auto store = open_sqlite_run_store(folder_ / "runs.db");
    ASSERT_THAT(store, IsOk());
    store_ = std::move(store).value();
    for (const char* id :
         {"20240101-000000-aaaa", "20240101-000000-bbbb", "20240102-000000-aacc"}) {
      const RunRecord run{.id = id, .connection = id, .destination = "d"};
      ASSERT_THAT(store_->begin(run, OnLiveRun::Refuse), IsOk());
    }
  }

  std::string found(const std::string& text) const {
    const auto run = find_run(*store_, text);
    return run.ok() ? run->id : run.error().message;
  }

  const TemporaryFolder folder_;
  std::unique_ptr<RunStore> store_;
};

TEST_F(RunNames, MeanOneRun) {
  EXPECT_EQ(found("20240101-000000-aaaa"), "20240101-000000-aaaa");
  EXPECT_EQ(found("bbbb"), "20240101-000000-bbbb");
  EXPECT_EQ(found("20240102"), "20240102-000000-aacc");
  EXPECT_EQ(found("last"), "20240102-000000-aacc");
}

TEST_F(RunNames, ThatMeanNoneOrSeveralAreRefused) {
  EXPECT_THAT(found("20240101"), HasSubstr("several runs"));
  EXPECT_THAT(found("zzzz"), HasSubstr("there is no run zzzz"));
}

}  // namespace
}  // namespace tendril
