#include "bridges/partner/partner_destination.h"

#include <fstream>

#include <gmock/gmock.h>

#include "bridges/partner/kept_tables_test.h"
#include "bridges/partner/partner_server.h"
#include "testing/destination_fixture.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class PartnerDestinations : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = PartnerServer::start(std::make_unique<KeptTables>(storage_), {}).value();
  }

  std::unique_ptr<Destination> destination(const std::string& more = "") {
    const auto spec = partner_destination(
        {.home = [this]() -> Result<std::filesystem::path> { return folder_ / "home"; },
         .clock = clock_});
    return spec
        .make("127.0.0.1:" + std::to_string(server_->port()) + "?encryption=none&compression=none" +
              more)
        .value();
  }
  std::unique_ptr<Destination> opened(const std::string& connection = "c") {
    auto made = destination();
    EXPECT_THAT(made->open(connection), IsOk());
    return made;
  }

  void run(const TablePlan& plan, const std::vector<Batch>& batches,
           const Checkpoint& checkpoint = {}) {
    const auto made = opened();
    ASSERT_THAT(made->prepare(plan), IsOk());
    for (const Batch& batch : batches) {
      ASSERT_THAT(made->write(batch), IsOk());
      clock_->advance(std::chrono::seconds(1));
    }
    ASSERT_THAT(made->commit(checkpoint), IsOk());
  }

  // "1 a", and " deleted" behind those that are marked.
  std::vector<std::string> items() const {
    std::vector<std::string> texts;
    for (const KeptRow& row : storage_.tables.at("items").rows) {
      texts.push_back(row.at("id") + " " + (row.contains("value") ? row.at("value") : "NULL") +
                      (row.contains("_fivetran_deleted") && row.at("_fivetran_deleted") == "true"
                           ? " deleted"
                           : ""));
    }
    return texts;
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
  bool has_batch_files() const {
    const auto batches = folder_ / "home" / "batch-files";
    return std::filesystem::exists(batches) && !std::filesystem::is_empty(batches);
  }

  const TablePlan merge_{keyed_table(), WriteMode::Merge};
  TemporaryFolder folder_;
  std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  KeptStorage storage_;
  std::unique_ptr<PartnerServer> server_;  // Stops before its storage goes.
};

TEST_F(PartnerDestinations, StoreNothingBeforeACommit) {
  const auto made = opened();
  ASSERT_THAT(made->prepare(merge_), IsOk());
  ASSERT_THAT(made->write(upserts({item(1, "a")})), IsOk());

  EXPECT_THAT(storage_.calls, IsEmpty());
}

TEST_F(PartnerDestinations, MergeRowsInTheOrderOfTheirOperations) {
  run(merge_, {upserts({item(1, "a"), item(2, "a"), item(3, "a"), item(1, "b")}), deletes({2}),
               updates({item(3, "c"), item(9, "never")}), upserts({item(2, "d")}), deletes({3})});

  EXPECT_THAT(items(), UnorderedElementsAre("1 b", "2 d", "3 c deleted"));
  EXPECT_THAT(storage_.calls, ElementsAre("CreateTable items", "WriteBatch items",
                                          "WriteBatch items", "WriteBatch items"));
  EXPECT_FALSE(has_batch_files());
}

TEST_F(PartnerDestinations, WriteOneBatchWhereNoKeyComesTwice) {
  run(merge_, {upserts({item(1, "a"), item(2, "a")}), updates({item(3, "b")}), deletes({4}),
               upserts({item(5, "c")})});

  EXPECT_THAT(storage_.calls, ElementsAre("CreateTable items", "WriteBatch items"));
}

TEST_F(PartnerDestinations, RemoveDeletedRowsWhenToldTo) {
  const TablePlan hard{.schema = keyed_table(), .mode = WriteMode::Merge, .hard_deletes = true};

  run(hard, {upserts({item(1, "a"), item(2, "a")}), deletes({1})});

  EXPECT_THAT(items(), UnorderedElementsAre("2 a"));
}

