#include "sync/dry_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/sync_harness_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using What = ColumnForecast::What;

class DryRun : public testing::Test, public SyncHarness {
 protected:
  Result<std::vector<TableForecast>> look() {
    MemoryDestination destination(store, clock);
    return dry_run(source, destination, options, {});
  }
};

TEST_F(DryRun, SaysWhatANewTableGets) {
  add_stream(scripted_info("orders", true, true), 1, 3);

  const auto forecasts = look();

  ASSERT_THAT(forecasts, IsOk());
  ASSERT_THAT(*forecasts, SizeIs(1));
  const TableForecast& orders = forecasts->front();
  EXPECT_FALSE(orders.exists);
  EXPECT_EQ(orders.mode, WriteMode::Merge);
  EXPECT_TRUE(orders.incremental);
  EXPECT_FALSE(orders.resumes);
  EXPECT_TRUE(orders.cursor.is_null());
  ASSERT_THAT(orders.columns, SizeIs(2));
  EXPECT_EQ(orders.columns[0].what, What::Added);
}

TEST_F(DryRun, DoesNothing) {
  add_stream(scripted_info("orders", true, true), 1, 3);

  ASSERT_THAT(look(), IsOk());

  EXPECT_THAT(store.tables, IsEmpty());
  EXPECT_THAT(store.state, IsEmpty());
  EXPECT_EQ(store.epoch, 0);
  EXPECT_THAT(source.requests(), IsEmpty());
}

TEST_F(DryRun, SaysWhereTheNextReadGoesOn) {
  add_stream(scripted_info("orders", true, true), 1, 3);
  source.generation = 4;
  ASSERT_THAT(run(), IsOk());

  const auto forecasts = look();

  ASSERT_THAT(forecasts, IsOk());
  EXPECT_TRUE(forecasts->front().exists);
  EXPECT_EQ(forecasts->front().cursor, Value(4));
  EXPECT_THAT(forecasts->front().columns, IsEmpty());
}

TEST_F(DryRun, SaysThatALoadIsGoneOnWith) {
  add_stream(scripted_info("orders", true, true), 2, 3);
  source.slices_at_once = 1;  // The first slice is read when the second fails.
  source.at = [](const ScriptedSource::Point& point) -> Status {
    return point.slice == "s1" ? fault(ErrorCode::BadData) : Status();
  };
  ASSERT_THAT(run(), IsOk());

  EXPECT_TRUE(look()->front().resumes);
}

TEST_F(DryRun, TellsTheDecisionsOfContracts) {
  StreamInfo info = scripted_info("orders", true, true);
  info.schema.columns = {{"id", {TypeKind::Long}},  {"a", {TypeKind::Long}},
                         {"b", {TypeKind::String}}, {"c", {TypeKind::String}},
                         {"d", {TypeKind::Json}},   {"e", {TypeKind::Json}}};
  add_stream(info, 1, 0);
  store.schemas["orders"] = {.name = "orders",
                             .columns = {{"id", {TypeKind::Long}},
                                         {"a", {TypeKind::Int}},
                                         {"b", {TypeKind::Long}},
                                         {"c", {TypeKind::Long}}}};
  TableSettings& settings = options.tables["orders"];
  settings.columns["b"] = ContractRule::DiscardValue;
  settings.columns["d"] = ContractRule::Freeze;
  settings.variants = true;

  const auto forecasts = look();

  ASSERT_THAT(forecasts, IsOk());
  const std::vector<ColumnForecast>& columns = forecasts->front().columns;
  ASSERT_THAT(columns, SizeIs(5));
  EXPECT_EQ(columns[0].what, What::Widened);
  EXPECT_EQ(columns[0].to, Type{TypeKind::Long});
  EXPECT_EQ(columns[1].what, What::Kept);
  EXPECT_EQ(columns[1].rule, ContractRule::DiscardValue);
  EXPECT_EQ(columns[2].what, What::Varied);
  EXPECT_EQ(columns[3].what, What::LeftOut);
  EXPECT_EQ(columns[4].what, What::Added);
}

TEST_F(DryRun, NamesRefusedStreams) {
  add_stream(scripted_info("orders", true, true), 1, 3);
  ASSERT_THAT(run(), IsOk());
  source.streams[0].info.schema.primary_key = {"value"};

  const auto forecasts = look();

  ASSERT_THAT(forecasts, IsOk());
  ASSERT_TRUE(forecasts->front().refused.has_value());
  EXPECT_THAT(forecasts->front().refused->message, HasSubstr("was id and is now value"));
}

}  // namespace
}  // namespace tendril
