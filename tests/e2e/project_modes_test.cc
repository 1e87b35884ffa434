// The authoring loop: dry runs, recordings, crash tests, watching, profiles, summaries.
#include <algorithm>
#include <csignal>

#include "project_fixture.h"
#include "testing/http_imposter.h"

namespace tendril {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kItems =
    "[{'table': 'items', 'primary_key': ['id'], 'columns': {'id': 'LONG'}}]";

class ProjectModesTest : public ProjectFixture {
 protected:
  std::vector<std::string> names_of(const std::filesystem::path& folder) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / folder)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
};

TEST_F(ProjectModesTest, SummaryShowsTablesColumnsAndNulls) {
  project(
      "    op.upsert('items', {'id': 1, 'note': 'x'})\n    op.upsert('items', {'id': 2})\n"
      "    op.update('items', {'id': 2, 'size': 5})\n    op.delete('items', {'id': 1})\n",
      kItems);

  const Ended plain = debug();
  const Ended whole = debug({"--summary"});

  EXPECT_THAT(plain.output, AllOf(HasSubstr("items        2        1        1          0"),
                                  Not(HasSubstr("learnt"))));
  EXPECT_THAT(whole.output, AllOf(HasSubstr("id      LONG    key  declared      0"),
                                  HasSubstr("note    STRING       learnt        1")));
}

TEST_F(ProjectModesTest, DryRunChangesNothingAndShowsWhatWould) {
  project(
      "    for n in range(4): op.upsert('items', {'id': n, 'size': n})\n"
      "    op.checkpoint({'n': 1})\n",
      kItems);
  ASSERT_EQ(debug().status, 0);
  const std::string before = text_of("files/warehouse.db");
  project(
      "    op.upsert('items', {'id': 1, 'size': 100})\n    op.upsert('items', {'id': 9, 'name': "
      "'z'})\n"
      "    op.delete('items', {'id': 3})\n    op.upsert('others', {'a': 1})\n"
      "    op.checkpoint({'n': 2})\n",
      kItems);

  const Ended ended = debug({"--dry-run"});

  EXPECT_EQ(ended.status, 0) << ended.output << ended.messages;
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("Dry run, nothing is written"), HasSubstr("  + id=9\n"),
                    HasSubstr("  ~ id=1: size: 1 -> 100"), HasSubstr("  - id=3\n"),
                    HasSubstr("column name VARCHAR is new"), HasSubstr("table others (new)"),
                    HasSubstr(R"(The state would become {"n":2})")));
  EXPECT_EQ(text_of("files/warehouse.db"), before);
  EXPECT_EQ(text_of("files/state.json"), R"({"n": 1})");
  EXPECT_THAT(names_of("files"), ElementsAre("state.json", "warehouse.db"));
}

TEST_F(ProjectModesTest, DryRunNeedsNoWarehouse) {
  project("    op.upsert('items', {'id': 1})\n", kItems);

  const Ended ended = debug({"--dry-run"});

  EXPECT_EQ(ended.status, 0) << ended.output << ended.messages;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("table items (new)"), HasSubstr("  + id=1\n")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "files"));
}

TEST_F(ProjectModesTest, DryRunShowsWhatAFailedSyncWouldHaveKept) {
  project(
      "    op.upsert('items', {'id': 1})\n    op.checkpoint({})\n    op.upsert('items', {'id': "
      "2})\n"
      "    raise ValueError('x')\n",
      kItems);

  const Ended ended = debug({"--dry-run"});

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("this sync failed"), HasSubstr("  + id=1\n"),
                                  Not(HasSubstr("  + id=2\n"))));
}

TEST_F(ProjectModesTest, ReplaysWhatItRecordedWithoutNetworkOrSecrets) {
  HttpImposter imposter;
  imposter.when("GET", "/items")
      .with_query("page", "1")
      .answer(200, R"({"id": 1, "author": "Jane"})");
  imposter.when("GET", "/items")
      .with_query("page", "2")
      .answer(200, R"({"id": 2, "access_token": "tok-very-secret"})");
  std::ofstream(folder_ / "configuration.json")
      << R"({"url": ")" << imposter.url("/items") << R"(", "api_key": "key-very-secret"})";
  project(
      "    import json, urllib.request\n"
      "    for page in (1, 2):\n"
      "        ask = "
      "urllib.request.Request(f\"{configuration['url']}?page={page}&api_key={configuration['api_"
      "key']}\",\n"
      "                                     headers={'Authorization': 'Bearer "
      "header-very-secret'})\n"
      "        row = json.load(urllib.request.urlopen(ask))\n"
      "        op.upsert('items', {'id': row['id'], 'author': row.get('author')})\n",
      kItems);
  const std::string file = (folder_ / "exchanges.jsonl").string();

  const Ended recorded = debug({"--record", file});
  ASSERT_EQ(recorded.status, 0) << recorded.output;
  ASSERT_EQ(run_tendril({"reset", folder_.path().string()}).status, 0);
  const Ended replayed = debug({"--replay", file});

  EXPECT_EQ(replayed.status, 0) << replayed.output;
  EXPECT_EQ(imposter.count("/items"), 2);
  EXPECT_THAT(text_of("exchanges.jsonl"), AllOf(HasSubstr("Jane"), Not(HasSubstr("very-secret"))));
  EXPECT_THAT(warehouse().query("SELECT id::VARCHAR, author FROM tester.items ORDER BY id"),
              ElementsAre(WarehouseRow{"1", "Jane"}, WarehouseRow{"2", std::nullopt}));
}

