// What the contract does not know of histories in DuckDB: many rows, keys that change their type,
// tables of others.
#include <string>

#include <gmock/gmock.h>

#include "destinations/duckdb/duckdb_fixture_test.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DuckdbHistory : public ::testing::Test {
 protected:
  // Writes and commits batches in a run of its own.
  void run(const TablePlan& plan, const std::vector<Batch>& batches) {
    const auto destination = fixture_.destination();
    ASSERT_THAT(destination->open("c"), IsOk());
    ASSERT_THAT(destination->prepare(plan), IsOk());
    for (const Batch& batch : batches) {
      ASSERT_THAT(destination->write(batch), IsOk());
    }
    ASSERT_THAT(destination->commit({}), IsOk());
  }

  DuckdbFixture fixture_;
};

TEST_F(DuckdbHistory, TakesMoreRowsThanItHoldsAtATime) {
  constexpr std::int64_t kKeys = 260'000;  // More than one piece.
  const TableSchema schema{"items", {{"id", {TypeKind::Long}}, {"v", {TypeKind::Long}}}, {"id"}};
  // `versions` of each key, one after the other; every second key has another value than before.
  const auto batch = [&](std::int64_t keys, std::int64_t versions, std::int64_t value) {
    BatchBuilder builder(schema);
    for (std::int64_t row = 0; row < keys * versions; ++row) {
      const std::int64_t id = row / versions * 7 % keys;
      builder.cell("id").append_int(id);
      builder.cell("v").append_int(id % 2 == 0 ? value + row % versions : 0);
      builder.end_row();
    }
    return builder.take().value();
  };
  const auto counts = [&] {
    return fixture_.sql(
        "SELECT count(*), count(*) FILTER (WHERE _tendril_active), count(DISTINCT id), "
        "count(*) FILTER (WHERE _tendril_active = (_tendril_end IS NULL)) "
        "FROM warehouse.main.items");
  };

  run({schema, WriteMode::History}, {batch(kKeys, 1, 10)});
  EXPECT_THAT(counts(), ElementsAre(ElementsAre("260000", "260000", "260000", "260000")));
  run({schema, WriteMode::History}, {batch(kKeys, 1, 20)});
  EXPECT_THAT(counts(), ElementsAre(ElementsAre("390000", "260000", "260000", "390000")));
  // Staged twice: 50 000 keys get two versions more, as many only renew theirs.
  run({schema, WriteMode::History}, {batch(100'000, 2, 30)});
  EXPECT_THAT(counts(), ElementsAre(ElementsAre("490000", "260000", "260000", "490000")));
  EXPECT_THAT(fixture_.sql("SELECT v, count(*) FROM warehouse.main.items WHERE _tendril_active "
                           "GROUP BY v ORDER BY v"),
              ElementsAre(ElementsAre("0", "130000"), ElementsAre("20", "80000"),
                          ElementsAre("31", "50000")));
}

// Rows of a first load go straight into the table, unless their key was there before.
TEST_F(DuckdbHistory, KeepsVersionsOfAFirstLoadInManyCommits) {
  const auto destination = fixture_.destination();
  ASSERT_THAT(destination->open("c"), IsOk());
  ASSERT_THAT(destination->prepare({keyed_table(), WriteMode::History}), IsOk());
  const auto commit = [&](const std::vector<Map>& rows) {
    EXPECT_THAT(destination->write(batch_of(keyed_table(), rows)), IsOk());
    auto counts = destination->commit({});
    EXPECT_THAT(counts, IsOk());
    return counts->empty() ? 0 : counts->front().rows_written;
  };

  EXPECT_EQ(commit({item(1, "a"), item(2, "a")}), 2);
  EXPECT_EQ(commit({item(3, "a"), item(4, nullptr)}), 2);
  EXPECT_EQ(commit({item(1, "a"), item(2, "b"), item(5, "a")}), 2);
  EXPECT_EQ(commit({item(5, "b"), item(5, "c"), item(6, "a")}), 3);

  EXPECT_THAT(fixture_.sql("SELECT id, value, _tendril_active::VARCHAR FROM warehouse.main.items "
                           "ORDER BY id, value"),
              ElementsAre(ElementsAre("1", "a", "true"), ElementsAre("2", "a", "false"),
                          ElementsAre("2", "b", "true"), ElementsAre("3", "a", "true"),
                          ElementsAre("4", std::nullopt, "true"), ElementsAre("5", "a", "false"),
                          ElementsAre("5", "b", "false"), ElementsAre("5", "c", "true"),
                          ElementsAre("6", "a", "true")));
}

TEST_F(DuckdbHistory, GoesOnByTextWhenTheKeyBecomesText) {
  const TableSchema numbers{"items", {{"id", {TypeKind::Long}}, {"v", {TypeKind::Long}}}, {"id"}};
  const TableSchema texts{"items", {{"id", {TypeKind::String}}, {"v", {TypeKind::Long}}}, {"id"}};
  run({numbers, WriteMode::History}, {batch_of(numbers, {{{"id", 1}, {"v", 1}}})});

  run({numbers, WriteMode::History},
      {batch_of(numbers, {{{"id", 1}, {"v", 2}}}), batch_of(texts, {{{"id", "1"}, {"v", 3}}}),
       batch_of(numbers, {{{"id", 1}, {"v", 3}}})});

  EXPECT_THAT(fixture_.sql("SELECT id, v, _tendril_active::VARCHAR FROM warehouse.main.items "
                           "ORDER BY v"),
              ElementsAre(ElementsAre("1", "1", "false"), ElementsAre("1", "2", "false"),
                          ElementsAre("1", "3", "true")));
}

TEST_F(DuckdbHistory, RefusesATableThatSomebodyElseMade) {
  const auto destination = fixture_.destination();
  ASSERT_THAT(destination->open("c"), IsOk());
  fixture_.sql("CREATE TABLE warehouse.main.items (id BIGINT, value VARCHAR)");

  EXPECT_THAT(destination->prepare({keyed_table(), WriteMode::History}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("not written in mode history")));
}

TEST_F(DuckdbHistory, LeavesNothingBehindInTheFile) {
  run({keyed_table(), WriteMode::History},
      {batch_of(keyed_table(), {item(1, "a"), item(1, "b")}),
       batch_of({"items", {}, {"id"}}, {item(1, "c")}, Operation::Update)});

  EXPECT_THAT(fixture_.sql("SELECT table_name FROM duckdb_tables() WHERE database_name = "
                           "'warehouse' ORDER BY table_name"),
              ElementsAre(ElementsAre("_tendril_epoch"), ElementsAre("_tendril_state"),
                          ElementsAre("items")));
}

}  // namespace
}  // namespace tendril
