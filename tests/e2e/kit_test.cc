// Connectors in C++, run by the real program: as programs and as shared libraries, well and badly.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "child_process.h"
#include "testing/temporary_folder.h"
#include "warehouse.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class KitTest : public ::testing::TestWithParam<const char*> {
 protected:
  void act(const std::string& what) const {
    std::ofstream(folder_ / "configuration.json") << R"({"act": ")" << what << "\"}";
  }

  Ended debug(const std::string& connector, std::vector<std::string> options = {}) const {
    options.insert(options.begin(), {"debug", connector});
    return run_tendril(std::move(options), {.folder = folder_.path()});
  }

  Ended debug() const { return debug(GetParam()); }

  Warehouse warehouse() const { return Warehouse(folder_ / "files" / "warehouse.db"); }

  const TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, KitTest, testing::Values(FAULTY_CONNECTOR, FAULTY_LIBRARY),
                         [](const auto& kind) { return kind.index == 0 ? "Program" : "Library"; });

TEST_P(KitTest, LandsEveryType) {
  act("every type");

  const Ended ended = debug();

  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_THAT(
      warehouse().query(
          "SELECT flag::VARCHAR, small::VARCHAR, \"number\"::VARCHAR, large::VARCHAR, "
          "real::VARCHAR, wide::VARCHAR, money::VARCHAR, day::VARCHAR, naive::VARCHAR, "
          "make_timestamp(epoch_us(instant))::VARCHAR, \"time\"::VARCHAR, "
          "hex(bytes), xml, text, json, learnt, learnt_json FROM tester.every ORDER BY id"),
      ElementsAre(WarehouseRow{"true", "-7", "42", "-9223372036854775808", "1.5", "0.1", "-12.05",
                               "2024-02-29", "2024-02-29 12:00:00", "2024-02-29 00:00:00.000007",
                               "12:30:00", "00FF", "<a/>", "Grüße",
                               R"({"a": 1, "b": [true, null, "ü", 2.5]})", "x", "[1, 2]"},
                  WarehouseRow(17, std::nullopt)));
}

TEST_P(KitTest, NamesTheRowThatIsWrong) {
  act("wrong type");

  const Ended ended = debug();

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("table every, row id=7: column number is declared INT"),
                                  HasSubstr("SYNC FAILED")));
}

TEST_P(KitTest, GoesOnWithoutARowThatIsWrong) {
  act("go on");

  const Ended ended = debug();

  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("table items, row id=1: column text the text is not UTF-8"));
  EXPECT_THAT(warehouse().query("SELECT id::VARCHAR, text FROM tester.items"),
              ElementsAre(WarehouseRow{"2", "good"}));
}

TEST_P(KitTest, KeepsWhatACheckpointCovers) {
  act("throw");

  const Ended ended = debug();

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("std::runtime_error: page 3"),
                                  HasSubstr("caused by std::out_of_range: map::at")));
  EXPECT_THAT(warehouse().query("SELECT id FROM tester.items"), ElementsAre(WarehouseRow{"1"}));
}

TEST_P(KitTest, SaysHowTheConnectorEnded) {
  act("throw an int");
  EXPECT_THAT(debug().output, HasSubstr("threw something that is no std::exception"));
  act("crash");
  EXPECT_THAT(debug().output, HasSubstr("was ended by signal 11"));
  act("exit");
  EXPECT_THAT(debug().output, HasSubstr("ended with status 3 before update() had returned"));
  act("list as state");
  EXPECT_THAT(debug().output, HasSubstr("state must be one JSON object: checkpoint() got a list"));
  act("task");
  EXPECT_THAT(debug().output, AllOf(HasSubstr("renew the key"), HasSubstr("SYNC FAILED")));
  std::ofstream(folder_ / "configuration.json") << "{}";
  EXPECT_THAT(debug().output, HasSubstr("configuration has no act: set it"));
  std::ofstream(folder_ / "configuration.json") << R"({"twice": "x"})";
  EXPECT_THAT(debug().output, HasSubstr("schema(): table items is declared twice"));
}

TEST_P(KitTest, TellsWhatTheConnectorSays) {
  act("notes");

  const Ended ended = debug();

  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("printed"), HasSubstr("logged"), HasSubstr("warned")));
}

TEST_P(KitTest, TakesRowsOfManyThreads) {
  act("threads");

  EXPECT_EQ(debug().status, 0);
  EXPECT_THAT(warehouse().query("SELECT (SELECT count(*) FROM tester.even), count(*), "
                                "count(DISTINCT text) FROM tester.odd"),
              ElementsAre(WarehouseRow{"10000", "10000", "10000"}));
}

TEST_P(KitTest, RefusesRowsOfAFork) {
  act("fork");

  const Ended ended = debug();

  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("refused: operations must come from the process"));
  EXPECT_THAT(warehouse().query("SELECT id FROM tester.items"), ElementsAre(WarehouseRow{"2"}));
}

TEST_P(KitTest, EndsWithTheProgram) {
  act("sleep");
  ChildProcess process({"debug", GetParam()}, {.folder = folder_.path()});
  ASSERT_TRUE(process.wait_for_output("at work"));

  process.signal(SIGINT);

  EXPECT_EQ(process.wait().status, 130);
}

