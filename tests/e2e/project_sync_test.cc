// Projects of the Fivetran Connector SDK as sources of `tendril sync`, run by the real program with
// the machine's Python.
#include <csignal>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <libpq-fe.h>

#include <gmock/gmock.h>

#include "child_process.h"
#include "testing/postgres_server.h"
#include "testing/temporary_folder.h"
#include "warehouse.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

class ProjectSyncTest : public ::testing::Test {
 protected:
  // Writes connector.py: `update` is the body of update(), indented by four.
  void project(std::string_view update, std::string_view schema = "[]") const {
    std::ofstream(folder_ / "connector.py")
        << "from fivetran_connector_sdk import Connector, Logging as log, Operations as op\n"
           "def schema(configuration):\n    return "
        << schema << "\ndef update(configuration, state):\n"
        << update << "\nconnector = Connector(update=update, schema=schema)\n";
  }

  std::string source() const { return "python:" + folder_.path().string(); }

  LaunchOptions home() const { return {.environment = {{"TENDRIL_HOME", folder_ / "home"}}}; }

  std::vector<std::string> arguments(std::vector<std::string> more = {}) const {
    std::vector<std::string> all = {"sync", source(), "--to",
                                    "duckdb:" + (folder_ / "w.duckdb").string()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  Ended sync(std::vector<std::string> more = {}) const {
    return run_tendril(arguments(std::move(more)), home());
  }

  std::vector<WarehouseRow> query(const std::string& sql) const {
    return Warehouse(folder_ / "w.duckdb").query(sql);
  }

  const TemporaryFolder folder_;
};

constexpr std::string_view kOrders =
    "[{'table': 'Orders', 'primary_key': ['id'], 'columns': {'id': 'INT', 'total': {'type': "
    "'DECIMAL', 'precision': 10, 'scale': 2}}}, {'table': 'notes'}]";

TEST_F(ProjectSyncTest, LandsItsTables) {
  project(
      "    op.upsert('Orders', {'id': 1, 'total': '12.5', 'lines': [1, 2]})\n"
      "    op.upsert('Orders', {'id': 2, 'orderDate': 'today'})\n"
      "    op.upsert('notes', {'text': 'a'})\n"
      "    yield op.upsert('notes', {'text': 'a'})\n"
      "    op.upsert('unheard_of', {'n': 7})\n"
      "    op.delete('Orders', {'id': 2})\n"
      "    op.update('Orders', {'id': 1, 'total': '13'})\n"
      "    op.update('Orders', {'id': 9, 'total': '1'})\n"
      "    op.checkpoint({'cursor': 2})\n",
      kOrders);

  const Ended ended = sync();

  ASSERT_EQ(ended.status, 0) << ended.messages;
  EXPECT_THAT(Warehouse(folder_ / "w.duckdb").tables(),
              UnorderedElementsAre("notes", "orders", "unheard_of"));
  EXPECT_THAT(query("SELECT id::VARCHAR, total::VARCHAR, lines::VARCHAR, order_date, "
                    "_tendril_deleted::VARCHAR FROM orders ORDER BY id"),
              ElementsAre(WarehouseRow{"1", "13.00", "[1, 2]", std::nullopt, "false"},
                          WarehouseRow{"2", std::nullopt, std::nullopt, "today", "true"}));
  EXPECT_THAT(query("SELECT text, length(_fivetran_id) FROM notes"),
              ElementsAre(WarehouseRow{"a", "32"}));
  EXPECT_THAT(query("SELECT column_name FROM duckdb_columns() WHERE column_name LIKE '_fivetran%' "
                    "GROUP BY ALL"),
              ElementsAre(WarehouseRow{"_fivetran_id"}));
  EXPECT_THAT(ended.messages,
              AllOf(HasSubstr("orders"), HasSubstr("unheard_of"), HasSubstr("done, incremental")));
  const Ended runs = run_tendril({"runs", "list"}, home());
  EXPECT_THAT(runs.output, HasSubstr("succeeded"));
}

TEST_F(ProjectSyncTest, GoesOnFromItsLastCheckpoint) {
  project(
      "    n = state.get('n', 0)\n"
      "    op.upsert('items', {'n': n})\n"
      "    op.checkpoint({'n': n + 1, 'nested': {'é': [1.0, None]}})\n"
      "    op.upsert('items', {'n': 100 + n})\n"
      "    if n == 0: raise RuntimeError('no luck today')\n"
      "    assert state['nested'] == {'é': [1.0, None]}, state\n",
      "[{'table': 'items', 'primary_key': ['n']}]");

  const Ended first = sync();

  EXPECT_EQ(first.status, 1);
  EXPECT_THAT(first.messages, AllOf(HasSubstr("RuntimeError: no luck today"), HasSubstr("line "),
                                    Not(HasSubstr("_runner.py"))));
  EXPECT_THAT(query("SELECT n FROM items"), ElementsAre(WarehouseRow{"0"}));

  const Ended second = sync();

  ASSERT_EQ(second.status, 0) << second.messages;
  EXPECT_THAT(second.messages, HasSubstr("resumed"));
  EXPECT_THAT(query("SELECT n FROM items ORDER BY n"),
              ElementsAre(WarehouseRow{"0"}, WarehouseRow{"1"}, WarehouseRow{"101"}));
}

// Rows that are updated, deleted and appended, with a checkpoint for each ten operations.
constexpr std::string_view kManySteps =
    "    for n in range(state.get('n', 0), 30):\n"
    "        op.upsert('users', {'id': n % 7, 'n': n})\n"
    "        op.upsert('events', {'n': n, 'text': 'x' * n})\n"
    "        op.delete('users', {'id': (n + 3) % 7})\n"
    "        op.update('users', {'id': (n + 5) % 7, 'm': n})\n"
    "        if n == 11: op.truncate('users')\n"
    "        op.checkpoint({'n': n + 1})\n";
constexpr std::string_view kUsers =
    "[{'table': 'users', 'primary_key': ['id']}, {'table': 'events'}]";

class KilledProjectSync : public ProjectSyncTest, public testing::WithParamInterface<const char*> {
 protected:
  std::vector<WarehouseRow> everything() const {
    std::vector<WarehouseRow> rows =
        query("SELECT id, n, m, _tendril_deleted::VARCHAR FROM users ORDER BY id");
    const std::vector<WarehouseRow> events = query("SELECT n, text FROM events ORDER BY n");
    rows.insert(rows.end(), events.begin(), events.end());
    return rows;
  }
};

TEST_P(KilledProjectSync, EndsWithTheRowsOfAnUndisturbedOne) {
  project(kManySteps, kUsers);
  ASSERT_EQ(sync().status, 0);
  const std::vector<WarehouseRow> undisturbed = everything();
  ASSERT_EQ(undisturbed.size(), 37U);
  std::filesystem::remove(folder_ / "w.duckdb");
  LaunchOptions fault = home();
  fault.environment.emplace_back("TENDRIL_FAULT", GetParam());

  const Ended killed = run_tendril(arguments({"--commit-rows", "8"}), fault);
  EXPECT_EQ(killed.signal, SIGKILL) << killed.messages;
  const Ended again = sync({"--commit-rows", "8"});

  ASSERT_EQ(again.status, 0) << again.messages;
  EXPECT_EQ(everything(), undisturbed);
}

INSTANTIATE_TEST_SUITE_P(Points, KilledProjectSync,
                         testing::Values("batch-sealed:40:kill", "slice-covered:15:kill",
                                         "table-prepared:2:kill", "batch-staged:50:kill",
                                         "commit-begun:1:kill", "commit-begun:4:kill",
                                         "rows-applied:3:kill", "state-applied:3:kill",
                                         "commit-point-passed:3:kill", "commit-reported:5:kill",
                                         "stream-ended:1:kill"),
                         [](const auto& point) {
                           std::string name;
                           for (const char* c = point.param; *c != '\0'; ++c) {
                             name += std::isalnum(static_cast<unsigned char>(*c)) != 0 ? *c : '_';
                           }
                           return name;
                         });

TEST_F(ProjectSyncTest, TakesOnlyTheChosenTables) {
  project(
      "    op.upsert('users', {'id': 1})\n    op.upsert('events', {'n': 1})\n"
      "    op.checkpoint({'n': 1})\n",
      kUsers);

  const Ended unknown = sync({"--stream", "user"});
  const Ended chosen = sync({"--stream", "users"});
  const Ended wider = sync();

  EXPECT_EQ(unknown.status, 2) << unknown.messages;
  EXPECT_THAT(unknown.messages,
              AllOf(HasSubstr("stream does not exist: user"), HasSubstr("did you mean users?")));
  ASSERT_EQ(chosen.status, 0) << chosen.messages;
  EXPECT_THAT(chosen.messages, HasSubstr("rows of a table that was not chosen are left out"));
  EXPECT_THAT(Warehouse(folder_ / "w.duckdb").tables(), ElementsAre("users"));
  EXPECT_NE(wider.status, 0);
  EXPECT_THAT(wider.messages, HasSubstr("stands for some of its tables only, users"));
  EXPECT_EQ(sync({"--full-refresh"}).status, 0);
}

TEST_F(ProjectSyncTest, SaysHowTheProcessEnded) {
  project("    op.upsert('t', {'id': 1})\n    op.checkpoint({})\n    import os; os._exit(7)\n");

  const Ended ended = sync();

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.messages, HasSubstr("ended with status 7 before update() had returned"));
  EXPECT_THAT(query("SELECT id FROM t"), ElementsAre(WarehouseRow{"1"}));
}

TEST_F(ProjectSyncTest, AnInterruptKeepsWhatIsCovered) {
  project(
      "    op.upsert('t', {'id': 1})\n    op.checkpoint({'n': 1})\n"
      "    for id in range(2, 8000):\n        op.upsert('t', {'id': id, 'text': 'x' * 1000})\n"
      "    print('at work', flush=True)\n    import time; time.sleep(600)\n");
  ChildProcess process(arguments(), home());
  // So much is in no pipe: the checkpoint before it has arrived.
  ASSERT_TRUE(process.wait_for_message("at work"));

  process.signal(SIGINT);
  const Ended ended = process.wait();

  EXPECT_EQ(ended.status, 130) << ended.messages;
  EXPECT_THAT(query("SELECT id FROM t"), ElementsAre(WarehouseRow{"1"}));
}

TEST_F(ProjectSyncTest, ShowsItsTablesBeforehand) {
  project("    raise RuntimeError('update ran')\n", kOrders);

  const Ended tables = run_tendril({"discover", source()}, home());
  const Ended checked = run_tendril({"check", source()}, home());
  const Ended dry = sync({"--dry-run"});

  EXPECT_EQ(tables.status, 0) << tables.messages;
  EXPECT_THAT(tables.output, AllOf(HasSubstr("orders"), HasSubstr("_fivetran_id")));
  EXPECT_EQ(checked.status, 0) << checked.messages;
  EXPECT_EQ(dry.status, 0) << dry.messages;
  EXPECT_THAT(dry.output, AllOf(HasSubstr("orders: new table, merge"), HasSubstr("DECIMAL(10,2)")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "w.duckdb"));
}

TEST_F(ProjectSyncTest, ChecksByTheTestsOfItsForm) {
  std::ofstream(folder_ / "connector.py")
      << "from fivetran_connector_sdk import ConfigurationForm, Connector, Test, form_field\n"
         "def configuration_form():\n"
         "    form = ConfigurationForm()\n"
         "    form.add_field(form_field.TextField(name='host', label='Host', required=True))\n"
         "    form.add_test(label='Is the host there?', func=check)\n"
         "    return form\n"
         "def check(configuration):\n"
         "    return Test.success() if configuration.get('host') else Test.failure('no host')\n"
         "connector = Connector(update=lambda *_: None, configuration_form=configuration_form)\n";

  const Ended bad = run_tendril({"check", source()}, home());
  const Ended good = run_tendril({"check", source(), "--set", "host=5"}, home());

  EXPECT_NE(bad.status, 0);
  EXPECT_THAT(bad.messages, HasSubstr("Is the host there?: no host"));
  EXPECT_EQ(good.status, 0) << good.messages;
}

TEST_F(ProjectSyncTest, RefusesWhatItCanNotUse) {
  project("    pass\n");
  std::ofstream(folder_ / "wrong.json") << R"({"host": "x", "port": 5432})";

  const Ended config = sync({"--config", folder_ / "wrong.json"});
  const Ended rewritten = sync({"--rewrite-origin", "http://a=http://b"});
  const Ended naming = run_tendril({"check", source() + "?nameing=SOURCE"}, home());
  const Ended missing = run_tendril({"check", "python:" + (folder_ / "none").string()}, home());

  EXPECT_EQ(config.status, 2);
  EXPECT_THAT(config.messages, AllOf(HasSubstr("all values must be strings: port is a number"),
                                     Not(HasSubstr("5432"))));
  EXPECT_NE(rewritten.status, 0);
  EXPECT_THAT(rewritten.messages, HasSubstr("--rewrite-origin does not reach"));
  EXPECT_EQ(naming.status, 2);
  EXPECT_EQ(missing.status, 2);
  EXPECT_THAT(missing.messages, HasSubstr("project does not exist"));
}

TEST_F(ProjectSyncTest, KeepsTheNamesOfTheSourceWhenTold) {
  project("    op.upsert('myTable', {'theId': 1})\n",
          "[{'table': 'myTable', 'primary_key': ['theId']}]");

  const Ended ended = run_tendril(
      {"sync", source() + "?naming=SOURCE", "--to", "duckdb:" + (folder_ / "w.duckdb").string()},
      home());

  ASSERT_EQ(ended.status, 0) << ended.messages;
  EXPECT_THAT(query("SELECT \"theId\" FROM \"myTable\""), ElementsAre(WarehouseRow{"1"}));
}

TEST_F(ProjectSyncTest, KeepsHistoryAndAppends) {
  project(
      "    for n in range(3):\n"
      "        op.upsert('users', {'id': 1, 'n': n})\n        op.checkpoint({'n': n})\n"
      "    op.delete('users', {'id': 1})\n",
      kUsers);

  const Ended history = sync({"--mode", "history"});
  const Ended appended = run_tendril(
      {"sync", source(), "--mode", "append", "--to", "duckdb:" + (folder_ / "a.duckdb").string()},
      home());

  ASSERT_EQ(history.status, 0) << history.messages;
  EXPECT_THAT(query("SELECT n, _tendril_active::VARCHAR FROM users ORDER BY n"),
              ElementsAre(WarehouseRow{"0", "false"}, WarehouseRow{"1", "false"},
                          WarehouseRow{"2", "false"}));
  ASSERT_EQ(appended.status, 0) << appended.messages;
  EXPECT_THAT(Warehouse(folder_ / "a.duckdb").query("SELECT count(*) FROM users"),
              ElementsAre(WarehouseRow{"3"}));
}

TEST_F(ProjectSyncTest, LandsInPostgres) {
  const auto server = PostgresServer::start();
  if (server == nullptr) {
    GTEST_SKIP() << "no PostgreSQL server is installed";
  }
  project(
      "    n = state.get('n', 0)\n"
      "    op.upsert('users', {'id': n, 'tags': ['a']})\n"
      "    op.upsert('events', {'n': n})\n"
      "    op.delete('users', {'id': n - 1})\n"
      "    op.checkpoint({'n': n + 1})\n",
      kUsers);
  const std::vector<std::string> to_postgres = {"sync", source(), "--to",
                                                server->uri() + "?schema=landed"};

  for (int run = 0; run < 3; ++run) {
    const Ended ended = run_tendril(to_postgres, home());
    ASSERT_EQ(ended.status, 0) << ended.messages;
  }

  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(server->uri().c_str()),
                                                                &PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(
      PQexec(connection.get(),
             "SELECT (SELECT string_agg(id || ':' || _tendril_deleted || ':' || (tags->>0), ' ' "
             "ORDER BY id) FROM landed.users), (SELECT count(*) FROM landed.events)"),
      &PQclear);
  ASSERT_EQ(PQresultStatus(result.get()), PGRES_TUPLES_OK) << PQerrorMessage(connection.get());
  EXPECT_STREQ(PQgetvalue(result.get(), 0, 0), "0:true:a 1:true:a 2:false:a");
  EXPECT_STREQ(PQgetvalue(result.get(), 0, 1), "3");
}

}  // namespace
}  // namespace tendril