TEST_F(PartnerDestinations, TruncateWhereItStands) {
  run(merge_, {upserts({item(1, "a"), item(2, "a")})});
  const Instant start = clock_->now();

  run(merge_,
      {upserts({item(2, "b")}), truncation_of(keyed_table(), start), upserts({item(3, "c")})});

  EXPECT_THAT(items(), UnorderedElementsAre("1 a deleted", "2 b", "3 c"));
}

TEST_F(PartnerDestinations, AppendEveryRow) {
  for (int repetition = 0; repetition < 2; ++repetition) {
    run({keyed_table()}, {upserts({item(1, "a"), item(1, "a")})});
  }

  EXPECT_THAT(items(), ElementsAre("1 a", "1 a", "1 a", "1 a"));
}

TEST_F(PartnerDestinations, TruncateWhatIsOlderAtTheEndOfALoad) {
  const TablePlan plan{plain_table(), WriteMode::Replace};
  run(plan, {batch_of(plain_table(), {item(1, "old")})}, {.completed_tables = {"items"}});

  run(plan, {batch_of(plain_table(), {item(2, "new")})});
  EXPECT_THAT(items(), ElementsAre("1 old", "2 new"));
  TablePlan resumed = plan;
  resumed.resume = true;
  run(resumed, {batch_of(plain_table(), {item(3, "new")})}, {.completed_tables = {"items"}});

  EXPECT_THAT(items(), ElementsAre("2 new", "3 new"));
}

TEST_F(PartnerDestinations, KeepVersions) {
  const TablePlan plan{keyed_table(), WriteMode::History};
  run(plan, {upserts({item(1, "a"), item(2, "a")})});

  run(plan, {upserts({item(1, "b")}), deletes({2})});

  std::vector<std::string> versions;
  for (const KeptRow& row : storage_.tables.at("items").rows) {
    versions.push_back(row.at("id") + row.at("value") + " " + row.at("_fivetran_start") + " " +
                       row.at("_fivetran_end"));
  }
  EXPECT_THAT(versions, UnorderedElementsAre("1a 2024-01-02T03:04:05Z before 2024-01-02T03:04:06Z",
                                             "1b 2024-01-02T03:04:06Z 9999-12-31T23:59:59.999Z",
                                             "2a 2024-01-02T03:04:05Z 2024-01-02T03:04:07Z"));
}

TEST_F(PartnerDestinations, GrowTables) {
  run(merge_, {upserts({item(1, "a")})});

  run(merge_, {batch_of(keyed_table(), {{{"id", 2}, {"value", "b"}, {"new", 1.5}}})});

  EXPECT_THAT(storage_.calls, ElementsAre("CreateTable items", "WriteBatch items",
                                          "AlterTable items", "WriteBatch items"));
  const auto stored = opened()->stored_table("items").value().value();
  EXPECT_EQ(stored.find("new")->type, Type{TypeKind::Double});
  EXPECT_EQ(stored.columns.size(), 3U);
}

TEST_F(PartnerDestinations, RepeatACommitThatWasCutOff) {
  storage_.answer = [](const std::string& call) {
    return call == "WriteBatch items" ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "gone")
                                      : grpc::Status::OK;
  };
  {
    const auto made = opened();
    ASSERT_THAT(made->prepare({keyed_table()}), IsOk());
    ASSERT_THAT(made->write(upserts({item(1, "a"), item(1, "a")})), IsOk());
    EXPECT_THAT(made->commit({.entries = {{"items", "", "1"}}}),
                IsError(ErrorCode::Unavailable, HasSubstr("WriteBatch of items")));
    EXPECT_THAT(made->load_state(), IsOkAndHolds(IsEmpty()));
  }
  ASSERT_THAT(items(), ElementsAre("1 a", "1 a"));
  EXPECT_TRUE(has_batch_files());
  storage_.answer = nullptr;

  const auto next = opened();

  EXPECT_THAT(items(), ElementsAre("1 a", "1 a"));
  EXPECT_THAT(next->load_state(), IsOkAndHolds(ElementsAre(StateEntry{"items", "", "1"})));
}

