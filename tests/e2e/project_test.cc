// Projects of the Fivetran Connector SDK, run by the real program with the machine's Python.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "child_process.h"
#include "project_fixture.h"
#include "warehouse.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ProjectTest : public ProjectFixture {};

TEST_F(ProjectTest, LandsInTheWarehouse) {
  project(
      "    op.upsert('orders', {'id': 1, 'total': '12.5', 'lines': [1, 2]})\n"
      "    yield op.upsert('orders', {'id': 2, 'order': 'reserved'})\n"
      "    op.delete('orders', {'id': 2})\n"
      "    op.update('orders', {'id': 1, 'default': True})\n"
      "    op.update('orders', {'id': 7, 'default': True})\n"
      "    op.checkpoint({'cursor': 2})\n",
      "[{'table': 'orders', 'primary_key': ['id'], 'columns': {'id': 'INT', 'total': {'type': "
      "'DECIMAL', 'precision': 10, 'scale': 2}}}]");

  const Ended ended = debug();

  EXPECT_EQ(ended.status, 0) << ended.output << ended.messages;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("SYNC SUCCEEDED"), HasSubstr("Upserts         | 2"),
                                  HasSubstr("Updates         | 2")));
  EXPECT_EQ(text_of("files/state.json"), R"({"cursor": 2})");
  EXPECT_THAT(
      warehouse().query("SELECT id::VARCHAR, total::VARCHAR, lines, \"order\", "
                        "\"default\"::VARCHAR, _fivetran_deleted::VARCHAR FROM tester.orders "
                        "ORDER BY id"),
      ElementsAre(WarehouseRow{"1", "12.50", "[1, 2]", std::nullopt, "true", "false"},
                  WarehouseRow{"2", std::nullopt, std::nullopt, "reserved", std::nullopt, "true"}));
}

TEST_F(ProjectTest, ShowsTheFormAndWhatItsTestsSay) {
  std::ofstream(folder_ / "connector.py")
      << "from fivetran_connector_sdk import ConfigurationForm, Connector, Test, form_field\n"
         "def configuration_form():\n"
         "    form = ConfigurationForm()\n"
         "    form.add_field(form_field.TextField(name='host', label='Host', required=True))\n"
         "    form.add_test(label='Is the host there?', func=check)\n"
         "    return form\n"
         "def check(configuration):\n"
         "    print('looking')\n"
         "    return Test.success() if configuration.get('host') else Test.failure('no host')\n"
         "connector = Connector(update=lambda *_: None, configuration_form=configuration_form)\n";
  std::ofstream(folder_ / "configuration.json") << R"({"host": "here"})";

  const Ended good = debug({"--form"});
  std::ofstream(folder_ / "configuration.json") << "{}";
  const Ended bad = debug({"--form"});

  EXPECT_EQ(good.status, 0) << good.messages;
  EXPECT_THAT(good.output, AllOf(HasSubstr(R"("name":"host")"), HasSubstr(R"("succeeded":true)"),
                                 Not(HasSubstr("looking"))));
  EXPECT_THAT(good.messages, HasSubstr("looking"));
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.output, HasSubstr("no host"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "files"));
}

TEST_F(ProjectTest, AProjectWithoutAFormSaysSo) {
  project("    pass\n");

  const Ended ended = debug({"--form"});

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.messages, HasSubstr("the connector has no configuration form"));
}

TEST_F(ProjectTest, GoesOnFromTheLastCheckpoint) {
  project(
      "    n = state.get('n', 0)\n"
      "    op.upsert('items', {'n': n})\n"
      "    op.checkpoint({'n': n + 1})\n"
      "    op.upsert('items', {'n': 100 + n})\n"
      "    if n == 0: raise RuntimeError('no luck today')\n");

  const Ended first = debug();
  const Ended second = debug();

  EXPECT_EQ(first.status, 1);
  EXPECT_THAT(first.output, AllOf(HasSubstr("RuntimeError: no luck today"), HasSubstr("line "),
                                  HasSubstr("SYNC FAILED"), Not(HasSubstr("_runner.py"))));
  EXPECT_EQ(second.status, 0) << second.output;
  EXPECT_THAT(warehouse().query("SELECT n FROM tester.items ORDER BY n"),
              ElementsAre(WarehouseRow{"0"}, WarehouseRow{"1"}, WarehouseRow{"101"}));
}

TEST_F(ProjectTest, SaysHowTheProcessEnded) {
  project("    op.checkpoint({'n': 1})\n    import os; os._exit(7)\n");
  EXPECT_THAT(debug().output, HasSubstr("ended with status 7 before update() had returned"));
  EXPECT_EQ(text_of("files/state.json"), R"({"n": 1})");

  project("    import os, signal; os.kill(os.getpid(), signal.SIGSEGV)\n");
  EXPECT_THAT(debug().output, HasSubstr("was ended by signal 11"));

  project("    exit(3)\n");
  const Ended ended = debug();
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.output, HasSubstr("called exit(3)"));
}

