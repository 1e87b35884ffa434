// Feeds: sources that send the rows of many tables in one pass with one state.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/dry_run.h"
#include "sync/feed_fixture_test.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST_F(FeedTest, LandsManyTablesInTheOrderOfTheirOperations) {
  declare("users");
  feed.add({feed_upsert("users", {{1, "a"}, {2, "b"}}), feed_upsert("orders", {{7, "x"}}),
            feed_rows("users", Operation::Delete, {{1}}),
            feed_rows("users", Operation::Update, {{2, "c"}, {9, "nobody"}}),
            feed_upsert("users", {{1, "back"}}), feed_rows("orders", Operation::Delete, {{7}}),
            feed_checkpoint()});

  const SyncReport report = run_well();

  EXPECT_EQ(rows("users"), "1=back 2=c");
  EXPECT_EQ(rows("orders"), "");
  EXPECT_THAT(state("feed"), HasSubstr(R"("cursor":{"done":7)"));
  EXPECT_THAT(state("feed"), HasSubstr(R"("orders":{"key":["id"]})"));
  EXPECT_EQ(stored_slices("feed"), 0U);
  ASSERT_THAT(report.streams, SizeIs(2));
  EXPECT_EQ(report.streams[0].stream, "users");
  EXPECT_EQ(report.streams[0].rows_read, 6);
  EXPECT_EQ(of(report, "orders").rows_deleted, 1);
}

TEST_F(FeedTest, GoesOnFromItsState) {
  feed.add({feed_upsert("users", {{1, "a"}}), feed_checkpoint()});
  run_well();
  feed.add({feed_upsert("users", {{2, "b"}}), feed_upsert("late", {{5, "z"}}), feed_checkpoint()});

  const SyncReport second = run_well();

  EXPECT_EQ(rows("users"), "1=a 2=b");
  EXPECT_EQ(rows("late"), "5=z");
  EXPECT_THAT(feed.starts, ElementsAre(0, 2));
  EXPECT_TRUE(of(second, "users").incremental);
  EXPECT_FALSE(of(second, "users").resumed);
}

TEST_F(FeedTest, KeepsOfAFailedRunWhatItsLastCheckpointCovers) {
  feed.add({feed_upsert("users", {{1, "a"}}), feed_checkpoint(), feed_upsert("users", {{1, "b"}}),
            feed_upsert("orders", {{7, "x"}})});
  fail_at(4);

  const auto failed = run();

  ASSERT_THAT(failed, IsOk());
  EXPECT_EQ(of(*failed, "users").outcome, StreamOutcome::Failed);
  EXPECT_EQ(rows("users"), "1=a");
  EXPECT_EQ(rows("orders"), "");
  EXPECT_FALSE(store.tables.contains("orders"));

  const SyncReport second = run_well();

  EXPECT_TRUE(of(second, "users").resumed);
  EXPECT_THAT(feed.starts, ElementsAre(0, 2));
  EXPECT_EQ(rows("users"), "1=b");
  EXPECT_EQ(rows("orders"), "7=x");
  EXPECT_THAT(state("feed"), HasSubstr(R"("cursor":{"done":2)"));
}

TEST_F(FeedTest, KeepsWhatFollowsTheLastCheckpointOfAGoodRun) {
  feed.add({feed_upsert("users", {{1, "a"}})});

  run_well();

  EXPECT_EQ(rows("users"), "1=a");
  EXPECT_THAT(state("feed"), HasSubstr(R"("cursor":null)"));
}

TEST_F(FeedTest, ReadsAgainFromTheLastCheckpointWhatFailsForAMoment) {
  declare("log", false);
  feed.add({feed_rows("log", Operation::Upsert, {{1, "a"}}, {}), feed_checkpoint(),
            feed_rows("log", Operation::Upsert, {{2, "b"}}, {}), feed_checkpoint()});
  feed.at = [failed = false](std::size_t step) mutable {
    return step == 3 && !std::exchange(failed, true) ? Status(fault(ErrorCode::Unavailable))
                                                     : Status();
  };

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->all_done());
  EXPECT_EQ(rows("log"), "1=a 2=b");
  EXPECT_THAT(feed.starts, ElementsAre(0, 2));
}

TEST_F(FeedTest, ATruncationTakesWhatCameBeforeIt) {
  feed.add({feed_upsert("users", {{1, "a"}, {2, "b"}}), feed_checkpoint()});
  run_well();
  feed.add({feed_upsert("users", {{3, "c"}}), feed_truncate("users"), feed_truncate("unheard_of"),
            feed_upsert("users", {{2, "again"}}), feed_checkpoint()});

  const SyncReport report = run_well();

  EXPECT_EQ(rows("users"), "2=again");
  EXPECT_EQ(of(report, "users").rows_deleted, 3);
  EXPECT_FALSE(store.tables.contains("unheard_of"));
}