TEST_F(PartnerDestinations, GiveUpACommitThatIsRefusedTwice) {
  storage_.task = "no room";
  {
    const auto made = opened();
    ASSERT_THAT(made->prepare(merge_), IsOk());
    ASSERT_THAT(made->write(upserts({item(1, "a")})), IsOk());
    EXPECT_THAT(made->commit({}), IsError(ErrorCode::System, HasSubstr("task: no room")));
    EXPECT_THAT(made->commit({}), IsError(ErrorCode::System, HasSubstr("task: no room")));
  }
  storage_.task = "no room";
  EXPECT_THAT(destination()->open("c"), IsError(ErrorCode::System, HasSubstr("it is given up")));

  EXPECT_THAT(opened()->load_state(), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(items(), IsEmpty());
}

TEST_F(PartnerDestinations, LetNoOlderRunCommit) {
  const auto older = opened();
  ASSERT_THAT(older->prepare(merge_), IsOk());
  ASSERT_THAT(older->write(upserts({item(1, "old")})), IsOk());
  const auto newer = opened();
  const auto other = opened("other");

  EXPECT_THAT(older->commit({}), IsError(ErrorCode::Cancelled));

  EXPECT_THAT(storage_.calls, IsEmpty());
  EXPECT_THAT(newer->commit({.entries = {{"s", "", "1"}}}), IsOk());
  EXPECT_THAT(other->load_state(), IsOkAndHolds(IsEmpty()));
}

TEST_F(PartnerDestinations, RefuseATableOfAnotherKeyOrMode) {
  run(merge_, {upserts({item(1, "a")})});

  EXPECT_THAT(
      opened()->prepare({{"items", keyed_table().columns, {"value"}}, WriteMode::Merge}),
      IsError(ErrorCode::InvalidConfig, HasSubstr("stored by another key: id, wanted value")));
  EXPECT_THAT(opened()->prepare({keyed_table()}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("id, wanted _fivetran_id")));
  EXPECT_THAT(opened()->prepare({keyed_table(), WriteMode::History}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("without versions")));
  EXPECT_THAT(opened()->prepare({plain_table("keyless"), WriteMode::Merge}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("no primary key")));
  EXPECT_THAT(opened()->prepare({{"t", {{"_fivetran_synced", {TypeKind::Long}}}}}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("t._fivetran_synced")));
}

TEST_F(PartnerDestinations, SayWhatTheProtocolCanNot) {
  const TableSchema places{
      "items", {{"place", {TypeKind::String}}, {"id", {TypeKind::Long}}}, {"place", "id"}};
  const auto made = opened();
  ASSERT_THAT(made->prepare({places, WriteMode::Merge}), IsOk());

  EXPECT_THAT(made->write(batch_of({"items", {{"id", {TypeKind::Long}}}, {"place", "id"}},
                                   {{{"id", 1}}}, Operation::Delete)),
              IsError(ErrorCode::Unsupported, HasSubstr("by their whole key only")));
}

TEST_F(PartnerDestinations, SayWhichTestFailedAndNoSecret) {
  std::ofstream(folder_ / "config.json") << R"({"password": "hunter2hunter2"})";
  storage_.failed_test = "no user with hunter2hunter2";

  EXPECT_THAT(destination("&config=" + (folder_ / "config.json").string())->open("c"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("\"login\"")));
  EXPECT_THAT(destination("&config=" + (folder_ / "config.json").string())->open("c"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("no user with ***")));
}

TEST_F(PartnerDestinations, LookWithoutATrace) {
  const auto made = destination();
  ASSERT_THAT(made->open_to_look("c"), IsOk());

  EXPECT_THAT(made->load_state(), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(made->stored_table("items"), IsOkAndHolds(std::nullopt));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "home"));
}

}  // namespace
}  // namespace tendril
