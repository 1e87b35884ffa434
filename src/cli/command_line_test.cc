#include "cli/command_line.h"

#include <algorithm>

#include <gmock/gmock.h>

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

CommandLine parsed(const std::vector<std::string>& arguments) {
  auto result = parse_command_line(arguments);
  if (const auto* fault = std::get_if<UsageFault>(&result)) {
    ADD_FAILURE() << fault->error.message;
    return {{}, VersionArguments{}};
  }
  return std::get<CommandLine>(std::move(result));
}

UsageFault fault_of(const std::vector<std::string>& arguments) {
  auto result = parse_command_line(arguments);
  if (std::holds_alternative<CommandLine>(result)) {
    ADD_FAILURE() << "was understood";
    return {{ErrorCode::Internal, ""}, ""};
  }
  return std::get<UsageFault>(std::move(result));
}

TEST(CommandLine, ReadsASync) {
  const CommandLine line = parsed({"sync", "github", "-c", "c.json", "--to", "duckdb:x.db", "-s",
                                   "a,b", "-s", "c", "--mode", "replace", "--memory", "64MiB"});

  const auto& sync = std::get<SyncArguments>(line.command);
  EXPECT_EQ(sync.source.source, "github");
  EXPECT_EQ(sync.source.config_file, "c.json");
  EXPECT_EQ(sync.destination, "duckdb:x.db");
  EXPECT_THAT(sync.streams, ElementsAre("a", "b", "c"));
  EXPECT_EQ(sync.mode, WriteMode::Replace);
  EXPECT_EQ(sync.memory_bytes, std::size_t{64} * 1024 * 1024);
  EXPECT_EQ(sync.concurrency, std::nullopt);
  EXPECT_TRUE(sync.progress);
}

TEST(CommandLine, ReadsWhatASyncIsToShowOfItself) {
  const CommandLine line = parsed(
      {"sync", "github", "--to", "null:", "--report", "r.html", "--report", "r.json", "--metrics",
       "127.0.0.1:0", "--metrics-file", "m.prom", "--otlp", "http://c:4318", "--http-cache", "h"});

  const TelemetryArguments& shown = std::get<SyncArguments>(line.command).telemetry;
  EXPECT_THAT(shown.report_files, ElementsAre("r.html", "r.json"));
  EXPECT_EQ(shown.metrics_address, "127.0.0.1:0");
  EXPECT_EQ(shown.metrics_file, "m.prom");
  EXPECT_EQ(shown.otlp_url, "http://c:4318");
  EXPECT_EQ(shown.http_cache, "h");
}

TEST(CommandLine, TakesGlobalOptionsBeforeAndAfterTheCommand) {
  EXPECT_EQ(parsed({"--log-format", "json", "version"}).global.log_format, LogFormat::Json);
  EXPECT_EQ(parsed({"version", "--log-level", "debug"}).global.log_level, LogLevel::Debug);
}

TEST(CommandLine, SplitsAnOriginRewrite) {
  const CommandLine line =
      parsed({"version", "--rewrite-origin", "https://api.github.com=http://127.0.0.1:80"});

  EXPECT_THAT(line.global.origin_rewrites,
              ElementsAre(Pair("https://api.github.com", "http://127.0.0.1:80")));
}

TEST(CommandLine, ReadsSettingsWithCommasAndEquals) {
  const CommandLine line = parsed({"check", "github", "--set", "a=b,c", "--set", "d=e=f"});

  EXPECT_THAT(std::get<CheckArguments>(line.command).source.settings,
              ElementsAre("a=b,c", "d=e=f"));
}

