// Part of the destination contract: the mode History, in which each version of a key has a row.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/instant.h"
#include "testing/destination_fixture.h"

namespace tendril {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class HistoryDestination : public KeepingDestination {
 protected:
  void SetUp() override {
    KeepingDestination::SetUp();
    if (fixture_ != nullptr && !fixture_->keeps_history()) {
      GTEST_SKIP() << GetParam().name << " keeps no history";
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

  // A step of one commit: what is written a second after the step before.
  using Steps = std::vector<Batch>;

  // One whole run with a commit at its end. The first batch is written at the time it is, each
  // further one a second later, and one more second passes after the last.
  void run_steps(const Steps& steps) { run_steps(plan_, steps); }
  void run_steps(const TablePlan& plan, const Steps& steps) {
    Destination& destination = open();
    ASSERT_THAT(destination.prepare(plan), IsOk());
    for (const Batch& batch : steps) {
      ASSERT_THAT(destination.write(batch), IsOk());
      fixture_->clock().advance(std::chrono::seconds(1));
    }
    ASSERT_THAT(destination.commit({}), IsOk());
    crash();
  }

  // Times are seconds from the fixture's beginning.
  static std::string at(int seconds) {
    return to_iso(FakeClock().now() + std::chrono::seconds(seconds));
  }
  static StoredRow active(StoredRow row, int start, int synced) {
    row["_tendril_start"] = at(start);
    row["_tendril_end"] = std::nullopt;
    row["_tendril_active"] = "true";
    row["_tendril_synced"] = at(synced);
    return row;
  }
  // What ends a version also renews its `_tendril_synced`.
  static StoredRow ended(StoredRow row, int start, int end) {
    row["_tendril_start"] = at(start);
    row["_tendril_end"] = at(end);
    row["_tendril_active"] = "false";
    row["_tendril_synced"] = at(end);
    return row;
  }
  std::vector<StoredRow> history() { return fixture_->history("items"); }

  const TablePlan plan_{keyed_table(), WriteMode::History};
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(HistoryDestination);

TEST_P(HistoryDestination, RefusesATableWithoutAKey) {
  EXPECT_THAT(open().prepare({plain_table(), WriteMode::History}),
              IsError(ErrorCode::InvalidConfig));
}

TEST_P(HistoryDestination, StartsAVersionOfEachNewKey) {
  run_steps({upserts({item(1, "a"), item(2, "b")}), upserts({item(3, "c")})});

  EXPECT_THAT(history(), UnorderedElementsAre(active(stored_item(1, "a"), 0, 0),
                                              active(stored_item(2, "b"), 0, 0),
                                              active(stored_item(3, "c"), 1, 1)));
  EXPECT_THAT(rows(),
              UnorderedElementsAre(stored_item(1, "a"), stored_item(2, "b"), stored_item(3, "c")));
}

TEST_P(HistoryDestination, EndsTheActiveVersionWhereARowDiffers) {
  run_steps({upserts({item(1, "a"), item(2, "a")})});

  run_steps({upserts({item(1, "b"), item(3, "b")})});
  run_steps({upserts({item(1, "c")})});

  EXPECT_THAT(history(), UnorderedElementsAre(
                             ended(stored_item(1, "a"), 0, 1), ended(stored_item(1, "b"), 1, 2),
                             active(stored_item(1, "c"), 2, 2), active(stored_item(2, "a"), 0, 0),
                             active(stored_item(3, "b"), 1, 1)));
}

TEST_P(HistoryDestination, OnlyRenewsAVersionThatARowEquals) {
  run_steps({upserts({item(1, "a"), item(2, "a")})});

  run_steps({upserts({item(1, "a")}), upserts({item(1, "a"), item(1, "a")})});

  EXPECT_THAT(history(), UnorderedElementsAre(active(stored_item(1, "a"), 0, 2),
                                              active(stored_item(2, "a"), 0, 0)));
}

TEST_P(HistoryDestination, KeepsAllVersionsOfOneCommit) {
  run_steps({upserts({item(1, "a"), item(2, "x"), item(1, "b")}), upserts({item(1, "b")}),
             upserts({item(1, "c"), item(2, "x")})});

  EXPECT_THAT(history(), UnorderedElementsAre(
                             ended(stored_item(1, "a"), 0, 0), ended(stored_item(1, "b"), 0, 2),
                             active(stored_item(1, "c"), 2, 2), active(stored_item(2, "x"), 0, 2)));
}

TEST_P(HistoryDestination, KeepsAllVersionsOfTheCommitsOfARun) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare(plan_), IsOk());
  for (const char* value : {"a", "b", "b", "a"}) {
    ASSERT_THAT(destination.write(upserts({item(1, value)})), IsOk());
    ASSERT_THAT(destination.commit({}), IsOk());
    fixture_->clock().advance(std::chrono::seconds(1));
  }

  EXPECT_THAT(history(), UnorderedElementsAre(ended(stored_item(1, "a"), 0, 1),
                                              ended(stored_item(1, "b"), 1, 3),
                                              active(stored_item(1, "a"), 3, 3)));
}

TEST_P(HistoryDestination, SetsColumnsThatARowDoesNotHaveToNull) {
  run_steps({upserts({item(1, "a")})});

  run_steps({batch_of({"items", {{"id", {TypeKind::Long}}}, {"id"}}, {{{"id", 1}}})});

  EXPECT_THAT(history(), UnorderedElementsAre(ended(stored_item(1, "a"), 0, 1),
                                              active(stored_item(1, std::nullopt), 1, 1)));
}

TEST_P(HistoryDestination, EndsTheActiveVersionOfADeletedKey) {
  run_steps({upserts({item(1, "a"), item(2, "a")})});

  run_steps({deletes({1, 7}), deletes({1})});
  run_steps({deletes({1})});

  EXPECT_THAT(history(), UnorderedElementsAre(ended(stored_item(1, "a"), 0, 1),
                                              active(stored_item(2, "a"), 0, 0)));
}

TEST_P(HistoryDestination, EndsVersionsWhateverIsSaidOfHardDeletes) {
  const TablePlan hard{.schema = keyed_table(), .mode = WriteMode::History, .hard_deletes = true};
  run_steps(hard, {upserts({item(1, "a"), item(2, "a")})});

  run_steps(hard, {deletes({1}), truncation_of(keyed_table(), fixture_->clock().now())});

  EXPECT_THAT(history(), UnorderedElementsAre(ended(stored_item(1, "a"), 0, 1),
                                              ended(stored_item(2, "a"), 0, 2)));
}

TEST_P(HistoryDestination, StartsANewVersionWhenAKeyComesBack) {
  run_steps({upserts({item(1, "a"), item(2, "a")})});
  run_steps({deletes({1, 2})});

  run_steps({upserts({item(1, "a"), item(2, "b")})});

  EXPECT_THAT(history(), UnorderedElementsAre(
                             ended(stored_item(1, "a"), 0, 1), active(stored_item(1, "a"), 2, 2),
                             ended(stored_item(2, "a"), 0, 1), active(stored_item(2, "b"), 2, 2)));
}

TEST_P(HistoryDestination, KeepsTheOrderOfUpsertsAndDeletes) {
  run_steps({upserts({item(1, "a"), item(2, "a"), item(3, "a")})});

  run_steps({deletes({1, 2}), upserts({item(2, "a"), item(4, "d")}), deletes({4, 2}),
             upserts({item(3, "b")}), deletes({3}), upserts({item(2, "e")})});

  EXPECT_THAT(history(), UnorderedElementsAre(
                             ended(stored_item(1, "a"), 0, 1), ended(stored_item(2, "a"), 0, 1),
                             ended(stored_item(2, "a"), 2, 3), active(stored_item(2, "e"), 6, 6),
                             ended(stored_item(3, "a"), 0, 4), ended(stored_item(3, "b"), 4, 5),
                             ended(stored_item(4, "d"), 2, 3)));
}

TEST_P(HistoryDestination, UpdatesTheActiveVersion) {
  const TableSchema schema{
      "items",
      {{"id", {TypeKind::Long}}, {"value", {TypeKind::String}}, {"other", {TypeKind::Long}}},
      {"id"}};
  const auto row = [](int id, Value value, Value other) {
    return Map{{"id", id}, {"value", std::move(value)}, {"other", std::move(other)}};
  };
  const auto stored = [](const char* id, const char* value, std::optional<std::string> other) {
    return StoredRow{{"id", id}, {"value", value}, {"other", std::move(other)}};
  };
  const TablePlan plan{schema, WriteMode::History};
  run_steps(plan, {batch_of(schema, {row(1, "a", 10), row(2, "a", 20), row(3, "a", 30)})});

  run_steps(plan, {updates({item(1, "b"), item(2, "a"), item(7, "never")}),
                   updates({Map{{"id", 1}, {"other", nullptr}}}), updates({item(1, "c")}),
                   deletes({3}), updates({item(3, "gone")})});

  EXPECT_THAT(history(), UnorderedElementsAre(ended(stored("1", "a", "10"), 0, 1),
                                              ended(stored("1", "b", "10"), 1, 2),
                                              ended(stored("1", "b", std::nullopt), 2, 3),
                                              active(stored("1", "c", std::nullopt), 3, 3),
                                              active(stored("2", "a", "20"), 0, 1),
                                              ended(stored("3", "a", "30"), 0, 4)));
}

TEST_P(HistoryDestination, KeepsTheOrderOfUpdatesAndOtherOperations) {
  run_steps({upserts({item(1, "a"), item(2, "a")}), updates({item(1, "b"), item(1, "c")}),
             upserts({item(1, "d")}), deletes({2}), updates({item(1, "e"), item(2, "never")}),
             upserts({item(2, "f")})});

  EXPECT_THAT(history(), UnorderedElementsAre(
                             ended(stored_item(1, "a"), 0, 1), ended(stored_item(1, "b"), 1, 1),
                             ended(stored_item(1, "c"), 1, 2), ended(stored_item(1, "d"), 2, 4),
                             active(stored_item(1, "e"), 4, 4), ended(stored_item(2, "a"), 0, 3),
                             active(stored_item(2, "f"), 5, 5)));
}

TEST_P(HistoryDestination, EndsAllVersionsThatAgreeWithAPartOfTheKey) {
  const TableSchema schema{
      "items",
      {{"place", {TypeKind::String}}, {"id", {TypeKind::Long}}, {"value", {TypeKind::String}}},
      {"place", "id"}};
  const auto row = [](Value place, int id, const char* value) {
    return Map{{"place", std::move(place)}, {"id", id}, {"value", value}};
  };
  const auto stored = [](std::optional<std::string> place, const char* id, const char* value) {
    return StoredRow{{"place", std::move(place)}, {"id", id}, {"value", value}};
  };
  const auto deletes_of = [](const Column& column, const std::vector<Map>& keys) {
    return batch_of({"items", {column}, {"place", "id"}}, keys, Operation::Delete);
  };
  const TablePlan plan{schema, WriteMode::History};
  run_steps(plan, {batch_of(schema, {row("a", 1, "x"), row("a", 2, "x"), row("b", 1, "x"),
                                     row(nullptr, 3, "x")})});

  run_steps(plan, {deletes_of({"place", {TypeKind::String}}, {{{"place", "a"}}, {{"place", "a"}}}),
                   batch_of(schema, {row("a", 2, "x"), row("c", 1, "y")}),
                   deletes_of({"id", {TypeKind::Long}}, {{{"id", 1}}, {{"id", 9}}}),
                   deletes_of({"place", {TypeKind::String}}, {{{"place", nullptr}}})});

  EXPECT_THAT(history(),
              UnorderedElementsAre(
                  ended(stored("a", "1", "x"), 0, 1), ended(stored("a", "2", "x"), 0, 1),
                  active(stored("a", "2", "x"), 2, 2), ended(stored("b", "1", "x"), 0, 3),
                  ended(stored("c", "1", "y"), 2, 3), ended(stored(std::nullopt, "3", "x"), 0, 4)));
}

TEST_P(HistoryDestination, EndsVersionsThatWereLastSyncedBeforeATruncation) {
  run_steps({upserts({item(1, "a"), item(2, "a"), item(3, "a"), item(4, "a")})});
  run_steps({deletes({4})});
  const Instant start = fixture_->clock().now();

  run_steps({upserts({item(2, "a")}), upserts({item(3, "b")}), truncation_of(keyed_table(), start),
             upserts({item(1, "a"), item(5, "e")})});

  EXPECT_THAT(history(), UnorderedElementsAre(
                             ended(stored_item(1, "a"), 0, 4), active(stored_item(1, "a"), 5, 5),
                             active(stored_item(2, "a"), 0, 2), ended(stored_item(3, "a"), 0, 3),
                             active(stored_item(3, "b"), 3, 3), ended(stored_item(4, "a"), 0, 1),
                             active(stored_item(5, "e"), 5, 5)));
}

TEST_P(HistoryDestination, KnowsAKeyByAllItsColumnsAndTakesNullForAValue) {
  const TableSchema schema{
      "items",
      {{"a", {TypeKind::String}}, {"b", {TypeKind::Long}}, {"v", {TypeKind::Long}}},
      {"a", "b"}};
  const auto row = [](Value a, Value b, Value v) {
    return Map{{"a", std::move(a)}, {"b", std::move(b)}, {"v", std::move(v)}};
  };
  const auto stored = [](std::optional<std::string> a, std::optional<std::string> b,
                         std::optional<std::string> v) {
    return StoredRow{{"a", std::move(a)}, {"b", std::move(b)}, {"v", std::move(v)}};
  };
  const TablePlan plan{schema, WriteMode::History};
  run_steps(plan, {batch_of(schema, {row("x", 1, 1), row("x", 2, nullptr), row(nullptr, 1, 3),
                                     row("x", nullptr, nullptr)})});

  run_steps(plan, {batch_of(schema, {row("x", 1, nullptr), row("x", 2, nullptr), row(nullptr, 1, 7),
                                     row("x", nullptr, 8)})});

  EXPECT_THAT(history(), UnorderedElementsAre(ended(stored("x", "1", "1"), 0, 1),
                                              active(stored("x", "1", std::nullopt), 1, 1),
                                              active(stored("x", "2", std::nullopt), 0, 1),
                                              ended(stored(std::nullopt, "1", "3"), 0, 1),
                                              active(stored(std::nullopt, "1", "7"), 1, 1),
                                              ended(stored("x", std::nullopt, std::nullopt), 0, 1),
                                              active(stored("x", std::nullopt, "8"), 1, 1)));
}

TEST_P(HistoryDestination, TellsEqualValuesOfAllTypes) {
  using Limits = std::numeric_limits<double>;
  const TableSchema schema{"items",
                           {{"id", {TypeKind::Long}},
                            {"boolean", {TypeKind::Boolean}},
                            {"double", {TypeKind::Double}},
                            {"nan", {TypeKind::Double}},
                            {"decimal", decimal_type(38, 3)},
                            {"date", {TypeKind::NaiveDate}},
                            {"time", {TypeKind::NaiveTime}},
                            {"naive", {TypeKind::NaiveDatetime}},
                            {"instant", {TypeKind::UtcDatetime}},
                            {"text", {TypeKind::String}},
                            {"xml", {TypeKind::Xml}},
                            {"json", {TypeKind::Json}}},
                           {"id"}};
  const Map row{{"id", 1},
                {"boolean", false},
                {"double", 0.1},
                {"nan", Limits::quiet_NaN()},
                {"decimal", BigNumber{"-0.050"}},
                {"date", "0001-01-01"},
                {"time", "23:59:59.999999"},
                {"naive", "1969-12-31T23:59:59.999999"},
                {"instant", "9999-12-31T23:59:59.999999Z"},
                {"text", ""},
                {"xml", "<a/>"},
                {"json", Map{{"b", List{1, nullptr}}, {"a", ""}}}};
  const TablePlan plan{schema, WriteMode::History};

  run_steps(plan, {batch_of(schema, {row})});
  run_steps(plan, {batch_of(schema, {row, row})});

  EXPECT_EQ(history().size(), 1U);
  Map changed = row;
  changed.set("text", nullptr);
  run_steps(plan, {batch_of(schema, {changed})});
  EXPECT_EQ(history().size(), 2U);
}

TEST_P(HistoryDestination, AddsAndWidensColumns) {
  run_steps({upserts({item(1, "a"), item(2, "a"), item(3, "a")})});
  const TableSchema wide{
      "items",
      {{"id", {TypeKind::Long}}, {"value", {TypeKind::String}}, {"new", {TypeKind::Long}}},
      {"id"}};
  const TableSchema wider{
      "items",
      {{"id", {TypeKind::Long}}, {"value", {TypeKind::String}}, {"new", {TypeKind::String}}},
      {"id"}};
  const auto row = [](int id, Value added) {
    return Map{{"id", id}, {"value", "a"}, {"new", std::move(added)}};
  };
  const auto stored = [](int id, std::optional<std::string> added) {
    StoredRow stored_row = stored_item(id, "a");
    stored_row["new"] = std::move(added);
    return stored_row;
  };

  run_steps({batch_of(wide, {row(1, 5), row(2, nullptr)})});
  run_steps({batch_of(wide, {row(2, 6)}), batch_of(wider, {row(1, "5"), row(2, "7")}),
             batch_of(wide, {row(2, 7), row(3, nullptr)})});

  EXPECT_THAT(history(), UnorderedElementsAre(
                             ended(stored(1, std::nullopt), 0, 1), active(stored(1, "5"), 1, 3),
                             ended(stored(2, std::nullopt), 0, 2), ended(stored(2, "6"), 2, 3),
                             active(stored(2, "7"), 3, 4), active(stored(3, std::nullopt), 0, 4)));
}

TEST_P(HistoryDestination, CountsWhatItChanged) {
  run_steps({upserts({item(1, "a"), item(2, "a")})});
  Destination& destination = open();
  ASSERT_THAT(destination.prepare(plan_), IsOk());
  ASSERT_THAT(destination.write(upserts({item(3, "a"), item(4, "a"), item(5, "a")})), IsOk());
  ASSERT_THAT(destination.write(deletes({1, 2})), IsOk());

  const auto counts = destination.commit({});

  ASSERT_THAT(counts, IsOk());
  ASSERT_EQ(counts->size(), 1U);
  EXPECT_EQ(counts->front().table, "items");
  EXPECT_EQ(counts->front().rows_written, 3);
  EXPECT_EQ(counts->front().rows_deleted, 2);
}

TEST_P(HistoryDestination, StagesWithoutTraces) {
  run_steps({upserts({item(1, "a"), item(2, "a")})});
  Destination& destination = open();
  ASSERT_THAT(destination.prepare(plan_), IsOk());
  ASSERT_THAT(destination.write(upserts({item(1, "b"), item(3, "b")})), IsOk());
  ASSERT_THAT(destination.write(deletes({2})), IsOk());
  ASSERT_THAT(destination.write(truncation_of(keyed_table(), fixture_->clock().now())), IsOk());

  crash();

  const auto kept = {active(stored_item(1, "a"), 0, 0), active(stored_item(2, "a"), 0, 0)};
  EXPECT_THAT(history(), ::testing::UnorderedElementsAreArray(kept));
}

TEST_P(HistoryDestination, GoesOnFromTheLastCommitAfterACrash) {
  Destination& first = open();
  ASSERT_THAT(first.prepare(plan_), IsOk());
  ASSERT_THAT(first.write(upserts({item(1, "a")})), IsOk());
  ASSERT_THAT(first.commit({.entries = {{"items", "", "1"}}}), IsOk());
  ASSERT_THAT(first.write(upserts({item(1, "b")})), IsOk());
  crash();
  fixture_->clock().advance(std::chrono::seconds(1));

  run_steps({upserts({item(1, "b")})});

  EXPECT_THAT(history(), UnorderedElementsAre(ended(stored_item(1, "a"), 0, 1),
                                              active(stored_item(1, "b"), 1, 1)));
}

TEST_P(HistoryDestination, LetsNoOlderRunCommit) {
  run_steps({upserts({item(1, "a")})});
  Destination& older = open();
  ASSERT_THAT(older.prepare(plan_), IsOk());
  ASSERT_THAT(older.write(upserts({item(1, "old")})), IsOk());
  const std::unique_ptr<Destination> newer = fixture_->destination();
  ASSERT_THAT(newer->open("connection"), IsOk());

  EXPECT_THAT(older.commit({}), IsError(ErrorCode::Cancelled));

  EXPECT_THAT(history(), UnorderedElementsAre(active(stored_item(1, "a"), 0, 0)));
}

// One would replace or repeat the versions that the other keeps.
TEST_P(HistoryDestination, RefusesATableThatWasWrittenInAnotherMode) {
  const auto refused = IsError(ErrorCode::InvalidConfig, ::testing::HasSubstr("history"));
  run_steps({upserts({item(1, "a")})});
  run({keyed_table("others"), WriteMode::Append},
      {batch_of(keyed_table("others"), {item(1, "a"), item(1, "a")})});

  EXPECT_THAT(open().prepare({keyed_table(), WriteMode::Append}), refused);
  EXPECT_THAT(open().prepare({keyed_table(), WriteMode::Merge}), refused);
  EXPECT_THAT(open().prepare({keyed_table("others"), WriteMode::History}), refused);
}

TEST_P(HistoryDestination, GivesWayToALoadThatReplacesTheTable) {
  run_steps({upserts({item(1, "a")})});
  run_steps({upserts({item(1, "b")})});

  run({keyed_table(), WriteMode::Replace}, {upserts({item(2, "c")})});

  EXPECT_THAT(rows(), UnorderedElementsAre(stored_item(2, "c")));
}

}  // namespace tendril
