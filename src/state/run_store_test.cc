// What every store of runs has to do. A new kind of store joins the list at the end.
#include "state/run_store.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "state/sqlite_database.h"
#include "state/sqlite_run_store.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Instant kStart = instant_from_micros(1'700'000'000'000'000);
constexpr std::chrono::minutes kLease{15};

const LeaseHolder kHolder = {.host = "here", .pid = 100, .boot = "b", .process_start = 7};

struct StoreKind {
  std::string name;
  std::function<std::unique_ptr<RunStore>(const std::filesystem::path& folder)> open;
};

std::ostream& operator<<(std::ostream& out, const StoreKind& kind) { return out << kind.name; }

class RunStoreContract : public testing::TestWithParam<StoreKind> {
 protected:
  std::unique_ptr<RunStore> open() const { return GetParam().open(folder_.path()); }

  static RunRecord run_of(std::string id, Instant started = kStart) {
    return {.id = std::move(id),
            .connection = "shop",
            .source = "shop",
            .destination = "duckdb:/w.duckdb",
            .arguments = {"sync", "shop", "--to", "duckdb:w.duckdb"},
            .folder = "/somewhere",
            .started = started,
            .holder = kHolder,
            .lease_expires = started + kLease,
            .progressed = started};
  }

  static LeaseRenewal renewal_of(const RunRecord& run, Instant now) {
    return {.run = run.id,
            .holder = run.holder,
            .expires = now + kLease,
            .progressed = now,
            .epoch = 3,
            .counts = {.rows_read = 10, .rows_committed = 5, .bytes_read = 99}};
  }

  void begin(const RunRecord& run) const {
    const auto other = store_->begin(run, OnLiveRun::Refuse);
    ASSERT_THAT(other, IsOk());
    ASSERT_FALSE(other->has_value()) << other->value().id;
  }

  RunRecord found(const std::string& id) const {
    const auto run = store_->find(id);
    EXPECT_THAT(run, IsOk());
    EXPECT_TRUE(run.ok() && run->has_value());
    return run.ok() && run->has_value() ? **run : RunRecord();
  }

  const TemporaryFolder folder_;
  const std::unique_ptr<RunStore> store_ = open();
};

TEST_P(RunStoreContract, KeepsWhatARunBeganWith) {
  const RunRecord run = run_of("r1");
  begin(run);

  const RunRecord again = found("r1");

  EXPECT_EQ(again.connection, "shop");
  EXPECT_EQ(again.destination, "duckdb:/w.duckdb");
  EXPECT_EQ(again.arguments, run.arguments);
  EXPECT_EQ(again.folder, "/somewhere");
  EXPECT_EQ(again.state, RunState::Running);
  EXPECT_EQ(again.holder, kHolder);
  EXPECT_EQ(again.lease_expires, kStart + kLease);
  EXPECT_FALSE(again.ended.has_value());
  EXPECT_FALSE(again.exit_code.has_value());
}

TEST_P(RunStoreContract, IsSeenByOthersAtOnce) {
  begin(run_of("r1"));

  const auto runs = open()->list({});

  ASSERT_THAT(runs, IsOk());
  EXPECT_THAT(*runs, ElementsAre(Field(&RunRecord::id, "r1")));
}

TEST_P(RunStoreContract, RefusesASecondRunOfAConnection) {
  begin(run_of("r1"));

  const auto other =
      store_->begin(run_of("r2", kStart + std::chrono::seconds(1)), OnLiveRun::Refuse);

  ASSERT_THAT(other, IsOk());
  ASSERT_TRUE(other->has_value());
  EXPECT_EQ((*other)->id, "r1");
  EXPECT_EQ(store_->state_of("r2").value(), RunState::Lost);
}

TEST_P(RunStoreContract, LetsOtherConnectionsAndDestinationsBe) {
  begin(run_of("r1"));
  RunRecord elsewhere = run_of("r2");
  elsewhere.destination = "duckdb:/other.duckdb";
  RunRecord other = run_of("r3");
  other.connection = "bank";

  begin(elsewhere);
  begin(other);

  EXPECT_THAT(store_->list({.only_moving = true}).value(), SizeIs(3));
}

TEST_P(RunStoreContract, RunsThatAreNotExclusiveGoBesideEachOther) {
  for (const char* id : {"r1", "r2"}) {
    RunRecord run = run_of(id);
    run.exclusive = false;
    begin(run);
  }

  EXPECT_THAT(store_->list({.only_moving = true}).value(), SizeIs(2));
}

TEST_P(RunStoreContract, ATakeOverEndsTheEarlierRun) {
  begin(run_of("r1"));
  const RunRecord second = run_of("r2", kStart + std::chrono::seconds(1));

  ASSERT_FALSE(store_->begin(second, OnLiveRun::TakeOver).value().has_value());

  EXPECT_EQ(found("r1").state, RunState::Lost);
  EXPECT_THAT(found("r1").reason, HasSubstr("r2 took over"));
  EXPECT_EQ(store_->renew(renewal_of(run_of("r1"), kStart)).value(), RunState::Lost);
  EXPECT_EQ(found("r1").counts.rows_read, 0);
}

