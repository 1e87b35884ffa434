// What a run does with tables that have settings of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/sync.h"
#include "sync/sync_harness_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class TableContract : public testing::Test, public SyncHarness {
 protected:
  // The table is there with these columns before the run.
  void make_table(const std::string& name, Type value_type) {
    store.tables[name];
    store.schemas[name] = {.name = name,
                           .columns = {{"id", {TypeKind::Long}}, {"value", value_type}}};
  }

  // A stream whose rows have the values, with ids from 0 on.
  void add_values(const std::string& name, bool keyed, const std::vector<std::string>& values) {
    ScriptedStream& stream = add_stream(scripted_info(name, keyed, true), 1, 0);
    for (const std::string& value : values) {
      const auto id = static_cast<std::int64_t>(stream.slices[0].rows.size());
      stream.slices[0].rows.push_back({.id = id, .value = value});
    }
  }

  std::vector<std::string> rejected() const {
    std::vector<std::string> reasons;
    if (const auto found = store.tables.find("_tendril_rejected"); found != store.tables.end()) {
      for (const MemoryRow& row : found->second) {
        reasons.push_back(row.value);
      }
    }
    return reasons;
  }
};

TEST_F(TableContract, FrozenTablesFailTheirStreamAndStoreNothingOfTheBatch) {
  add_values("orders", false, {"1", "2", "three"});
  add_stream(scripted_info("users", true, true), 1, 5);
  make_table("orders", {TypeKind::Long});
  source.batch_rows_max = 1;
  source.checkpoint_one_in = 0;
  options.tables["orders"].new_types = ContractRule::Freeze;

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->streams[0].outcome, StreamOutcome::Failed);
  EXPECT_EQ(report->streams[0].error->code, ErrorCode::BadData);
  EXPECT_THAT(report->streams[0].error->message,
              HasSubstr("table orders is frozen, and column value holds LONG, the source gives "
                        "STRING"));
  EXPECT_THAT(store.tables["orders"], IsEmpty());
  EXPECT_EQ(report->streams[1].outcome, StreamOutcome::Done);
  EXPECT_EQ(ids("users"), ids_below(5));
}

// MemoryDestination stores texts, so the table's values are texts here, and the column "id" is what
// the contract is about.
TEST_F(TableContract, RejectedRowsAreCountedAndTheRestIsStored) {
  for (const bool keyed : {false, true}) {
    store = {};
    source.streams.clear();
    add_stream(scripted_info("orders", keyed, true), 2, 4);
    source.streams[0].slices[1].rows[2].id = 70'000;  // Too large for the table's column.
    store.tables["orders"];
    store.schemas["orders"] = {.name = "orders",
                               .columns = {{"id", {TypeKind::Long}}}};  // No column "value".
    options.tables["orders"].columns["value"] = ContractRule::DiscardRow;

    const auto report = run();

    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->streams[0].outcome, StreamOutcome::Done);
    EXPECT_EQ(report->streams[0].rows_read, 8);
    EXPECT_EQ(report->streams[0].rows_staged, 0);
    EXPECT_EQ(report->streams[0].rows_rejected, 8);
    ASSERT_THAT(report->streams[0].rejected, SizeIs(1));
    EXPECT_EQ(report->streams[0].rejected[0].rows, 8);
    EXPECT_THAT(report->streams[0].rejected[0].position, HasSubstr("slice s"));
    EXPECT_THAT(rejected(), SizeIs(8));
  }
}

TEST_F(TableContract, RowsThatAreReadAgainAreRejectedOnce) {
  add_stream(scripted_info("orders", true, true), 1, 6);
  store.tables["orders"];
  store.schemas["orders"] = {.name = "orders", .columns = {{"id", {TypeKind::Long}}}};
  options.table_defaults.new_columns = ContractRule::DiscardRow;
  source.batch_rows_max = 2;
  source.checkpoint_one_in = 0;
  bool failed = false;
  source.at = [&](const ScriptedSource::Point& point) -> Status {
    return point.offset == 5 && !std::exchange(failed, true) ? fault(ErrorCode::Unavailable)
                                                             : Status();
  };

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->streams[0].rows_rejected, 6);
  EXPECT_THAT(rejected(), SizeIs(6));
}

TEST_F(TableContract, TheFirstRejectedRowStopsAStreamWhereAsked) {
  add_stream(scripted_info("orders", true, true), 1, 4);
  options.tables["orders"].on_error = OnRejected::Stop;
  source.at = [](const ScriptedSource::Point& point) -> Status {
    return point.offset == 2
               ? point.sink.reject({.reason = "no id", .position = "page 1, record 3"})
               : Status();
  };

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->streams[0].outcome, StreamOutcome::Failed);
  EXPECT_THAT(report->streams[0].error->message,
              HasSubstr("on_error is stop: page 1, record 3: no id"));
}

