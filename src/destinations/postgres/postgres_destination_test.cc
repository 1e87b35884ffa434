// What PostgreSQL has of its own beside the contract: servers that go away, names, rights, types.
#include "destinations/postgres/postgres_destination.h"

#include <utility>

#include <fmt/format.h>

#include "destinations/postgres/names.h"
#include "destinations/postgres/postgres_fixture_test.h"

namespace tendril {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class PostgresStorage : public ::testing::Test {
 protected:
  void SetUp() override {
    fixture_ = PostgresFixture::make();
    if (fixture_ == nullptr) {
      GTEST_SKIP() << kNoPostgres;
    }
  }

  std::unique_ptr<Destination> opened() {
    auto destination = fixture_->destination();
    EXPECT_THAT(destination->open("connection"), IsOk());
    return destination;
  }

  void run(const TablePlan& plan, const std::vector<Batch>& batches) {
    const auto destination = opened();
    ASSERT_THAT(destination->prepare(plan), IsOk());
    for (const Batch& batch : batches) {
      ASSERT_THAT(destination->write(batch), IsOk());
    }
    Checkpoint checkpoint;
    if (plan.mode == WriteMode::Replace) {
      checkpoint.completed_tables = {plan.schema.name};
    }
    ASSERT_THAT(destination->commit(checkpoint), IsOk());
  }

  std::string one(const std::string& statement) {
    const PostgresRows rows = fixture_->sql(statement);
    return rows.size() == 1 ? rows[0][0].value_or("NULL") : fmt::format("{} rows", rows.size());
  }

  // Ends the sessions of all destinations, as an administrator does.
  void end_sessions() {
    fixture_->sql(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE "
        "application_name LIKE 'tendril/%'");
  }

  static Batch items(const std::vector<Map>& rows) { return batch_of(keyed_table(), rows); }