TEST_P(RunStoreContract, ALeaseThatExpiredKeepsNobodyOut) {
  begin(run_of("r1"));

  begin(run_of("r2", kStart + kLease));

  EXPECT_EQ(found("r1").state, RunState::Lost);
  EXPECT_THAT(found("r1").reason, HasSubstr("lease expired"));
}

TEST_P(RunStoreContract, ARenewalTellsHowFarTheRunIs) {
  const RunRecord run = run_of("r1");
  begin(run);
  LeaseRenewal renewal = renewal_of(run, kStart + std::chrono::minutes(1));
  renewal.streams = {{.stream = "items", .state = "reading", .rows_read = 10}};
  renewal.slices = {{.stream = "items", .slice = "a"}, {.stream = "items", .slice = "b"}};
  renewal.events = {{.at = kStart, .what = "something"}};

  ASSERT_EQ(store_->renew(renewal).value(), RunState::Running);
  renewal.streams.front().rows_read = 20;
  renewal.slices = {{.stream = "items", .slice = "b", .stage = SliceStage::Read, .rows = 4}};
  renewal.slices_gone = {{.stream = "items", .slice = "a"}};
  ASSERT_EQ(store_->renew(renewal).value(), RunState::Running);

  const RunRecord again = found("r1");
  EXPECT_EQ(again.counts, renewal.counts);
  EXPECT_EQ(again.epoch, 3);
  EXPECT_EQ(again.lease_expires, renewal.expires);
  EXPECT_THAT(store_->streams("r1").value(), ElementsAre(Field(&StreamRecord::rows_read, 20)));
  EXPECT_THAT(store_->slices("r1").value(),
              ElementsAre(SliceRecord{
                  .stream = "items", .slice = "b", .stage = SliceStage::Read, .rows = 4}));
  EXPECT_THAT(store_->events("r1").value(), SizeIs(3));
}

TEST_P(RunStoreContract, OnlyTheHolderRenewsAndEnds) {
  const RunRecord run = run_of("r1");
  begin(run);
  LeaseHolder stranger = kHolder;
  stranger.process_start = 8;
  LeaseRenewal renewal = renewal_of(run, kStart);
  renewal.holder = stranger;

  EXPECT_EQ(store_->renew(renewal).value(), RunState::Lost);
  EXPECT_FALSE(store_->end("r1", stranger, {.state = RunState::Succeeded}).value());

  EXPECT_EQ(found("r1").state, RunState::Running);
}

TEST_P(RunStoreContract, AnEndIsFinal) {
  const RunRecord run = run_of("r1");
  begin(run);

  ASSERT_TRUE(store_
                  ->end("r1", kHolder,
                        {.state = RunState::Failed,
                         .reason = "disk full",
                         .ended = kStart + kLease,
                         .exit_code = 1,
                         .report = "{}"})
                  .value());

  const RunRecord again = found("r1");
  EXPECT_EQ(again.state, RunState::Failed);
  EXPECT_EQ(again.reason, "disk full");
  EXPECT_EQ(again.ended, kStart + kLease);
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_EQ(again.report, "{}");
  EXPECT_EQ(store_->renew(renewal_of(run, kStart)).value(), RunState::Failed);
  EXPECT_FALSE(store_->end("r1", kHolder, {.state = RunState::Succeeded}).value());
  EXPECT_FALSE(store_->give_up(again, {.state = RunState::Lost}).value());
  EXPECT_EQ(store_->ask_to_cancel("r1", kStart).value(), RunState::Failed);
}

TEST_P(RunStoreContract, ARunThatIsAskedToStopIsToldSo) {
  const RunRecord run = run_of("r1");
  begin(run);

  EXPECT_EQ(store_->ask_to_cancel("r1", kStart).value(), RunState::Cancelling);
  EXPECT_EQ(store_->ask_to_cancel("r1", kStart).value(), RunState::Cancelling);

  EXPECT_EQ(store_->state_of("r1").value(), RunState::Cancelling);
  EXPECT_EQ(store_->renew(renewal_of(run, kStart)).value(), RunState::Cancelling);
  EXPECT_TRUE(store_->end("r1", kHolder, {.state = RunState::Cancelled}).value());
  EXPECT_EQ(store_->ask_to_cancel("nothing", kStart).value(), std::nullopt);
}

TEST_P(RunStoreContract, ARunThatWasRenewedSinceIsNotGivenUp) {
  const RunRecord run = run_of("r1");
  begin(run);
  const RunRecord seen = found("r1");
  ASSERT_THAT(store_->renew(renewal_of(run, kStart + std::chrono::seconds(1))), IsOk());

  EXPECT_FALSE(store_->give_up(seen, {.state = RunState::Lost}).value());
  EXPECT_TRUE(store_->give_up(found("r1"), {.state = RunState::Lost, .reason = "gone"}).value());

  EXPECT_EQ(found("r1").state, RunState::Lost);
}