TEST_F(ProjectModesTest, AnUnrecordedRequestEndsAReplay) {
  HttpImposter imposter;
  imposter.when("GET", "/items").answer(200, "{}");
  std::ofstream(folder_ / "configuration.json")
      << R"({"url": ")" << imposter.url("/items") << R"("})";
  const auto* const ask =
      "    import urllib.request\n"
      "    try: urllib.request.urlopen(configuration['url'] + '?since={}')\n"
      "    except Exception as fault: print('swallowed', fault)\n";
  const std::string file = (folder_ / "exchanges.jsonl").string();
  project(ask);
  ASSERT_EQ(debug({"--record", file}).status, 0);
  std::string other(ask);
  other.replace(other.find("since={}"), 8, "since=7");
  project(other);

  const Ended ended = debug({"--replay", file});

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("no recorded exchange for GET"), HasSubstr("?since=7"),
                                  HasSubstr("the nearest is GET"), HasSubstr("?since={}"),
                                  HasSubstr("line 2 of"), Not(HasSubstr("swallowed"))));
  EXPECT_EQ(imposter.count("/items"), 1);
}

constexpr const char* kGoesOn =
    "    for n in range(state.get('n', 0), 6):\n"
    "        op.upsert('items', {'id': n})\n"
    "        op.checkpoint({'n': n + 1})\n";

TEST_F(ProjectModesTest, TestPassesAConnectorThatGoesOnFromItsCheckpoints) {
  project(kGoesOn, kItems);

  const Ended ended = debug({"--test"});

  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("undisturbed, it makes 6 checkpoints"),
                                  HasSubstr("passed: killed 6 times")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "files"));
}

TEST_F(ProjectModesTest, TestFindsACheckpointThatIsAheadOfItsRows) {
  project(
      "    for n in range(state.get('n', 0), 4):\n"
      "        op.checkpoint({'n': n + 1})\n"
      "        op.upsert('items', {'id': n, 'made': bool(state)})\n",
      kItems);

  const Ended ended = debug({"--test"});

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("FAILED: killed 4 times"), HasSubstr("  - id=0\n")));
}

TEST_F(ProjectModesTest, TestWorksFromARecording) {
  HttpImposter imposter;
  imposter.when("GET", "/items").answer(200, R"({"id": 1})");
  std::ofstream(folder_ / "configuration.json")
      << R"({"url": ")" << imposter.url("/items") << R"("})";
  project(
      "    import json, urllib.request\n"
      "    for n in range(state.get('n', 0), 3):\n"
      "        row = json.load(urllib.request.urlopen(f\"{configuration['url']}?n={n}\"))\n"
      "        op.upsert('items', {'id': n, 'row': row['id']})\n"
      "        op.checkpoint({'n': n + 1})\n",
      kItems);
  const std::string file = (folder_ / "exchanges.jsonl").string();
  ASSERT_EQ(debug({"--record", file}).status, 0);
  const auto asked = imposter.count("/items");

  const Ended ended = debug({"--test", "--replay", file});

  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("passed: killed 3 times"));
  EXPECT_EQ(imposter.count("/items"), asked);
}

TEST_F(ProjectModesTest, ProfileAddsUpAndNamesTheNetwork) {
  HttpImposter imposter;
  imposter.when("GET", "/items").answer(200, R"({"id": 1})");
  std::ofstream(folder_ / "configuration.json")
      << R"({"url": ")" << imposter.url("/items") << R"("})";
  project(
      "    import json, time, urllib.request\n"
      "    row = json.load(urllib.request.urlopen(configuration['url']))\n"
      "    for n in range(2000): op.upsert('items', {'id': n, 'row': row['id']})\n"
      "    time.sleep(0.01)\n",
      kItems);

  const Ended ended = debug({"--profile"});

  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("\nnetwork "), HasSubstr("\nsleeping "),
                    HasSubstr("\nencoding rows "), HasSubstr("\nthe connector's own code "),
                    HasSubstr("\ndestination: commits "), HasSubstr("\nall of it ")));
}

TEST_F(ProjectModesTest, WatchRunsAgainFromTheLastCheckpoint) {
  project(kGoesOn, kItems);
  ChildProcess process(debug_words({"--watch"}));
  ASSERT_TRUE(process.wait_for_output("the run succeeded; waiting for files to be saved"));

  project("    op.upsert('items', {'id': 100 + state['n']})\n", kItems);
  ASSERT_TRUE(process.wait_for_output("saved: connector.py; running again"));
  ASSERT_TRUE(process.wait_for_output("the run succeeded; waiting for files to be saved", 2));
  process.signal(SIGINT);

  EXPECT_EQ(process.wait().status, 130);
  EXPECT_THAT(warehouse().query("SELECT max(id)::VARCHAR, count(*)::VARCHAR FROM tester.items"),
              ElementsAre(WarehouseRow{"106", "7"}));
}

TEST_F(ProjectModesTest, WatchEndsARunOfOlderFiles) {
  project("    print('at work')\n    import time; time.sleep(600)\n");
  ChildProcess process(debug_words({"--watch"}));
  ASSERT_TRUE(process.wait_for_output("at work"));

  project("    pass\n");
  ASSERT_TRUE(process.wait_for_output("the run was stopped, since files were saved"));
  ASSERT_TRUE(process.wait_for_output("the run succeeded"));
  process.signal(SIGTERM);

  EXPECT_EQ(process.wait().status, 143);
}

TEST_F(ProjectModesTest, RefusesCombinationsNamingBothFlags) {
  project("    pass\n");

  const Ended ended = debug({"--watch", "--record", "x"});

  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.messages, AllOf(HasSubstr("--watch"), HasSubstr("--record")));
  EXPECT_THAT(debug({"--test", "--dry-run"}).messages,
              AllOf(HasSubstr("--test"), HasSubstr("--dry-run")));
  EXPECT_EQ(debug({"--record", "x", "--replay", "y"}).status, 2);
}

}  // namespace
}  // namespace tendril