TEST(CommandLine, ReadsSandboxOrders) {
  EXPECT_EQ(std::get<SandboxServeArguments>(
                parsed({"sandbox", "github", "--port", "80", "--records", "7"}).command)
                .records,
            7);
  const CommandLine line =
      parsed({"sandbox", "github", "mutate", "delete", "3", "--address-file", "/tmp/a"});
  const auto& mutate = std::get<SandboxMutateArguments>(line.command);
  EXPECT_EQ(mutate.sandbox.name, "github");
  EXPECT_EQ(mutate.sandbox.address_file, "/tmp/a");
  EXPECT_EQ(mutate.kind, "delete");
  EXPECT_EQ(mutate.count, 3);
}

TEST(CommandLine, ReadsALint) {
  const CommandLine line = parsed({"lint", "a", "b", "--strict", "--format", "json"});

  const auto& lint = std::get<LintArguments>(line.command);
  EXPECT_THAT(lint.paths, ElementsAre("a", "b"));
  EXPECT_TRUE(lint.strict);
  EXPECT_TRUE(lint.json);
  EXPECT_FALSE(lint.portable);
}

TEST(CommandLine, GivesHelp) {
  EXPECT_THAT(std::get<HelpArguments>(parsed({}).command).text, HasSubstr("connectors"));
  EXPECT_THAT(std::get<HelpArguments>(parsed({"sync", "--help"}).command).text, HasSubstr("--to"));
  EXPECT_THAT(std::get<HelpArguments>(parsed({"help", "sync"}).command).text, HasSubstr("--to"));
  EXPECT_THAT(std::get<HelpArguments>(parsed({"help"}).command).text, HasSubstr("discover"));
}

TEST(CommandLine, GuessesAnUnknownCommand) {
  const UsageFault fault = fault_of({"snyc", "github"});

  EXPECT_EQ(fault.error.message, "command is unknown: snyc (did you mean sync?)");
  EXPECT_EQ(fault.hint, "run 'tendril --help'");
}

TEST(CommandLine, GuessesAnUnknownOptionEvenWhenARequiredOneIsMissing) {
  const UsageFault fault = fault_of({"sync", "github", "--confg=c.json"});

  EXPECT_EQ(fault.error.message, "option is unknown: --confg (did you mean --config?)");
  EXPECT_EQ(fault.hint, "run 'tendril sync --help'");
}

TEST(CommandLine, GuessesAnUnknownChoice) {
  EXPECT_EQ(fault_of({"sync", "github", "--to", "null:", "--mode", "mrge"}).error.message,
            "--mode: is unknown: mrge (did you mean merge?)");
  EXPECT_EQ(fault_of({"help", "syn"}).error.message,
            "command is unknown: syn (did you mean sync?)");
}

TEST(CommandLine, NamesWhatIsMissing) {
  EXPECT_EQ(fault_of({"sync", "github"}).error.message, "--to is missing");
  EXPECT_EQ(fault_of({"sync"}).error.message, "SOURCE is missing");
}

TEST(CommandLine, RefusesNumbersOutOfRange) {
  EXPECT_THAT(fault_of({"sync", "github", "--to", "null:", "--concurrency", "0"}).error.message,
              HasSubstr("--concurrency: value 0 not in range"));
  EXPECT_THAT(fault_of({"sandbox", "github", "--port", "x"}).error.message, HasSubstr("--port"));
}

TEST(CommandLineShape, KnowsCommandsOptionsAndChoices) {
  const CommandShape shape = command_line_shape();

  const auto sync = std::find_if(shape.commands.begin(), shape.commands.end(),
                                 [](const CommandShape& each) { return each.name == "sync"; });
  ASSERT_NE(sync, shape.commands.end());
  EXPECT_TRUE(sync->takes_source);
  const auto mode = std::find_if(sync->options.begin(), sync->options.end(), [](const auto& each) {
    return each.names == std::vector<std::string>{"--mode"};
  });
  ASSERT_NE(mode, sync->options.end());
  EXPECT_TRUE(mode->takes_value);
  EXPECT_THAT(mode->choices, ElementsAre("append", "replace", "merge", "history"));
}

}  // namespace
}  // namespace tendril
