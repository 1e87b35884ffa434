// Part of the destination contract: the mode Merge, updates, deletes and truncations.
#pragma once

#include <string>
#include <vector>

#include "testing/destination_fixture.h"

namespace tendril {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Tables with a key, merged into. By default rows are marked when they are deleted.
class MergingDestination : public KeepingDestination {
 protected:
  void SetUp() override {
    KeepingDestination::SetUp();
    if (fixture_ != nullptr && !fixture_->merges()) {
      GTEST_SKIP() << GetParam().name << " does not merge";
    }
  }

  static Batch upserts(const std::vector<Map>& rows) { return batch_of(keyed_table(), rows); }
  static Batch updates(const std::vector<Map>& rows) {
    return batch_of({"items", {}, {"id"}}, rows, Operation::Update);
  }
  static Batch deletes(const std::vector<std::int64_t>& ids) {
    std::vector<Map> rows;
    for (const std::int64_t id : ids) {
      rows.push_back({{"id", id}});
    }
    return batch_of({"items", {{"id", {TypeKind::Long}}}, {"id"}}, rows, Operation::Delete);
  }

  // Deletes with some of the columns of the key of items_of_places().
  static Batch deletes_of(const std::vector<Column>& columns, const std::vector<Map>& rows) {
    return batch_of({"items", columns, {"place", "id"}}, rows, Operation::Delete);
  }
  static TableSchema items_of_places() {
    return {
        "items",
        {{"place", {TypeKind::String}}, {"id", {TypeKind::Long}}, {"value", {TypeKind::String}}},
        {"place", "id"}};
  }
  static Map item_of(Value place, Value id, Value value) {
    return {{"place", std::move(place)}, {"id", std::move(id)}, {"value", std::move(value)}};
  }
  static StoredRow stored_item_of(std::optional<std::string> place, std::optional<std::string> id,
                                  std::optional<std::string> value, bool deleted = false) {
    StoredRow row{{"place", std::move(place)}, {"id", std::move(id)}, {"value", std::move(value)}};
    if (deleted) {
      row["_tendril_deleted"] = "true";
    }
    return row;
  }

  const TablePlan soft_{keyed_table(), WriteMode::Merge};
  const TablePlan hard_{.schema = keyed_table(), .mode = WriteMode::Merge, .hard_deletes = true};
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MergingDestination);

TEST_P(MergingDestination, RefusesATableWithoutAKey) {
  EXPECT_THAT(open().prepare({plain_table(), WriteMode::Merge}), IsError(ErrorCode::InvalidConfig));
}

TEST_P(MergingDestination, KeepsTheLastRowOfAKeyInABatch) {
  run(soft_, {upserts({item(1, "a"), item(2, "a"), item(1, "b"), item(1, "c")})});

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(1, "c"), stored_item(2, "a")));
}

TEST_P(MergingDestination, KeepsTheLastRowOfAKeyInACommit) {
  run(soft_, {upserts({item(1, "a"), item(2, "a")}), upserts({item(2, "b"), item(3, "b")}),
              upserts({item(3, "c")})});

  EXPECT_THAT(rows(),
              UnorderedElementsAre(stored_item(1, "a"), stored_item(2, "b"), stored_item(3, "c")));
}

TEST_P(MergingDestination, ReplacesRowsOfEarlierCommits) {
  run(soft_, {upserts({item(1, "a"), item(2, "a")})});
  Destination& destination = open();
  ASSERT_THAT(destination.prepare(soft_), IsOk());
  ASSERT_THAT(destination.write(upserts({item(2, "b"), item(3, "b")})), IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());
  ASSERT_THAT(destination.write(upserts({item(3, "c"), item(3, "d")})), IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());

  EXPECT_THAT(rows(),
              UnorderedElementsAre(stored_item(1, "a"), stored_item(2, "b"), stored_item(3, "d")));
}