TEST_F(ProjectTest, RefusesOperationsOfForkedProcesses) {
  project(
      "    import os\n"
      "    child = os.fork()\n"
      "    if child == 0:\n"
      "        try: op.upsert('items', {'n': 1})\n"
      "        except RuntimeError as fault: print('refused:', fault)\n"
      "        os._exit(0)\n"
      "    os.waitpid(child, 0)\n"
      "    op.upsert('items', {'n': 2})\n");

  const Ended ended = debug();

  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.output, HasSubstr("refused: operations must come from the process"));
  EXPECT_THAT(warehouse().query("SELECT n FROM tester.items"), ElementsAre(WarehouseRow{"2"}));
}

TEST_F(ProjectTest, TakesOperationsOfManyThreads) {
  project(
      "    import threading\n"
      "    def work(first):\n"
      "        for n in range(first, first + 5000):\n"
      "            op.upsert('items', {'n': n, 'text': 'x' * (n % 97), 'when': object})\n"
      "    threads = [threading.Thread(target=work, args=(5000 * t,)) for t in range(4)]\n"
      "    for t in threads: t.start()\n"
      "    for t in threads: t.join()\n",
      "[{'table': 'items', 'primary_key': ['n']}]");

  EXPECT_EQ(debug().status, 0);
  EXPECT_THAT(warehouse().query("SELECT count(*), sum(n)::BIGINT FROM tester.items"),
              ElementsAre(WarehouseRow{"20000", "199990000"}));
}

TEST_F(ProjectTest, RefusesAnotherKey) {
  project("    op.upsert('stock', {'item': 1, 'shop': 2})\n",
          "[{'table': 'stock', 'primary_key': ['item']}]");
  EXPECT_EQ(debug().status, 0);

  project("    print('update ran')\n", "[{'table': 'stock', 'primary_key': ['shop', 'item']}]");
  const Ended refused = debug();

  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.output,
              AllOf(HasSubstr("table stock"), HasSubstr("it is (item), and is to be (shop, item)"),
                    HasSubstr("tendril reset"), Not(HasSubstr("update ran"))));

  EXPECT_EQ(run_tendril({"reset", folder_.path().string()}).status, 0);
  EXPECT_EQ(debug().status, 0);
}

TEST_F(ProjectTest, NamesTheKeysOfAWrongConfiguration) {
  project("    pass\n");
  std::ofstream(folder_ / "configuration.json") << R"({"host": "x", "port": 5432})";

  const Ended ended = debug();

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("all values must be strings: port is a number"),
                                  Not(HasSubstr("5432"))));
}

TEST_F(ProjectTest, TruncatesAtTheSuccessfulEnd) {
  const auto* schema = "[{'table': 't', 'primary_key': ['id']}]";
  project("    op.upsert('t', {'id': 1})\n    op.upsert('t', {'id': 2})\n", schema);
  ASSERT_EQ(debug().status, 0);
  project("    op.truncate('t')\n    op.checkpoint({})\n    raise ValueError('x')\n", schema);
  ASSERT_EQ(debug().status, 1);
  const auto deleted = "SELECT id FROM tester.t WHERE _fivetran_deleted ORDER BY id";
  EXPECT_THAT(warehouse().query(deleted), IsEmpty());

  project("    op.truncate('t')\n    op.upsert('t', {'id': 2})\n", schema);
  ASSERT_EQ(debug().status, 0);

  EXPECT_THAT(warehouse().query(deleted), ElementsAre(WarehouseRow{"1"}));
}

TEST_F(ProjectTest, EndsWithTheConnectorWhenInterrupted) {
  project("    print('at work')\n    import time; time.sleep(600)\n");
  ChildProcess process({"debug", folder_.path().string()});
  ASSERT_TRUE(process.wait_for_output("at work"));

  process.signal(SIGINT);

  EXPECT_EQ(process.wait().status, 130);
}

TEST_F(ProjectTest, KnowsTheOlderWording) {
  project("    op.upsert('t', {'id': 1})\n    op.checkpoint({'a': 1})\n");

  const Ended ended = debug({"--style", "old"});

  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("[SchemaChange]: tester.t"), HasSubstr("Checkpoint: {\"a\": 1}"),
                    HasSubstr("Operation       | Calls"), HasSubstr("Sync SUCCEEDED")));
}

TEST_F(ProjectTest, BeginsFromATemplate) {
  const std::string made = (folder_ / "made").string();
  ASSERT_EQ(run_tendril({"init", made}).status, 0);

  EXPECT_EQ(run_tendril({"debug", made}).status, 0);
  EXPECT_EQ(Warehouse(folder_ / "made" / "files" / "warehouse.db")
                .query("SELECT text FROM tester.greetings WHERE id = 1"),
            std::vector<WarehouseRow>{{"Hello, world!"}});
  EXPECT_EQ(run_tendril({"init", made}).status, 2);
}

}  // namespace
}  // namespace tendril
