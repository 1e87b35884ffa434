// The commands beside sync, as a user types them.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "child_process.h"
#include "data/json.h"
#include "github_sandbox.h"
#include "shop.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using CommandTest = Shop;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

TEST(Program, SaysItsVersion) {
  const Ended ended = run_tendril({"version"});

  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.output, MatchesRegex("tendril [0-9.]+\n"));
  EXPECT_EQ(run_tendril({"--version"}).output, ended.output);
}

TEST(Program, HelpsOnStdout) {
  const Ended ended = run_tendril({"help", "sync"});

  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("--to"), HasSubstr("Exit status")));
  EXPECT_THAT(ended.messages, IsEmpty());
}

TEST(Program, GuessesWhatWasMeant) {
  const Ended ended = run_tendril({"snyc", "github"});

  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(ended.messages,
            "error: command is unknown: snyc (did you mean sync?)\nhint: run 'tendril --help'\n");
}

TEST(Program, PrintsAUsableBashCompletion) {
  const Ended ended = run_tendril({"completion", "bash"});

  EXPECT_EQ(ended.status, 0);
  const TemporaryFolder folder;
  const std::filesystem::path script = folder / "tendril_completion.bash";
  std::ofstream(script) << ended.output
                        << "COMP_WORDS=(tendril sync github --mo); COMP_CWORD=3; _tendril\n"
                           "[[ ${COMPREPLY[*]} == --mode ]] || exit 1\n"
                           "COMP_WORDS=(tendril sync github --mode me); COMP_CWORD=4; _tendril\n"
                           "[[ ${COMPREPLY[*]} == merge ]] || exit 2\n"
                           "COMP_WORDS=(tendril sandbox github mut); COMP_CWORD=3; _tendril\n"
                           "[[ ${COMPREPLY[*]} == *mutate* ]] || exit 3\n";
  EXPECT_EQ(std::system(("bash " + script.string()).c_str()), 0);
}

TEST(Program, SaysThatOutputWasRefused) {
  EXPECT_NE(std::system(TENDRIL_PROGRAM " help >/dev/full 2>/dev/null"), 0);
}

constexpr const char* kFaultyManifest =
    "check: {stream_names: [a]}\n"
    "streams:\n"
    "  - name: a\n"
    "    primarykey: id\n"
    "    retriever:\n"
    "      requester: {url_base: u, http_method: FETCH}\n"
    "      record_selector: {extractor: {field_path: []}}\n";

TEST(Lint, EndsWithOneForErrorsAndNamesThemOnStdout) {
  const TemporaryFolder folder;
  const std::filesystem::path manifest = folder / "manifest.yaml";
  std::ofstream(manifest) << kFaultyManifest;

  const Ended text = run_tendril({"lint", folder.path().string()});
  const Ended json = run_tendril({"lint", "--format", "json", manifest.string()});

  EXPECT_EQ(text.status, 1);
  EXPECT_THAT(text.output, HasSubstr(manifest.string() + ":6:45: error: "));
  EXPECT_THAT(text.output, HasSubstr("[wrong-choice]\n1 manifest: 1 error, 1 warning\n"));
  EXPECT_THAT(text.messages, IsEmpty());
  EXPECT_EQ(json.status, 1);
  const auto parsed = parse_json(json.output);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(*parsed->find("errors"), Value(1));
}

TEST(Lint, FailsOnWarningsOnlyWhenItIsStrict) {
  const TemporaryFolder folder;
  std::string manifest(kFaultyManifest);
  manifest.replace(manifest.find("FETCH"), 5, "POST");
  std::ofstream(folder / "m.yaml") << manifest;

  EXPECT_EQ(run_tendril({"lint", (folder / "m.yaml").string()}).status, 0);
  EXPECT_EQ(run_tendril({"lint", "--strict", (folder / "m.yaml").string()}).status, 1);
}

TEST(Lint, EndsWithTwoForWrongUse) {
  EXPECT_EQ(run_tendril({"lint"}).status, 2);
  EXPECT_EQ(run_tendril({"lint", "/no/such/manifest.yaml"}).status, 2);
}

TEST(Lint, FindsNothingInTheCatalogue) {
  const Ended ended = run_tendril({"lint", "--strict", TENDRIL_SOURCE_DIR "/connectors"});

  EXPECT_EQ(ended.status, 0) << ended.output;
}

TEST(Connectors, ListsTheCatalogue) {
  const Ended table = run_tendril({"connectors"});
  const Ended names = run_tendril({"connectors", "--names"});
  const Ended json = run_tendril({"connectors", "--json"});

  EXPECT_EQ(table.status, 0) << table.messages;
  EXPECT_THAT(table.output, HasSubstr("\ngithub  "));
  EXPECT_THAT(names.output, HasSubstr("github\n"));
  const auto parsed = parse_json(json.output);
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->is_list());
}