TEST_P(MergingDestination, MergesByAllColumnsOfTheKeyAndTakesNullForAValue) {
  const TableSchema schema{
      "items",
      {{"a", {TypeKind::String}}, {"b", {TypeKind::Long}}, {"v", {TypeKind::Long}}},
      {"a", "b"}};
  const auto row = [](Value a, Value b, int v) { return Map{{"a", a}, {"b", b}, {"v", v}}; };
  run({schema, WriteMode::Merge}, {batch_of(schema, {row("x", 1, 1), row("x", 2, 2),
                                                     row(nullptr, 1, 3), row("x", nullptr, 4)})});

  run({schema, WriteMode::Merge}, {batch_of(schema, {row("x", 1, 5), row("y", 1, 6),
                                                     row(nullptr, 1, 7), row("x", nullptr, 8)})});

  const auto stored = [](std::optional<std::string> a, std::optional<std::string> b,
                         const char* v) {
    return StoredRow{{"a", std::move(a)}, {"b", std::move(b)}, {"v", v}};
  };
  EXPECT_THAT(rows(), UnorderedElementsAre(stored("x", "1", "5"), stored("x", "2", "2"),
                                           stored("y", "1", "6"), stored(std::nullopt, "1", "7"),
                                           stored("x", std::nullopt, "8")));
}

TEST_P(MergingDestination, SetsColumnsThatARowDoesNotHaveToNull) {
  run(soft_, {upserts({item(1, "a")})});

  run(soft_, {batch_of({"items", {{"id", {TypeKind::Long}}}, {"id"}}, {{{"id", 1}}})});

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(1, std::nullopt)));
}

TEST_P(MergingDestination, MarksDeletedRows) {
  run(soft_, {upserts({item(1, "a"), item(2, "a")})});
  fixture_->clock().advance(std::chrono::seconds(1));

  run(soft_, {deletes({1, 7})});

  EXPECT_THAT(rows(), UnorderedElementsAre(deleted_item(1, "a"), stored_item(2, "a")));
  EXPECT_THAT(fixture_->synced("items"),
              ::testing::ElementsAre("2024-01-02T03:04:05Z", "2024-01-02T03:04:06Z"));
}

TEST_P(MergingDestination, RevivesADeletedRowByAnUpsert) {
  run(soft_, {upserts({item(1, "a")})});
  run(soft_, {deletes({1})});

  run(soft_, {upserts({item(1, "b")})});

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(1, "b")));
}

TEST_P(MergingDestination, RemovesDeletedRowsWhenToldTo) {
  run(hard_, {upserts({item(1, "a"), item(2, "a")})});

  run(hard_, {deletes({1, 7})});

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(2, "a")));
}

TEST_P(MergingDestination, KeepsTheOrderOfUpsertsAndDeletes) {
  const std::vector<Batch> operations{upserts({item(1, "a"), item(2, "a"), item(3, "a")}),
                                      deletes({1, 2}),
                                      upserts({item(2, "b")}),
                                      deletes({3}),
                                      upserts({item(3, "c")}),
                                      deletes({3})};

  run(soft_, operations);
  EXPECT_THAT(rows(), UnorderedElementsAre(deleted_item(1, "a"), stored_item(2, "b"),
                                           deleted_item(3, "c")));
  run(soft_, operations);
  EXPECT_THAT(rows(), UnorderedElementsAre(deleted_item(1, "a"), stored_item(2, "b"),
                                           deleted_item(3, "c")));
}

TEST_P(MergingDestination, KeepsTheOrderOfUpsertsAndRemovals) {
  const std::vector<Batch> operations{upserts({item(1, "a"), item(2, "a")}), deletes({1, 2}),
                                      upserts({item(2, "b")})};

  run(hard_, operations);
  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(2, "b")));
  run(hard_, operations);
  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(2, "b")));
}

TEST_P(MergingDestination, MarksAllRowsThatAgreeWithAPartOfTheKey) {
  const TableSchema schema = items_of_places();
  run({schema, WriteMode::Merge},
      {batch_of(schema, {item_of("a", 1, "x"), item_of("a", 2, "x"), item_of("b", 1, "x"),
                         item_of(nullptr, 1, "x"), item_of("c", 3, "x")})});

  run({schema, WriteMode::Merge},
      {deletes_of({{"place", {TypeKind::String}}}, {{{"place", "a"}}, {{"place", nullptr}}}),
       deletes_of({{"id", {TypeKind::Long}}}, {{{"id", 3}}, {{"id", 7}}})});

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item_of("a", "1", "x", true),
                                           stored_item_of("a", "2", "x", true),
                                           stored_item_of("b", "1", "x"),
                                           stored_item_of(std::nullopt, "1", "x", true),
                                           stored_item_of("c", "3", "x", true)));
}