TEST_P(RunStoreContract, SlicesOfAnEndedRunAreDroppedButForTroubles) {
  const RunRecord run = run_of("r1");
  begin(run);
  LeaseRenewal renewal = renewal_of(run, kStart);
  for (int i = 0; i < 300; ++i) {
    SliceRecord slice{.stream = "items", .slice = "s" + std::to_string(i)};
    slice.stage = i < 10 ? SliceStage::Committed : SliceStage::Stopped;
    slice.error = i == 299 ? "broken" : "";
    renewal.slices.push_back(std::move(slice));
  }
  ASSERT_THAT(store_->renew(renewal), IsOk());

  ASSERT_TRUE(store_->end("r1", kHolder, {.state = RunState::Failed}).value());

  const auto slices = store_->slices("r1").value();
  EXPECT_THAT(slices, SizeIs(RunStore::kSlicesKeptPerEndedRun));
  EXPECT_THAT(slices, testing::Contains(Field(&SliceRecord::error, "broken")));
  EXPECT_THAT(slices,
              testing::Not(testing::Contains(Field(&SliceRecord::stage, SliceStage::Committed))));
}

TEST_P(RunStoreContract, OldRunsOfAConnectionAreForgotten) {
  RunRecord other = run_of("other");
  other.connection = "bank";
  begin(other);
  const int runs = static_cast<int>(RunStore::kRunsKeptPerConnection) + 5;
  for (int i = 0; i < runs; ++i) {
    const RunRecord run = run_of("r" + std::to_string(1000 + i), kStart + std::chrono::hours(i));
    begin(run);
    ASSERT_THAT(
        store_->renew(
            {.run = run.id, .holder = kHolder, .streams = {{.stream = "items", .state = "done"}}}),
        IsOk());
    ASSERT_TRUE(store_->end(run.id, kHolder, {.state = RunState::Succeeded}).value());
  }

  const auto kept = store_->list({.connection = "shop"}).value();

  EXPECT_THAT(kept, SizeIs(RunStore::kRunsKeptPerConnection));
  EXPECT_EQ(kept.front().id, "r" + std::to_string(1000 + runs - 1));
  EXPECT_THAT(store_->streams("r1000").value(), IsEmpty());
  EXPECT_THAT(store_->events("r1000").value(), IsEmpty());
  EXPECT_EQ(found("other").state, RunState::Running);
}

TEST_P(RunStoreContract, EventsAreBounded) {
  const RunRecord run = run_of("r1");
  begin(run);
  LeaseRenewal renewal = renewal_of(run, kStart);
  for (std::size_t i = 0; i < RunStore::kEventsKeptPerRun + 50; ++i) {
    renewal.events.push_back({.at = kStart, .what = "event " + std::to_string(i)});
  }
  ASSERT_THAT(store_->renew(renewal), IsOk());

  const auto events = store_->events("r1").value();

  EXPECT_THAT(events, SizeIs(RunStore::kEventsKeptPerRun));
  EXPECT_EQ(events.back().what, renewal.events.back().what);
}

TEST_P(RunStoreContract, ListsTheNewestFirst) {
  for (int i = 0; i < 3; ++i) {
    RunRecord run = run_of("r" + std::to_string(i), kStart + std::chrono::hours(i));
    run.exclusive = false;
    begin(run);
  }

  const auto runs = store_->list({.connection = "shop", .limit = 2});

  EXPECT_THAT(runs.value(), ElementsAre(Field(&RunRecord::id, "r2"), Field(&RunRecord::id, "r1")));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, RunStoreContract,
                         testing::Values(StoreKind{
                             "sqlite", [](const std::filesystem::path& folder) {
                               auto store = open_sqlite_run_store(folder / "home" / "runs.db");
                               EXPECT_THAT(store, IsOk());
                               return store.ok() ? std::move(store).value() : nullptr;
                             }}));

TEST(SqliteRunStoreFile, IsForItsOwnerOnly) {
  const TemporaryFolder folder;
  ASSERT_THAT(open_sqlite_run_store(folder / "a" / "b" / "runs.db"), IsOk());

  struct stat facts = {};
  ASSERT_EQ(::stat((folder / "a" / "b" / "runs.db").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat((folder / "a" / "b").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0700U);
}

TEST(SqliteRunStoreFile, RefusesAFileOfSomethingElse) {
  const TemporaryFolder folder;
  std::ofstream(folder / "runs.db") << std::string(5'000, 'x');

  const auto store = open_sqlite_run_store(folder / "runs.db");

  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, ErrorCode::BadData);
  EXPECT_THAT(store.error().message, HasSubstr("runs.db"));
}

TEST(SqliteRunStoreFile, RefusesWhatANewerProgramMade) {
  const TemporaryFolder folder;
  {
    auto database = SqliteDatabase::open(folder / "runs.db");
    ASSERT_THAT(database, IsOk());
    ASSERT_THAT((*database)->run_script("PRAGMA user_version = 99"), IsOk());
  }

  const auto store = open_sqlite_run_store(folder / "runs.db");

  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(store.error().message, HasSubstr("version 99"));
}

}  // namespace
}  // namespace tendril