TEST_F(FeedTest, ATruncationAloneFindsTheTableOfAnEarlierRun) {
  feed.add({feed_upsert("users", {{1, "a"}}), feed_checkpoint()});
  run_well();
  feed.add({feed_truncate("users"), feed_checkpoint()});

  run_well();

  EXPECT_EQ(rows("users"), "");
}

TEST_F(FeedTest, TablesWithoutAKeyAreAppendedTo) {
  feed.add({feed_rows("log", Operation::Upsert, {{1, "a"}, {1, "a"}}, {}), feed_checkpoint(),
            feed_rows("log", Operation::Upsert, {{1, "a"}}, {}), feed_upsert("users", {{1, "u"}}),
            feed_checkpoint()});

  const SyncReport report = run_well();

  EXPECT_EQ(rows("log"), "1=a 1=a 1=a");
  EXPECT_EQ(of(report, "log").rows_written, 3);
}

TEST_F(FeedTest, AStopKeepsWhatIsCovered) {
  feed.add({feed_upsert("users", {{1, "a"}}), feed_checkpoint(), feed_upsert("users", {{2, "b"}}),
            feed_checkpoint()});
  std::stop_source stop;
  feed.at = [&](std::size_t step) {
    if (step == 3) {
      stop.request_stop();
    }
    return Status();
  };

  const auto stopped = run(stop.get_token());

  ASSERT_THAT(stopped, IsOk());
  EXPECT_TRUE(stopped->stopped);
  EXPECT_EQ(rows("users"), "1=a");
  run_well();
  EXPECT_EQ(rows("users"), "1=a 2=b");
  EXPECT_THAT(feed.starts, ElementsAre(0, 2));
}

TEST_F(FeedTest, LeavesOutTablesThatWereNotChosen) {
  declare("users");
  declare("orders");
  options.streams = {"users"};
  feed.add({feed_upsert("users", {{1, "a"}}), feed_upsert("orders", {{7, "x"}}),
            feed_upsert("other", {{8, "y"}}), feed_checkpoint()});

  const SyncReport report = run_well();

  EXPECT_EQ(rows("users"), "1=a");
  EXPECT_FALSE(store.tables.contains("orders"));
  EXPECT_THAT(report.streams, SizeIs(1));
  EXPECT_THAT(feed.requests.at(0).tables, ElementsAre("users"));

  options.streams = {};
  EXPECT_THAT(failure_of_run(), AllOf(HasSubstr("stands for some of its tables only, users"),
                                      HasSubstr("--full-refresh")));
  options.full_refresh = true;
  run_well();
  EXPECT_EQ(rows("orders"), "7=x");
  options.full_refresh = false;
  run_well();
}

TEST_F(FeedTest, RefusesAChoiceThatNobodyKnows) {
  declare("users");
  options.streams = {"user"};

  EXPECT_THAT(failure_of_run(),
              AllOf(HasSubstr("stream does not exist: user"), HasSubstr("did you mean users?")));
  EXPECT_THAT(feed.requests, IsEmpty());
}

TEST_F(FeedTest, AFeedThatKnowsItsTablesHasNoOthers) {
  declare("users");
  feed.catalog.feed->tables_may_come = false;
  feed.add({feed_upsert("orders", {{7, "x"}}), feed_checkpoint()});

  EXPECT_THAT(failure_of_run(), HasSubstr("does not name: orders"));

  options.tables["orders"] = {};
  EXPECT_THAT(failure_of_run(), HasSubstr("settings name a table that does not exist: orders"));
}

TEST_F(FeedTest, TakesTheSettingsOfEachTable) {
  declare("users");
  options.tables["users"].mode = WriteMode::History;
  options.tables["late"].mode = WriteMode::Append;
  feed.add({feed_upsert("users", {{1, "a"}}), feed_upsert("late", {{1, "x"}}), feed_checkpoint(),
            feed_upsert("users", {{1, "b"}}), feed_upsert("late", {{1, "x"}}), feed_checkpoint()});

  run_well();

  EXPECT_EQ(rows("users"), "1=b");
  EXPECT_THAT(store.tables["users"], SizeIs(2));
  EXPECT_EQ(rows("late"), "1=x 1=x");
}