  std::unique_ptr<PostgresFixture> fixture_;
};

TEST_F(PostgresStorage, SaysThatAConnectionIsLostAndGoesOnInTheNextRun) {
  const TablePlan plan{keyed_table(), WriteMode::Merge};
  run(plan, {items({item(1, "a")})});
  const auto destination = opened();
  ASSERT_THAT(destination->prepare(plan), IsOk());
  ASSERT_THAT(destination->write(items({item(2, "lost")})), IsOk());

  end_sessions();

  EXPECT_THAT(destination->commit({.entries = {{"items", "", "1"}}}),
              IsError(ErrorCode::Unavailable, HasSubstr("127.0.0.1")));
  EXPECT_THAT(destination->write(items({item(2, "late")})), IsError(ErrorCode::Unavailable));
  EXPECT_THAT(destination->commit({}), IsError(ErrorCode::Unavailable));
  EXPECT_THAT(opened()->load_state(), IsOkAndHolds(IsEmpty()));
  run(plan, {items({item(3, "c")})});
  EXPECT_THAT(fixture_->look("items").value(),
              UnorderedElementsAre(stored_item(1, "a"), stored_item(3, "c")));
}

// The first rows of a table go straight into it; a small one could find room on an earlier page.
TEST_F(PostgresStorage, TheLastRowOfEachKeyStaysInANewTableWhateverTheSizesOfRows) {
  constexpr std::int64_t kKeys = 97;
  constexpr std::int64_t kRows = 6'000;
  const std::vector<std::size_t> sizes = {10, 1'900, 40, 1'500, 700};
  std::vector<Batch> batches;
  for (std::int64_t first = 0; first < kRows; first += 1'000) {
    std::vector<Map> rows;
    for (std::int64_t row = first; row < first + 1'000; ++row) {
      const std::size_t size = sizes[static_cast<std::size_t>(row) % sizes.size()];
      rows.push_back(item(row % kKeys, fmt::format("{} {}", row, std::string(size, 'x'))));
    }
    batches.push_back(items(rows));
  }
  for (const WriteMode mode : {WriteMode::Merge, WriteMode::Replace}) {
    run({keyed_table(), mode}, batches);

    EXPECT_EQ(one("SELECT count(*) FROM items"), std::to_string(kKeys));
    EXPECT_EQ(one("SELECT min(split_part(value, ' ', 1)::int) FROM items"),
              std::to_string(kRows - kKeys));
    fixture_->sql("DROP TABLE items");
  }
}

TEST_F(PostgresStorage, KeysThatComeAgainInLaterCommitsOfANewTableReplaceTheirRows) {
  const auto destination = opened();
  ASSERT_THAT(destination->prepare({keyed_table(), WriteMode::Merge}), IsOk());
  const std::vector<std::vector<Map>> commits = {
      {item(1, "a"), item(2, "b")},                 // The table is new,
      {item(3, "c"), item(4, "d")},                 // and so are these,
      {item(5, "e"), item(1, "A")},                 // not all of these,
      {item(2, "x"), item(6, "f"), item(2, "B")},   // which come twice,
      {item(6, "F"), item(3, "y"), item(3, "C")}};  // and again.
  std::vector<std::int64_t> written;
  for (const std::vector<Map>& rows : commits) {
    ASSERT_THAT(destination->write(items(rows)), IsOk());
    const auto counts = destination->commit({});
    ASSERT_THAT(counts, IsOk());
    written.push_back(counts->front().rows_written);
  }

  EXPECT_THAT(written, ElementsAre(2, 2, 2, 2, 2));
  EXPECT_EQ(one("SELECT string_agg(value, '' ORDER BY id) FROM items"), "ABCdeF");
}

TEST_F(PostgresStorage, ChangesOfANewTableComeAfterItsFirstRows) {
  run({keyed_table(), WriteMode::Merge},
      {items({item(1, "a"), item(2, "b"), item(2, "c")}),
       batch_of(keyed_table(), {item(1, "")}, Operation::Delete), items({item(3, "d")})});

  EXPECT_THAT(fixture_->sql("SELECT id, value, _tendril_deleted FROM items ORDER BY id"),
              ElementsAre(ElementsAre("1", "a", "t"), ElementsAre("2", "c", "f"),
                          ElementsAre("3", "d", "f")));
}

TEST_F(PostgresStorage, LosesNothingWhenAConnectionBreaksWhileRowsAreSent) {
  const auto destination = opened();
  ASSERT_THAT(destination->prepare({plain_table()}), IsOk());
  std::vector<Map> many;
  for (std::int64_t id = 0; id < 20'000; ++id) {
    many.push_back(item(id, std::string(100, 'x')));
  }
  const Batch batch = batch_of(plain_table(), many);
  ASSERT_THAT(destination->write(batch), IsOk());

  end_sessions();
  const Status written = destination->write(batch);
  // Whether libpq has noticed by then depends on the network.
  EXPECT_TRUE(written.ok() || written.error().code == ErrorCode::Unavailable);

  EXPECT_THAT(destination->commit({}), IsError(ErrorCode::Unavailable));
  EXPECT_EQ(fixture_->look("items"), std::nullopt);
}

TEST_F(PostgresStorage, EndsTheSessionOfAnOlderRunThatHoldsLocks) {
  const TablePlan plan{keyed_table(), WriteMode::Merge};
  run(plan, {items({item(1, "a")})});
  const auto zombie = opened();
  ASSERT_THAT(zombie->prepare(plan), IsOk());
  ASSERT_THAT(zombie->write(items({item(1, "zombie")})), IsOk());

  run(plan, {items({item(1, "b")})});

  EXPECT_THAT(zombie->commit({}), IsError(ErrorCode::Cancelled, HasSubstr("connection")));
  EXPECT_THAT(fixture_->look("items").value(), ElementsAre(stored_item(1, "b")));
}

TEST_F(PostgresStorage, LetsReadersReadUntilTheCommit) {
  run({keyed_table(), WriteMode::Merge}, {items({item(1, "a")})});
  const auto destination = opened();
  TableSchema wide = keyed_table();
  wide.columns.push_back({"new", {TypeKind::Long}});
  ASSERT_THAT(destination->prepare({wide, WriteMode::Merge}), IsOk());
  ASSERT_THAT(destination->write(batch_of(wide, {{{"id", "x"}, {"new", 1}}})), IsOk());

  fixture_->sql("SET lock_timeout = '2s'");
  EXPECT_EQ(one("SELECT value FROM items"), "a");

  ASSERT_THAT(destination->commit({}), IsOk());
  EXPECT_EQ(one("SELECT count(*) FROM items"), "2");
  EXPECT_EQ(one("SELECT pg_typeof(id)::text FROM items LIMIT 1"), "text");
}

TEST_F(PostgresStorage, RemembersNamesThatAreTooLong) {
  const std::string name(100, 'n');
  const TableSchema schema{
      name, {{name, {TypeKind::Long}}, {name + "2", {TypeKind::Long}}}, {name}};
  const auto row = [&](int id, int other) { return Map{{name, id}, {name + "2", other}}; };

  run({schema, WriteMode::Merge}, {batch_of(schema, {row(1, 1)})});
  run({schema, WriteMode::Merge}, {batch_of(schema, {row(1, 2), row(2, 2)})});

  EXPECT_THAT(fixture_->look(postgres_identifier(name)).value(),
              UnorderedElementsAre(StoredRow{{name, "1"}, {name + "2", "2"}},
                                   StoredRow{{name, "2"}, {name + "2", "2"}}));
  auto looker = fixture_->destination();
  ASSERT_THAT(looker->open_to_look("connection"), IsOk());
  EXPECT_THAT(looker->stored_table(name),
              IsOkAndHolds(std::optional(TableSchema{name, schema.columns})));
}

TEST_F(PostgresStorage, TellsNamesApartThatDifferInCase) {
  const TableSchema schema{"Items", {{"Id", {TypeKind::Long}}, {"id", {TypeKind::Long}}}};
  const TableSchema lower{"items", schema.columns};

  run({schema}, {batch_of(schema, {Map{{"Id", 1}, {"id", 2}}})});
  run({lower}, {batch_of(lower, {Map{{"Id", 3}, {"id", 4}}})});

  EXPECT_THAT(fixture_->look("Items").value(), ElementsAre(StoredRow{{"Id", "1"}, {"id", "2"}}));
  EXPECT_THAT(fixture_->look("items").value(), ElementsAre(StoredRow{{"Id", "3"}, {"id", "4"}}));
}

TEST_F(PostgresStorage, KeepsJsonThatJsonbCanNotHold) {
  const TableSchema schema{"items", {{"id", {TypeKind::Long}}, {"v", {TypeKind::Json}}}, {"id"}};
  const auto batch = [&](int id, const std::string& json) {
    BatchBuilder builder(schema);
    builder.cell("id").append_int(id);
    builder.cell("v").append_json(json);
    builder.end_row();
    return builder.take().value();
  };
  for (const WriteMode mode : {WriteMode::Merge, WriteMode::History}) {
    fixture_->sql("DROP TABLE IF EXISTS items");
    run({schema, mode}, {batch(1, R"({"a":1})")});
    EXPECT_EQ(fixture_->stored_type("items", "v"), "jsonb");

    run({schema, mode}, {batch(2, R"("\u0000")"), batch(3, "1e999999")});
    run({schema, mode}, {batch(2, R"("\u0000")"), batch(3, "[1, 2]")});

    EXPECT_EQ(fixture_->stored_type("items", "v"), "json");
    EXPECT_EQ(one("SELECT string_agg(v::text, ' ' ORDER BY id, v::text) FROM items"),
              mode == WriteMode::Merge ? R"({"a": 1} "\u0000" [1, 2])"
                                       : R"({"a": 1} "\u0000" 1e999999 [1, 2])");
  }
}

TEST_F(PostgresStorage, ReplacesNulInTexts) {
  const TableSchema schema{"items", {{"v", {TypeKind::String}}}};
  run({schema}, {batch_of(schema, {{{"v", std::string("a\0b", 3)}}, {{"v", "c"}}})});

  EXPECT_THAT(fixture_->look("items").value(),
              UnorderedElementsAre(StoredRow{{"v", "a\uFFFDb"}}, StoredRow{{"v", "c"}}));
}

TEST_F(PostgresStorage, RefusesTimesThatPostgresDoesNotKnow) {
  const TableSchema schema{"items", {{"v", {TypeKind::UtcDatetime}}}};
  const auto destination = opened();
  ASSERT_THAT(destination->prepare({schema}), IsOk());

  EXPECT_THAT(
      destination->write(batch_of(
          schema, {{{"v", Value(Datetime{instant_from_micros(-300'000'000'000'000'000)})}}})),
      IsError(ErrorCode::BadData, AllOf(HasSubstr("4713 BC"), HasSubstr("column v"))));
}

TEST_F(PostgresStorage, RefusesTablesThatAreTooWide) {
  TableSchema schema{"items", {}};
  for (int number = 0; number < 1600; ++number) {
    schema.columns.push_back({"c" + std::to_string(number), {TypeKind::Boolean}});
  }
  EXPECT_THAT(opened()->prepare({schema}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("1601 columns")));
  schema.columns.pop_back();
  EXPECT_THAT(opened()->prepare({schema}), IsOk());
}

TEST_F(PostgresStorage, AppendsToATableThatWasMerged) {
  run({keyed_table(), WriteMode::Merge}, {items({item(1, "a")})});

  run({keyed_table(), WriteMode::Append}, {items({item(1, "a"), item(1, "b")})});
  EXPECT_EQ(fixture_->look("items")->size(), 3U);

  run({keyed_table(), WriteMode::Merge}, {items({item(1, "c")})});
  EXPECT_THAT(fixture_->look("items").value(), ElementsAre(stored_item(1, "c")));
}

TEST_F(PostgresStorage, HasAnIndexOnTheKey) {
  run({keyed_table(), WriteMode::Merge}, {items({item(1, "a")})});
  run({keyed_table("loaded"), WriteMode::Replace},
      {batch_of(keyed_table("loaded"), {item(1, "a")})});
  run({keyed_table("loaded"), WriteMode::Replace},
      {batch_of(keyed_table("loaded"), {item(1, "b")})});

  const auto index_of = [&](const std::string& table) {
    return one("SELECT string_agg(indexname, ',') FROM pg_indexes WHERE tablename = '" + table +
               "' AND schemaname = '" + fixture_->schema() + "'");
  };
  EXPECT_EQ(index_of("items"), "items__tendril_key");
  EXPECT_EQ(index_of("loaded"), "loaded__tendril_key");
}

TEST_F(PostgresStorage, KeepsTheRightsOnATableThatIsReplaced) {
  const TablePlan plan{plain_table(), WriteMode::Replace};
  run(plan, {batch_of(plain_table(), {item(1, "a")})});
  fixture_->sql("DROP ROLE IF EXISTS reader");
  fixture_->sql("CREATE ROLE reader");
  fixture_->sql("GRANT SELECT ON items TO reader WITH GRANT OPTION");

  run(plan, {batch_of(plain_table(), {item(2, "b")})});

  EXPECT_EQ(one("SELECT has_table_privilege('reader', 'items', 'SELECT WITH GRANT OPTION')"), "t");
  fixture_->sql("DROP OWNED BY reader");
  fixture_->sql("DROP ROLE reader");
}

TEST_F(PostgresStorage, SaysWhatAViewStandsInTheWayOf) {
  const TablePlan replace{plain_table(), WriteMode::Replace};
  run(replace, {batch_of(plain_table(), {item(1, "a")})});
  fixture_->sql("CREATE VIEW seen AS SELECT id FROM items");

  auto destination = opened();
  ASSERT_THAT(destination->prepare(replace), IsOk());
  EXPECT_THAT(destination->commit({.completed_tables = {"items"}}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("items can not be replaced")));

  destination = opened();
  ASSERT_THAT(destination->prepare({plain_table()}), IsOk());
  ASSERT_THAT(destination->write(batch_of({"items", {}}, {{{"id", "x"}}})), IsOk());
  EXPECT_THAT(destination->commit({}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("view or rule needs")));
  EXPECT_THAT(opened()->prepare({plain_table("seen")}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("a view has the name")));
}

TEST_F(PostgresStorage, WritesIntoATableOfSomebodyElse) {
  fixture_->sql("CREATE SCHEMA " + fixture_->schema());
  fixture_->sql("CREATE TABLE items (id bigint PRIMARY KEY, value varchar, more uuid)");
  fixture_->sql("INSERT INTO items VALUES (1, 'theirs'), (2, 'theirs')");

  run({keyed_table(), WriteMode::Merge}, {items({item(2, "ours"), item(3, "ours")})});

  EXPECT_EQ(one("SELECT string_agg(id || value, ' ' ORDER BY id) FROM items"),
            "1theirs 2ours 3ours");
  EXPECT_THAT(opened()->prepare({TableSchema{"items",
                                             {{"value", {TypeKind::String}},
                                              {"id", {TypeKind::Long}},
                                              {"more", {TypeKind::String}}}}}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("uuid")));
}

TEST_F(PostgresStorage, KeepsRowsOfManyTablesApart) {
  const auto destination = opened();
  for (int table = 0; table < 5; ++table) {
    ASSERT_THAT(destination->prepare({plain_table("t" + std::to_string(table))}), IsOk());
  }
  for (std::int64_t id = 0; id < 50; ++id) {
    const std::string table = "t" + std::to_string(id % 5);
    ASSERT_THAT(
        destination->write(batch_of(plain_table(table), {item(id, std::string(20'000, 'x'))})),
        IsOk());
  }
  ASSERT_THAT(destination->commit({}), IsOk());

  for (int table = 0; table < 5; ++table) {
    EXPECT_EQ(fixture_->look("t" + std::to_string(table))->size(), 10U);
  }
}

TEST_F(PostgresStorage, MergesManyRowsWithNullKeys) {
  const TableSchema schema{
      "items",
      {{"a", {TypeKind::Long}}, {"b", {TypeKind::Long}}, {"v", {TypeKind::Long}}},
      {"a", "b"}};
  const auto batch = [&](int value) {
    std::vector<Map> rows;
    for (std::int64_t id = 0; id < 3000; ++id) {
      rows.push_back({{"a", id}, {"b", id % 2 == 0 ? Value() : Value(id)}, {"v", value}});
    }
    return batch_of(schema, rows);
  };

  run({schema, WriteMode::Merge}, {batch(1)});
  run({schema, WriteMode::Merge}, {batch(2)});

  EXPECT_EQ(one("SELECT count(*) || ' ' || sum(v) FROM items"), "3000 6000");
}

class PostgresAccess : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = PostgresServer::shared();
    if (server_ == nullptr) {
      GTEST_SKIP() << kNoPostgres;
    }
  }

  // Opens with another user, database or port in the shared server's URI.
  Status open(const std::string& from, const std::string& to) const {
    std::string target = server_->uri().substr(server_->uri().find(':') + 1);
    const std::size_t at = target.find(from);
    EXPECT_NE(at, std::string::npos);
    target.replace(at, from.size(), to);
    auto destination = postgres_destination().make(target);
    EXPECT_THAT(destination, IsOk());
    return (*destination)->open("connection");
  }

  PostgresServer* server_ = nullptr;
};

TEST_F(PostgresAccess, NamesTheServerThatDoesNotAnswer) {
  auto destination = postgres_destination().make("//ann:hunter2@127.0.0.1:1/db");
  ASSERT_THAT(destination, IsOk());

  EXPECT_THAT((*destination)->open("c"),
              IsError(ErrorCode::Unavailable,
                      AllOf(HasSubstr("127.0.0.1:1/db"), ::testing::Not(HasSubstr("hunter2")))));
}

TEST_F(PostgresAccess, TellsRefusalsApart) {
  EXPECT_THAT(open("tendril@", "nobody_at_all@"), IsError(ErrorCode::Unauthenticated));
  EXPECT_THAT(open("/postgres", "/no_such_database"), IsError(ErrorCode::NotFound));
}

TEST_F(PostgresAccess, NamesTheRightThatIsMissing) {
  PostgresFixture fixture(*server_);
  fixture.sql("DROP ROLE IF EXISTS poor");
  fixture.sql("CREATE ROLE poor LOGIN");

  EXPECT_THAT(open("tendril@", "poor@"), IsError(ErrorCode::PermissionDenied, HasSubstr("public")));

  fixture.sql("DROP ROLE poor");
}

TEST(PostgresServerEnd, IsUnavailableAndThenGoesOn) {
  const auto server = PostgresServer::start();
  if (server == nullptr) {
    GTEST_SKIP() << kNoPostgres;
  }
  PostgresFixture fixture(*server);
  const auto first = fixture.destination();
  ASSERT_THAT(first->open("connection"), IsOk());
  ASSERT_THAT(first->prepare({plain_table()}), IsOk());
  ASSERT_THAT(first->write(batch_of(plain_table(), {item(1, "a")})), IsOk());
  ASSERT_THAT(first->commit({.entries = {{"items", "", "1"}}}), IsOk());
  ASSERT_THAT(first->write(batch_of(plain_table(), {item(2, "lost")})), IsOk());

  server->crash();

  EXPECT_THAT(first->commit({}), IsError(ErrorCode::Unavailable));
  EXPECT_THAT(fixture.destination()->open("connection"), IsError(ErrorCode::Unavailable));
  server->restart();
  const auto second = fixture.destination();
  ASSERT_THAT(second->open("connection"), IsOk());
  EXPECT_THAT(second->load_state(), IsOkAndHolds(ElementsAre(StateEntry{"items", "", "1"})));
  EXPECT_THAT(fixture.look("items").value(), ElementsAre(stored_item(1, "a")));
}

}  // namespace
}  // namespace tendril