TEST(Connectors, GuessesAnUnknownName) {
  const Ended ended = run_tendril({"check", "githup"});

  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(ended.messages, "error: connector is unknown: githup (did you mean github?)\n");
}

TEST(Connectors, NamesSourcesThatAreNotSupportedYet) {
  const Ended ended = run_tendril({"sync", "postgres://u:p@h/db", "--to", "null:"});

  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.errors(),
              ElementsAre("error: sources of this kind are not supported yet: postgres:"));
}

TEST_F(CommandTest, ChecksAConfiguration) {
  serve_good_data();

  const Ended ended = run_tendril(
      {"check", path("shop.yaml"), "--config", path("config.json"), "--log-format", "json"});

  EXPECT_EQ(ended.status, 0) << ended.messages;
  EXPECT_EQ(ended.output, "OK: shop can be read\n");
}

TEST_F(CommandTest, TakesSettingsFromTheCommandLineAndTheEnvironment) {
  serve_good_data();
  write_file("config.json", R"({"url": "${SHOP_URL}", "token": "x"})");

  const Ended ended = run_tendril(
      {"check", path("shop.yaml"), "--config", path("config.json"), "--set", "token=from-the-line"},
      {.environment = {{"SHOP_URL", imposter_.origin()}}});

  EXPECT_EQ(ended.status, 0) << ended.messages;
  ASSERT_FALSE(imposter_.requests().empty());
  EXPECT_EQ(imposter_.requests()[0].header("Authorization"), "Bearer from-the-line");
}

TEST_F(CommandTest, RewritesOrigins) {
  serve_good_data();
  write_file("config.json", R"({"url": "https://api.shop.example", "token": "x"})");

  const Ended ended =
      run_tendril({"check", path("shop.yaml"), "--config", path("config.json"), "--rewrite-origin",
                   "https://api.shop.example=" + imposter_.origin()});

  EXPECT_EQ(ended.status, 0) << ended.messages;
}

TEST_F(CommandTest, DiscoversStreams) {
  const std::vector<std::string> arguments = {"discover", path("shop.yaml"), "--config",
                                              path("config.json")};
  std::vector<std::string> as_json = arguments;
  as_json.push_back("--json");

  EXPECT_THAT(run_tendril(arguments).output, AllOf(HasSubstr("items"), HasSubstr("orders")));
  const auto parsed = parse_json(run_tendril(as_json).output);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(to_json(*parsed),
            R"({"streams":[{"name":"items","primary_key":["id"],"incremental":false,"columns":[)"
            R"({"name":"id","type":"LONG"},{"name":"name","type":"STRING"}]},)"
            R"({"name":"orders","primary_key":["id"],"incremental":false,"columns":[)"
            R"({"name":"id","type":"LONG"},{"name":"name","type":"STRING"}]}]})");
}

TEST_F(CommandTest, SyncsIntoNothing) {
  serve_good_data();

  const Ended ended = run_tendril({"sync", path("shop.yaml"), "--config", path("config.json"),
                                   "--to", "null:", "--stream", "items"});

  EXPECT_EQ(ended.status, 0) << ended.messages;
  EXPECT_THAT(ended.output, IsEmpty());
  EXPECT_THAT(ended.messages, HasSubstr("\nitems "));
  EXPECT_THAT(ended.messages, HasSubstr("\ntotal "));
}

TEST_F(CommandTest, LogsOnlyJsonWhenToldSo) {
  serve_good_data();

  const Ended ended = sync({"--log-format", "json"});

  EXPECT_EQ(ended.status, 0) << ended.messages;
  std::istringstream lines(ended.messages);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(parse_json(line).ok()) << line;
  }
  EXPECT_THAT(ended.messages, HasSubstr(R"("message":"sync report")"));
}

TEST_F(GithubSandbox, OffersAConfigurationThatWorks) {
  serve(50);

  const Ended ended = run_tendril({"check", "github", "--config", folder_ / "github.json"});

  EXPECT_EQ(ended.status, 0) << ended.messages;
  EXPECT_THAT(server_->output(), HasSubstr("http://127.0.0.1:"));
}

TEST_F(GithubSandbox, EndsWellOnCtrlC) {
  serve(50);

  server_->signal(SIGINT);
  const Ended ended = server_->wait();

  EXPECT_EQ(ended.status, 0) << ended.messages;
}

}  // namespace
}  // namespace tendril