TEST_F(FeedTest, HoldsTablesToTheirContracts) {
  declare("users");
  feed.add({feed_upsert("users", {{1, "a"}}), feed_checkpoint()});
  run_well();
  options.tables["users"].new_columns = ContractRule::DiscardRow;
  BatchBuilder wider({.name = "users", .columns = {}, .primary_key = {"id"}});
  wider.cell("id").append_int(2);
  wider.cell("value").append_string("b");
  wider.cell("extra").append_string("c");
  wider.end_row();
  feed.add({{.kind = FeedStep::Kind::Batch, .batch = wider.take().value()}, feed_checkpoint()});

  const SyncReport report = run_well();

  EXPECT_EQ(rows("users"), "1=a");
  EXPECT_EQ(of(report, "users").rows_rejected, 1);
  ASSERT_THAT(store.tables["_tendril_rejected"], SizeIs(1));
  EXPECT_THAT(store.tables["_tendril_rejected"][0].value, HasSubstr("column is new: extra"));
}

TEST_F(FeedTest, KeepsWhatItsSourceRejects) {
  feed.add({{.kind = FeedStep::Kind::Reject, .rejected = {.reason = "torn", .table = "users"}},
            feed_upsert("users", {{1, "a"}}),
            feed_checkpoint()});

  const SyncReport report = run_well();

  EXPECT_EQ(of(report, "feed").rows_rejected, 1);
  EXPECT_THAT(store.tables["_tendril_rejected"], SizeIs(1));
}

TEST_F(FeedTest, RefusesAKeyThatChanged) {
  feed.add({feed_upsert("users", {{1, "a"}}), feed_checkpoint()});
  run_well();
  feed.add({feed_rows("users", Operation::Upsert, {{2, "b"}}, {"value"}), feed_checkpoint()});

  EXPECT_THAT(failure_of_run(),
              HasSubstr("the primary key of table users was id and is now value"));
  EXPECT_EQ(rows("users"), "1=a");

  feed.catalog.streams.push_back(scripted_info("users", true, true));
  feed.catalog.streams[0].schema.primary_key = {"value"};
  EXPECT_THAT(failure_of_run(), HasSubstr("was id and is now value"));
}

TEST_F(FeedTest, RefusesTwoKeysInOneRun) {
  feed.add({feed_upsert("users", {{1, "a"}}), feed_checkpoint(),
            feed_rows("users", Operation::Upsert, {{2, "b"}}, {"value"})});

  EXPECT_THAT(failure_of_run(), HasSubstr("come with the primary key value, it has the key id"));
  EXPECT_EQ(rows("users"), "1=a");
}

TEST_F(FeedTest, RefusesNamesThatAreOurs) {
  feed.add({feed_upsert("_tendril_state", {{1, "a"}}), feed_checkpoint()});

  EXPECT_THAT(failure_of_run(), HasSubstr("reserved: _tendril_state"));
}

TEST_F(FeedTest, AFullRefreshMarksWhatDidNotComeAgain) {
  declare("users");
  feed.add({feed_upsert("users", {{1, "a"}, {2, "b"}}), feed_upsert("gone", {{5, "z"}}),
            feed_checkpoint()});
  run_well();
  feed.steps.clear();
  feed.add({feed_upsert("users", {{1, "a"}}), feed_checkpoint()});
  options.full_refresh = true;

  const SyncReport report = run_well();

  EXPECT_TRUE(feed.requests.back().state.is_null());
  EXPECT_EQ(rows("users"), "1=a");
  EXPECT_EQ(rows("gone"), "");
  EXPECT_EQ(of(report, "gone").rows_deleted, 1);
}

TEST_F(FeedTest, ReplacedTablesAreReadWholeAndTakeEffectAtOnce) {
  options.mode = WriteMode::Replace;
  feed.add({feed_upsert("users", {{1, "a"}}), feed_checkpoint(), feed_upsert("orders", {{7, "x"}}),
            feed_checkpoint()});
  run_well();
  ASSERT_EQ(rows("users") + " " + rows("orders"), "1=a 7=x");
  feed.steps.clear();
  feed.add({feed_upsert("users", {{2, "b"}}), feed_checkpoint(), feed_upsert("users", {{3, "c"}}),
            feed_checkpoint()});
  fail_at(3);

  ASSERT_THAT(run(), IsOk());
  EXPECT_EQ(rows("users"), "1=a");

  run_well();
  EXPECT_EQ(rows("users"), "2=b 3=c");
  EXPECT_EQ(rows("orders"), "");
}