TEST_P(KitTest, ShowsItsForm) {
  act("crash");
  const Ended good = debug(GetParam(), {"--form"});
  act("nonsense");
  const Ended bad = debug(GetParam(), {"--form"});

  EXPECT_EQ(good.status, 0) << good.messages;
  EXPECT_THAT(good.output, HasSubstr(R"("succeeded":true)"));
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.output, HasSubstr(R"("succeeded":false)"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "files"));
}

TEST_P(KitTest, IsASourceOfSync) {
  const auto sync = [&](const std::string& what, std::vector<std::string> more = {}) {
    more.insert(more.begin(),
                {"sync", std::string("cpp:") + GetParam(), "--to",
                 "duckdb:" + (folder_ / "w.duckdb").string(), "--set", "act=" + what});
    return run_tendril(std::move(more), {.environment = {{"TENDRIL_HOME", folder_ / "home"}},
                                         .folder = folder_.path()});
  };

  const Ended broken = sync("throw");
  const Ended done = sync("threads", {"--stream", "even,items"});

  EXPECT_EQ(broken.status, 1);
  EXPECT_THAT(broken.messages, HasSubstr("std::runtime_error: page 3"));
  EXPECT_EQ(done.status, 0) << done.messages;
  const Warehouse warehouse(folder_ / "w.duckdb");
  EXPECT_THAT(warehouse.query("SELECT id FROM items"), ElementsAre(WarehouseRow{"1"}));
  EXPECT_EQ(warehouse.count("even"), 10'000);
}

using KitFileTest = KitTest;

TEST_F(KitFileTest, RefusesWhatIsNoConnector) {
  std::ofstream(folder_ / "notes.txt") << "x";
  std::ofstream(folder_ / "broken.so") << "x";
  std::ofstream(folder_ / "connector.py") << "";

  EXPECT_THAT(debug("missing").output, HasSubstr("project does not exist: missing"));
  EXPECT_THAT(debug("notes.txt").output,
              HasSubstr("neither a program that may be run nor a shared library (.so)"));
  EXPECT_THAT(debug("connector.py").output,
              HasSubstr("a project in Python is named by its folder"));
  EXPECT_THAT(debug("broken.so").output,
              AllOf(HasSubstr("connector can not be loaded: "), HasSubstr("broken.so")));
  EXPECT_THAT(debug("/bin/true").output,
              HasSubstr("is no connector of Tendril: it ended with status 0 and sent nothing"));
  EXPECT_THAT(debug(OTHER_LIBRARY).output, HasSubstr("library is no connector of Tendril"));
  EXPECT_THAT(debug(FAULTY_CONNECTOR, {"--python", "python3"}).output,
              HasSubstr("--python is for projects in Python"));
}

TEST_F(KitFileTest, ASourceIsNamedByItsLanguage) {
  std::ofstream(folder_ / "connector.py") << "";

  EXPECT_THAT(run_tendril({"check", "python:" FAULTY_CONNECTOR}).messages,
              HasSubstr("a connector that was built is written cpp:"));
  EXPECT_THAT(run_tendril({"check", "cpp:" + folder_.path().string()}).messages,
              HasSubstr("a project in Python is written python:"));
  EXPECT_EQ(run_tendril({"check", "cpp:" FAULTY_CONNECTOR, "--set", "act=throw"}).status, 0);
  EXPECT_THAT(run_tendril({"check", "cpp:" FAULTY_CONNECTOR, "--set", "act=nonsense"}).messages,
              HasSubstr("the connection does not work: Is it known?"));
}

TEST_F(KitFileTest, NamesBothVersions) {
  EXPECT_THAT(debug(OLD_LIBRARY).output,
              HasSubstr("connector was built with kit 0.0.9 (protocol 0), and this program has kit "
                        "0.1.0 (protocol 1): build it again"));
}

TEST_F(KitFileTest, ResetsWhereItRan) {
  act("go on");
  ASSERT_EQ(debug(FAULTY_CONNECTOR).status, 0);

  EXPECT_EQ(run_tendril({"reset"}, {.folder = folder_.path()}).status, 0);

  EXPECT_FALSE(std::filesystem::exists(folder_ / "files" / "warehouse.db"));
}

TEST_F(KitFileTest, AProgramAloneSaysWhatItIs) {
  const Ended ended = run_tendril({}, {.program = FAULTY_CONNECTOR});

  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.messages, HasSubstr("tendril debug"));
  EXPECT_THAT(ended.output, IsEmpty());
  EXPECT_THAT(ended.messages, Not(HasSubstr("runtime error")));
}

TEST_F(KitFileTest, BeginsAManifestThatLintPasses) {
  const std::string made = (folder_ / "my-items").string();

  ASSERT_EQ(run_tendril({"init", made, "--template", "manifest"}).status, 0);

  const Ended lint = run_tendril({"lint", made});
  EXPECT_EQ(lint.status, 0) << lint.output << lint.messages;
  EXPECT_EQ(run_tendril({"discover", made, "--config", made + "/config.json", "--set", "api_key=x"})
                .status,
            0);
}

}  // namespace
}  // namespace tendril
