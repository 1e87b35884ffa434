// Upserts, updates and deletes of one table that take turns between two commits.
#include <random>
#include <set>

#include <gmock/gmock.h>

#include "destinations/duckdb/duckdb_fixture_test.h"

namespace tendril {
namespace {

using Texts = std::vector<std::optional<std::string>>;

// Has a key and texts a0, a1, ...
TableSchema wide_table(int columns) {
  TableSchema schema{"items", {{"id", {TypeKind::Long}}}, {"id"}};
  for (int index = 0; index < columns; ++index) {
    schema.columns.push_back({"a" + std::to_string(index), {TypeKind::String}});
  }
  return schema;
}

// Does what the operations mean, one by one.
class TurnsModel {
 public:
  explicit TurnsModel(bool hard_deletes) : hard_deletes_(hard_deletes) {}

  void carry_out(Operation operation, const TableSchema& schema, const Map& row) {
    const std::string id = std::to_string(*row.find("id")->as_int());
    if (operation == Operation::Upsert) {
      StoredRow& stored = rows_[id];
      stored.clear();
      for (const Column& column : schema.columns) {
        stored[column.name] = std::nullopt;
      }
    }
    const auto found = rows_.find(id);
    if (found == rows_.end()) {
      return;
    }
    if (operation == Operation::Delete && hard_deletes_) {
      rows_.erase(found);
    } else if (operation == Operation::Delete) {
      found->second["_tendril_deleted"] = "true";
    } else {
      set(found->second, row);
    }
  }

  std::vector<StoredRow> rows() const {
    std::vector<StoredRow> rows;
    for (const auto& [id, row] : rows_) {
      rows.push_back(row);
    }
    return rows;
  }

 private:
  static void set(StoredRow& stored, const Map& row) {
    for (const auto& [name, value] : row.members()) {
      if (value.is_string()) {
        stored[name] = *value.as_string();
      } else if (value.is_null()) {
        stored[name] = std::nullopt;
      } else {
        stored[name] = std::to_string(*value.as_int());
      }
    }
  }

  const bool hard_deletes_;
  std::map<std::string, StoredRow> rows_;
};

class TurnsTest : public ::testing::Test {
 protected:
  Destination& open(const TablePlan& plan) {
    destination_.reset();
    destination_ = fixture_.destination();
    EXPECT_THAT(destination_->open("c"), IsOk());
    EXPECT_THAT(destination_->prepare(plan), IsOk());
    return *destination_;
  }

  Map random_row(const TableSchema& schema, Operation operation) {
    Map row{{"id", static_cast<std::int64_t>(random_() % 7)}};
    for (const Column& column : schema.columns) {
      if (column.name != "id" && operation != Operation::Delete && random_() % 3 == 0) {
        row.set(column.name, random_() % 4 == 0 ? Value() : Value(std::to_string(random_() % 100)));
      }
    }
    return row;
  }

  void compare_with_model(bool hard_deletes, int columns) {
    const TableSchema schema = wide_table(columns);
    const TablePlan plan{.schema = schema, .mode = WriteMode::Merge, .hard_deletes = hard_deletes};
    TurnsModel model(hard_deletes);
    Destination& destination = open(plan);
    for (int turn = 0; turn < 400; ++turn) {
      const auto operation = static_cast<Operation>(random_() % 3);
      const Map row = random_row(schema, operation);
      const TableSchema given =
          operation == Operation::Upsert ? schema : TableSchema{"items", {}, {"id"}};
      model.carry_out(operation, schema, row);
      ASSERT_THAT(destination.write(batch_of(given, {row}, operation)), IsOk());
      if (random_() % 40 == 0) {
        ASSERT_THAT(destination.commit({}), IsOk());
      }
    }
    ASSERT_THAT(destination.commit({}), IsOk());
    destination_.reset();

    EXPECT_THAT(fixture_.look("items").value(), ::testing::UnorderedElementsAreArray(model.rows()));
  }

  DuckdbFixture fixture_{"?memory_mb=48"};
  std::unique_ptr<Destination> destination_;
  std::mt19937 random_{20261122};
};

TEST_F(TurnsTest, HaveTheOutcomeOfOneByOne) { compare_with_model(false, 3); }

TEST_F(TurnsTest, HaveTheOutcomeOfOneByOneWithHardDeletes) { compare_with_model(true, 3); }

TEST_F(TurnsTest, MayGiveAnyColumnsOfAWideTable) { compare_with_model(false, 21); }

// Once each turn was a table of its own until the commit.
TEST_F(TurnsTest, ThousandsOfTurnsDoNotRunOutOfMemory) {
  const TableSchema schema = wide_table(2);
  Destination& destination = open({.schema = schema, .mode = WriteMode::Merge});
  constexpr std::int64_t kTurns = 15'000;
  for (std::int64_t turn = 0; turn < kTurns; ++turn) {
    const std::int64_t id = turn % 5'000;
    ASSERT_THAT(destination.write(batch_of(
                    schema, {{{"id", id}, {"a0", std::to_string(turn)}, {"a1", "upserted"}}})),
                IsOk());
    ASSERT_THAT(destination.write(batch_of({"items", {}, {"id"}},
                                           {{{"id", id}, {"a1", std::to_string(turn)}}},
                                           Operation::Update)),
                IsOk());
  }
  ASSERT_THAT(destination.commit({}), IsOk());
  destination_.reset();

  EXPECT_THAT(
      fixture_.sql(
          "SELECT count(*), min(a0::BIGINT), max(a1::BIGINT), count(*) FILTER (WHERE a0 = a1) FROM "
          "warehouse.main.items"),
      ::testing::ElementsAre(Texts{"5000", "10000", "14999", "5000"}));
}

}  // namespace
}  // namespace tendril
