#include "cli/run_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr Instant kStart = instant_from_micros(1'704'164'645'000'000);

RunDetails lost_run() {
  RunDetails details;
  details.run = {.id = "20240102-030405-7k2m",
                 .connection = "shop",
                 .source = "shop",
                 .destination = "duckdb:/w.duckdb",
                 .arguments = {"sync", "shop"},
                 .state = RunState::Lost,
                 .reason = "process 7 ended without a word after 1200 rows",
                 .epoch = 3,
                 .started = kStart,
                 .ended = kStart + std::chrono::seconds(90),
                 .holder = {.host = "here", .pid = 7},
                 .progressed = kStart,
                 .counts = {.rows_read = 1500, .rows_committed = 1200, .requests = 9}};
  details.streams = {{.stream = "items",
                      .state = "reading",
                      .rows_read = 1500,
                      .slices_done = 1,
                      .slices_planned = 4}};
  details.slices = {{.stream = "items", .slice = "calm"},
                    {.stream = "items", .slice = "torn", .attempts = 3, .error = "reset by peer"}};
  details.events = {{.at = kStart, .what = "began"}};
  return details;
}

TEST(RunTexts, SayAllThatIsWorthKnowing) {
  const std::string text = run_text(lost_run(), kStart);

  EXPECT_THAT(text, AllOf(HasSubstr("20240102-030405-7k2m"), HasSubstr("lost: process 7"),
                          HasSubstr("1,500 rows read, 1,200 committed"), HasSubstr("1m30s"),
                          HasSubstr("items torn"), HasSubstr("reset by peer"),
                          HasSubstr("2024-01-02T03:04:05Z  began"),
                          HasSubstr("'tendril runs retry 20240102-030405-7k2m'")));
  EXPECT_THAT(text, Not(HasSubstr("calm")));
}

TEST(RunTexts, ShowTheFirstRejectedRowOfEachKind) {
  RunDetails details = lost_run();
  details.run.report =
      R"({"streams":[{"stream":"items","rejected":[{"rows":4,"position":"page 3, record 17",)"
      R"("reason":"id is no number: x"}],"error":{"message":"too many"}}]})";

  EXPECT_THAT(
      run_text(details, kStart),
      AllOf(HasSubstr("items rejected 4 rows, the first at page 3, record 17: id is no number: x"),
            HasSubstr("items failed: too many")));
}

TEST(RunTexts, OfARunThatHeldASecretDoNotPromiseARetry) {
  RunDetails details = lost_run();
  details.run.arguments.clear();

  EXPECT_THAT(run_text(details, kStart), Not(HasSubstr("runs retry")));
}

TEST(RunTexts, AreJsonForPrograms) {
  const Value json = run_json(lost_run());

  EXPECT_EQ(*json.find("state"), Value("lost"));
  EXPECT_EQ(*json.find("ended"), Value("2024-01-02T03:05:35Z"));
  EXPECT_EQ(*find_pointer(json, "/streams/0/rows_read"), Value(1500));
  EXPECT_EQ(*find_pointer(json, "/slices/1/attempts"), Value(3));
  EXPECT_TRUE(json.find("report")->is_null());
}

TEST(RunTexts, ListOneRunALine) {
  const std::vector<RunRecord> runs = {lost_run().run};

  EXPECT_THAT(runs_table(runs, kStart),
              AllOf(HasSubstr("shop"), HasSubstr("lost"), HasSubstr("process 7 ended")));
}

}  // namespace
}  // namespace tendril