TEST_P(MergingDestination, RemovesAllRowsThatAgreeWithAPartOfTheKeyWhenToldTo) {
  const TableSchema schema = items_of_places();
  const TablePlan plan{.schema = schema, .mode = WriteMode::Merge, .hard_deletes = true};
  run(plan, {batch_of(schema, {item_of("a", 1, "x"), item_of("a", 2, "x"), item_of("b", 1, "x")})});

  run(plan, {deletes_of({{"place", {TypeKind::String}}}, {{{"place", "a"}}})});

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item_of("b", "1", "x")));
}

TEST_P(MergingDestination, KeepsTheOrderOfUpsertsAndDeletesOfAPartOfTheKey) {
  const TableSchema schema = items_of_places();
  const TablePlan plan{.schema = schema, .mode = WriteMode::Merge, .hard_deletes = true};
  const std::vector<Batch> operations{
      batch_of(schema, {item_of("a", 1, "x"), item_of("a", 2, "x"), item_of("b", 1, "x")}),
      deletes_of({{"place", {TypeKind::String}}}, {{{"place", "a"}}}),
      batch_of(schema, {item_of("a", 2, "y"), item_of("b", 2, "y")}),
      deletes_of({{"id", {TypeKind::Long}}}, {{{"id", 1}}}),
      batch_of(schema, {item_of("a", 3, "z")})};

  for (int repetition = 0; repetition < 2; ++repetition) {
    run(plan, operations);
    EXPECT_THAT(rows(),
                UnorderedElementsAre(stored_item_of("a", "2", "y"), stored_item_of("b", "2", "y"),
                                     stored_item_of("a", "3", "z")));
  }
}

TEST_P(MergingDestination, CountsRowsDeletedByAPartOfTheKey) {
  const TableSchema schema = items_of_places();
  run({schema, WriteMode::Merge},
      {batch_of(schema, {item_of("a", 1, "x"), item_of("a", 2, "x"), item_of("b", 1, "x")})});
  Destination& destination = open();
  ASSERT_THAT(destination.prepare({schema, WriteMode::Merge}), IsOk());
  ASSERT_THAT(destination.write(deletes_of({{"place", {TypeKind::String}}}, {{{"place", "a"}}})),
              IsOk());

  const auto counts = destination.commit({});

  ASSERT_THAT(counts, IsOk());
  ASSERT_EQ(counts->size(), 1U);
  EXPECT_EQ(counts->front().rows_written, 0);
  EXPECT_EQ(counts->front().rows_deleted, 2);
}

TEST_P(MergingDestination, UpdatesTheColumnsGivenOfRowsThatExist) {
  const TableSchema schema{
      "items",
      {{"id", {TypeKind::Long}}, {"value", {TypeKind::String}}, {"other", {TypeKind::Long}}},
      {"id"}};
  const auto row = [](int id, Value value, Value other) {
    return Map{{"id", id}, {"value", std::move(value)}, {"other", std::move(other)}};
  };
  run({schema, WriteMode::Merge}, {batch_of(schema, {row(1, "a", 10), row(2, "a", 20)})});

  run({schema, WriteMode::Merge},
      {updates({item(1, "b"), item(7, "never")}), updates({item(1, "c")}),
       updates({Map{{"id", 2}, {"other", nullptr}}})});

  EXPECT_THAT(rows(), UnorderedElementsAre(
                          StoredRow{{"id", "1"}, {"value", "c"}, {"other", "10"}},
                          StoredRow{{"id", "2"}, {"value", "a"}, {"other", std::nullopt}}));
}

TEST_P(MergingDestination, KeepsTheOrderOfUpdatesAndOtherOperations) {
  run(soft_, {upserts({item(1, "a"), item(2, "a"), item(3, "a")}),
              updates({item(1, "b"), item(4, "b")}), upserts({item(2, "c"), item(4, "c")}),
              updates({item(4, "d")}), deletes({3}), updates({item(3, "e")})});

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(1, "b"), stored_item(2, "c"),
                                           deleted_item(3, "e"), stored_item(4, "d")));
}

TEST_P(MergingDestination, TruncatesRowsThatWereSyncedBefore) {
  run(soft_, {upserts({item(1, "a"), item(2, "a"), item(3, "a")})});
  fixture_->clock().advance(std::chrono::hours(1));
  const Instant start = fixture_->clock().now();

  run(soft_,
      {upserts({item(2, "b")}), truncation_of(keyed_table(), start), upserts({item(3, "c")})});

  EXPECT_THAT(rows(),
              UnorderedElementsAre(deleted_item(1, "a"), stored_item(2, "b"), stored_item(3, "c")));
}