TEST_F(FeedTest, AnAbandonedLoadLeavesNothingBehind) {
  options.mode = WriteMode::Replace;
  feed.add({feed_upsert("orders", {{7, "stale"}}), feed_checkpoint(), feed_checkpoint()});
  fail_at(2);
  ASSERT_THAT(run(), IsOk());
  feed.steps.clear();
  feed.add({feed_upsert("users", {{1, "a"}}), feed_checkpoint(), feed_upsert("orders", {{8, "x"}}),
            feed_checkpoint()});
  options.full_refresh = true;
  fail_at(2);
  ASSERT_THAT(run(), IsOk());
  options.full_refresh = false;

  run_well();

  EXPECT_EQ(rows("users"), "1=a");
  EXPECT_EQ(rows("orders"), "8=x");
}

TEST_F(FeedTest, MakesDeclaredTablesThatNoRowCameFor) {
  declare("users");
  feed.catalog.streams.push_back({.schema = {"untyped", {{"id", {}}}, {"id"}}});
  feed.add({feed_checkpoint()});

  const SyncReport report = run_well();

  EXPECT_TRUE(store.tables.contains("users"));
  EXPECT_FALSE(store.tables.contains("untyped"));
  EXPECT_THAT(report.streams, SizeIs(2));
}

TEST_F(FeedTest, LearnsTheTypeOfAKeyFromItsRows) {
  feed.catalog.streams.push_back({.schema = {"users", {{"id", {}}, {"other", {}}}, {"id"}}});
  feed.add({feed_upsert("users", {{1, "a"}}), feed_checkpoint()});

  run_well();

  EXPECT_EQ(store.schemas.at("users").columns, (std::vector<Column>{{"id", {TypeKind::Long}}}));
  EXPECT_EQ(rows("users"), "1=a");
}

TEST_F(FeedTest, KeepsAStateOfManyTables) {
  feed.padding = std::string(std::size_t{8} << 20U, 'x');
  feed.add({feed_upsert("users", {{1, "a"}}), feed_checkpoint()});
  run_well();

  feed.padding = std::string(std::size_t{12} << 20U, 'x');
  feed.add({feed_upsert("users", {{2, "b"}}), feed_checkpoint()});
  EXPECT_THAT(failure_of_run(), HasSubstr("larger than is kept"));
  EXPECT_EQ(rows("users"), "1=a");
}

TEST_F(FeedTest, OperationsThatTakeTurnsAreCommittedSoon) {
  for (int n = 0; n < 1'500; ++n) {
    feed.add({feed_upsert("users", {{1, "a"}}), feed_rows("users", Operation::Delete, {{1}}),
              feed_checkpoint()});
  }

  run_well();

  EXPECT_GE(store.commits.size(), 3U);
  EXPECT_LE(store.commits.size(), 8U);
}

TEST_F(FeedTest, AFeedWithoutTablesReportsItself) {
  fail_at(0);

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  ASSERT_THAT(report->streams, SizeIs(1));
  EXPECT_EQ(report->streams[0].stream, "feed");
  EXPECT_EQ(report->streams[0].outcome, StreamOutcome::Failed);
}

TEST_F(FeedTest, ShowsItsTablesWhileItWorks) {
  declare("users");
  feed.add({feed_upsert("late", {{1, "a"}, {2, "b"}}), feed_checkpoint()});

  run_well();

  const std::vector<StreamProgress> shown = progress->snapshot();
  ASSERT_THAT(shown, SizeIs(2));
  EXPECT_EQ(shown[0].stream, "users");
  EXPECT_EQ(shown[1].stream, "late");
  EXPECT_EQ(shown[1].rows_read, 2);
  EXPECT_EQ(shown[1].rows_committed, 2);
  EXPECT_EQ(shown[1].phase, StreamProgress::Phase::Done);
  EXPECT_EQ(shown[1].slices_planned, 1);
}

TEST_F(FeedTest, ADryRunShowsItsTables) {
  declare("users");
  feed.add({feed_upsert("users", {{1, "a"}}), feed_checkpoint()});
  run_well();
  MemoryDestination destination(store, clock);

  const auto forecasts = dry_run(feed, destination, options, {});

  ASSERT_THAT(forecasts, IsOk());
  ASSERT_THAT(*forecasts, SizeIs(1));
  EXPECT_EQ(forecasts->at(0).table, "users");
  EXPECT_TRUE(forecasts->at(0).exists);
  EXPECT_EQ(forecasts->at(0).mode, WriteMode::Merge);
  EXPECT_NE(forecasts->at(0).cursor.find("done"), nullptr);
}

}  // namespace
}  // namespace tendril