TEST_F(TableContract, TheLimitOfARunIsOneForAllStreams) {
  add_stream(scripted_info("orders", true, true), 1, 4);
  add_stream(scripted_info("users", true, true), 1, 4);
  options.concurrency = 1;
  options.run_rejected_rows_max = 6;
  source.at = [](const ScriptedSource::Point& point) -> Status {
    return point.offset < 4 ? point.sink.reject({.reason = "bad", .position = "p"}) : Status();
  };

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->streams[0].outcome, StreamOutcome::Done);
  EXPECT_EQ(report->streams[1].outcome, StreamOutcome::Failed);
  EXPECT_THAT(report->streams[1].error->message, HasSubstr("limit of 6 for a run"));
}

TEST_F(TableContract, ATableThatIsNotInTheCatalogIsAnError) {
  add_stream(scripted_info("orders", true, true), 1, 1);
  options.tables["ordres"].on_error = OnRejected::Stop;

  EXPECT_THAT(run(), IsError(ErrorCode::InvalidConfig,
                             HasSubstr("does not exist: ordres (did you mean orders?)")));
}

TEST_F(TableContract, ATablesOwnSettingsGoFirst) {
  add_stream(scripted_info("orders", true, true), 1, 1);
  add_stream(scripted_info("users", true, true), 1, 1);
  options.mode = WriteMode::Append;
  options.table_defaults.mode = WriteMode::Merge;
  options.tables["orders"].mode = WriteMode::Replace;
  options.tables["orders"].hard_deletes = true;
  std::vector<TablePlan> plans;
  rig = [&](MemoryDestination& destination) {
    destination.on_prepare = [&](const TablePlan& plan) -> Status {
      plans.push_back(plan);
      return {};
    };
  };
  options.concurrency = 1;

  ASSERT_THAT(run(), IsOk());

  ASSERT_THAT(plans, SizeIs(2));
  EXPECT_EQ(plans[0].mode, WriteMode::Replace);
  EXPECT_TRUE(plans[0].hard_deletes);
  EXPECT_EQ(plans[1].mode, WriteMode::Append);
  EXPECT_FALSE(plans[1].hard_deletes);
}

TEST_F(TableContract, ACursorFieldCanOnlyBeChosenWhereTheSourceLeavesIt) {
  add_stream(scripted_info("orders", true, true), 1, 1);
  options.tables["orders"].cursor_field = "changed_at";
  EXPECT_THAT(run(), IsError(ErrorCode::InvalidConfig, HasSubstr("no choice of a cursor_field")));

  source.streams[0].info.cursor_is_chosen = true;
  ASSERT_THAT(run(), IsOk());
  EXPECT_EQ(source.requests().back().cursor_field, "changed_at");
}

TEST_F(TableContract, AChangedPrimaryKeyIsRefused) {
  add_stream(scripted_info("orders", true, true), 1, 3);
  ASSERT_THAT(run(), IsOk());
  EXPECT_THAT(state("orders"), HasSubstr(R"("key":["id"])"));
  source.streams[0].info.schema.primary_key = {"id", "value"};

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->streams[0].outcome, StreamOutcome::Failed);
  EXPECT_EQ(report->streams[0].error->code, ErrorCode::InvalidConfig);
  EXPECT_THAT(report->streams[0].error->message,
              AllOf(HasSubstr("was id and is now id, value"), HasSubstr("tendril state reset")));

  options.mode = WriteMode::Replace;
  ASSERT_TRUE(run()->all_done()) << "a table that is written anew has no old rows";
  EXPECT_THAT(state("orders"), HasSubstr(R"("key":["id","value"])"));
  options.mode = std::nullopt;
  EXPECT_TRUE(run()->all_done());
}

TEST_F(TableContract, TheOrderOfAKeysColumnsDoesNotMatter) {
  StreamInfo info = scripted_info("orders", true, true);
  info.schema.primary_key = {"id", "value"};
  add_stream(info, 1, 3);
  ASSERT_THAT(run(), IsOk());
  source.streams[0].info.schema.primary_key = {"value", "id"};

  EXPECT_TRUE(run()->all_done());
}

TEST_F(TableContract, ADroppedTableMayHaveAnotherKey) {
  add_stream(scripted_info("orders", true, true), 1, 3);
  ASSERT_THAT(run(), IsOk());
  source.streams[0].info.schema.primary_key = {"value"};
  store.tables.clear();
  store.schemas.clear();

  EXPECT_TRUE(run()->all_done());
}

}  // namespace
}  // namespace tendril