TEST_P(MergingDestination, RemovesTruncatedRowsWhenToldTo) {
  run(hard_, {upserts({item(1, "a"), item(2, "a")})});
  fixture_->clock().advance(std::chrono::hours(1));

  run(hard_, {upserts({item(2, "b")}), truncation_of(keyed_table(), fixture_->clock().now())});

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(2, "b")));
}

TEST_P(MergingDestination, TruncatesATableThatIsOnlyAppendedTo) {
  const TablePlan plan{.schema = plain_table(), .hard_deletes = true};
  run(plan, {batch_of(plain_table(), {item(1, "a")})});
  fixture_->clock().advance(std::chrono::hours(1));

  run(plan, {truncation_of(plain_table(), fixture_->clock().now()),
             batch_of(plain_table(), {item(2, "b")})});

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(2, "b")));
}

TEST_P(MergingDestination, MarksTruncatedRowsOfATableThatIsOnlyAppendedTo) {
  run({plain_table()}, {batch_of(plain_table(), {item(1, "a"), item(1, "a")})});
  fixture_->clock().advance(std::chrono::hours(1));
  const Instant start = fixture_->clock().now();

  run({plain_table()},
      {batch_of(plain_table(), {item(2, "b")}), truncation_of(plain_table(), start),
       batch_of(plain_table(), {item(3, "c")})});

  EXPECT_THAT(rows(), UnorderedElementsAre(deleted_item(1, "a"), deleted_item(1, "a"),
                                           stored_item(2, "b"), stored_item(3, "c")));
}

TEST_P(MergingDestination, TruncatesOnlyTheLoadOfATableThatIsReplaced) {
  const TablePlan plan{.schema = plain_table(), .mode = WriteMode::Replace, .hard_deletes = true};
  run(plan, {batch_of(plain_table(), {item(1, "old")})});
  Destination& destination = open();
  ASSERT_THAT(destination.prepare(plan), IsOk());
  ASSERT_THAT(destination.write(batch_of(plain_table(), {item(2, "a")})), IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());
  fixture_->clock().advance(std::chrono::hours(1));
  ASSERT_THAT(destination.write(truncation_of(plain_table(), fixture_->clock().now())), IsOk());
  ASSERT_THAT(destination.write(batch_of(plain_table(), {item(3, "b")})), IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());
  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(1, "old")));

  ASSERT_THAT(destination.commit({.completed_tables = {"items"}}), IsOk());

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(3, "b")));
}

// A source may say that all is gone before it reads anew: what it reads afterwards stays, whatever
// the instant it named.
TEST_P(MergingDestination, TruncatesNothingThatIsWrittenAfterwards) {
  run(hard_, {upserts({item(1, "a"), item(2, "a")})});

  run(hard_, {truncation_of(keyed_table(), fixture_->clock().now() + std::chrono::hours(1)),
              upserts({item(2, "b"), item(3, "b")})});

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(2, "b"), stored_item(3, "b")));
}

TEST_P(MergingDestination, CountsWhatItChanged) {
  run(soft_, {upserts({item(1, "a"), item(2, "a")})});
  Destination& destination = open();
  ASSERT_THAT(destination.prepare(soft_), IsOk());
  ASSERT_THAT(destination.write(upserts({item(3, "a")})), IsOk());
  ASSERT_THAT(destination.write(deletes({1, 2})), IsOk());

  const auto counts = destination.commit({});

  ASSERT_THAT(counts, IsOk());
  ASSERT_EQ(counts->size(), 1U);
  EXPECT_EQ(counts->front().table, "items");
  EXPECT_EQ(counts->front().rows_written, 1);
  EXPECT_EQ(counts->front().rows_deleted, 2);
}

TEST_P(MergingDestination, StagesWithoutTraces) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare(soft_), IsOk());
  ASSERT_THAT(destination.write(upserts({item(1, "a")})), IsOk());
  ASSERT_THAT(destination.write(deletes({1})), IsOk());

  crash();

  EXPECT_THAT(rows(), IsEmpty());
}

}  // namespace tendril
