#include "cli/table_settings_file.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::string_view kAll = R"(
rejected_max: 500
defaults:
  schema_contract: discard-value
  normalize: true
tables:
  orders:
    mode: history
    hard_deletes: true
    schema_contract: {columns: freeze, types: discard-row}
    columns:
      note: evolve
      amount: {schema_contract: freeze}
    variants: true
    normalize: [lines, lines.taxes]
    normalize_depth: 2
    on_error: stop
    rejected_max: 10
    cursor_field: updated_at
)";

TEST(TableSettingsFile, ReadsWhatIsSaidOfTables) {
  const auto file = parse_table_settings(kAll, "tables.yaml");

  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->run_rejected_max, 500);
  EXPECT_EQ(file->defaults.new_columns, ContractRule::DiscardValue);
  EXPECT_EQ(file->defaults.new_types, ContractRule::DiscardValue);
  EXPECT_TRUE(file->defaults.normalize->all);
  const TableSettings& orders = file->tables.at("orders");
  EXPECT_EQ(orders.mode, WriteMode::History);
  EXPECT_EQ(orders.hard_deletes, true);
  EXPECT_EQ(orders.new_columns, ContractRule::Freeze);
  EXPECT_EQ(orders.new_types, ContractRule::DiscardRow);
  EXPECT_EQ(orders.columns.at("note"), ContractRule::Evolve);
  EXPECT_EQ(orders.columns.at("amount"), ContractRule::Freeze);
  EXPECT_EQ(orders.variants, true);
  EXPECT_EQ(orders.normalize->paths, (std::vector<std::string>{"lines", "lines.taxes"}));
  EXPECT_EQ(orders.normalize_depth, 2);
  EXPECT_EQ(orders.on_error, OnRejected::Stop);
  EXPECT_EQ(orders.rejected_max, 10);
  EXPECT_EQ(orders.cursor_field, "updated_at");
}

TEST(TableSettingsFile, ReadsJsonToo) {
  const auto file = parse_table_settings(R"({"tables": {"orders": {"mode": "merge"}}})", "t.json");

  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->tables.at("orders").mode, WriteMode::Merge);
}

struct BadSettings {
  const char* text;
  const char* message;
};

class BadTableSettings : public testing::TestWithParam<BadSettings> {};

TEST_P(BadTableSettings, AreRefusedByPlaceAndKey) {
  EXPECT_THAT(parse_table_settings(GetParam().text, "tables.yaml"),
              IsError(ErrorCode::InvalidConfig,
                      AllOf(HasSubstr("tables.yaml:"), HasSubstr(GetParam().message))));
}

INSTANTIATE_TEST_SUITE_P(
    TableSettingsFile, BadTableSettings,
    testing::Values(
        BadSettings{"tabels: {}", "key is unknown: tabels (did you mean tables?)"},
        BadSettings{"tables:\n  orders:\n    on_eror: stop",
                    "tables.yaml:3:14: tables.orders.on_eror: key is unknown: on_eror (did you "
                    "mean on_error?)"},
        BadSettings{"tables:\n  orders: {mode: mege}", "mege (did you mean merge?)"},
        BadSettings{"tables:\n  orders: {schema_contract: discard_row}",
                    "did you mean discard-row?"},
        BadSettings{"tables:\n  orders: {variants: 1}", "must be true or false"},
        BadSettings{"tables:\n  orders: {rejected_max: -1}", "must be a whole number"},
        BadSettings{"tables:\n  orders: {normalize: lines}", "must be true"},
        BadSettings{"tables: [orders]", "must be an object of tables"},
        BadSettings{"defaults: {cursor_field: id}", "single tables only"},
        BadSettings{"defaults: {columns: {id: freeze}}", "single tables only"},
        BadSettings{"tables: {orders: {columns: {id: {}}}}", "schema_contract is missing"},
        BadSettings{"[1]", "must be an object of"}));

TEST(TableSettingsFile, NamesAFileThatIsNotThere) {
  const TemporaryFolder folder;

  EXPECT_THAT(read_table_settings(folder / "none.yaml"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("do not exist")));
  EXPECT_THAT(read_table_settings(folder / "."),
              IsError(ErrorCode::InvalidConfig, HasSubstr("are a folder")));
}

TEST(TableSettingsFile, WhatTheCommandLineSaysGoesBeforeTheDefaults) {
  auto file = parse_table_settings(kAll, "tables.yaml");
  ASSERT_THAT(file, IsOk());
  SyncOptions options;

  apply_table_settings(*file, {.new_columns = ContractRule::Freeze, .rejected_max = 3}, options);

  EXPECT_EQ(options.table_defaults.new_columns, ContractRule::Freeze);
  EXPECT_EQ(options.table_defaults.new_types, ContractRule::DiscardValue);
  EXPECT_EQ(options.table_defaults.rejected_max, 3);
  EXPECT_EQ(options.tables.at("orders").rejected_max, 10);
  EXPECT_EQ(options.run_rejected_rows_max, 500);
}

}  // namespace
}  // namespace tendril
