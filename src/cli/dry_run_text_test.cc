#include "cli/dry_run_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"

namespace tendril {
namespace {

using testing::HasSubstr;
using What = ColumnForecast::What;

std::vector<TableForecast> forecasts() {
  TableForecast orders;
  orders.table = "orders";
  orders.exists = true;
  orders.mode = WriteMode::Merge;
  orders.incremental = true;
  orders.cursor = Map{{"updated_at", "2024-05-01"}};
  orders.cursor_field = "updated_at";
  orders.primary_key = {"id"};
  orders.contract = {.types = ContractRule::DiscardRow};
  orders.columns = {
      {What::Added, "note", std::nullopt, {TypeKind::String}, ContractRule::Evolve},
      {What::Widened, "size", Type{TypeKind::Int}, {TypeKind::Long}, ContractRule::Evolve},
      {What::Kept, "amount", Type{TypeKind::Long}, {TypeKind::String}, ContractRule::DiscardRow},
      {What::LeftOut, "extra", std::nullopt, {TypeKind::Json}, ContractRule::Freeze}};
  TableForecast users;
  users.table = "users";
  users.mode = WriteMode::Replace;
  users.refused = Error{ErrorCode::InvalidConfig, "the primary key changed"};
  return {orders, users};
}

TEST(DryRunText, SaysWhatWouldBecomeOfEachTable) {
  EXPECT_EQ(dry_run_text(forecasts()),
            "orders: exists, merge, incremental, from {\"updated_at\":\"2024-05-01\"}, by "
            "updated_at\n"
            "  primary key: id\n"
            "  contract: columns evolve, types discard-row\n"
            "  + note STRING\n"
            "  ~ size INT -> LONG\n"
            "  = amount LONG stays, the source says STRING: rows with values that do not fit are "
            "rejected\n"
            "  - extra JSON is not added: values in it fail the stream\n"
            "users: new table, replace, read whole\n"
            "  refused: the primary key changed\n"
            "nothing was read but the catalog, nothing was written\n");
}

TEST(DryRunText, IsJsonForPrograms) {
  const std::string json = to_json(dry_run_json(forecasts()));

  EXPECT_THAT(json, HasSubstr(R"({"change":"widened","column":"size","from":"INT","to":"LONG",)"));
  EXPECT_THAT(json, HasSubstr(R"("refused":"the primary key changed")"));
}

}  // namespace
}  // namespace tendril
