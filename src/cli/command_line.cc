#include "cli/command_line.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command_shape.h"
#include "cli/usage_fault.h"
#include "core/near_miss.h"

namespace tendril {
namespace {

using Choices = std::vector<std::string>;

const Choices kLogFormats = {"text", "json"};
const Choices kReportFormats = {"text", "json"};
const Choices kLogLevels = {"debug", "info", "warning", "error", "off"};
const Choices kWriteModes = {"append", "replace", "merge", "history"};
const Choices kAirbyteVerbs = {"spec", "check", "discover", "read"};
const Choices kShells = {"bash", "zsh", "fish"};
const Choices kMutationKinds = {"insert", "update", "delete"};

constexpr int kConcurrencyMax = 256;
constexpr int kPortMax = 65'535;
constexpr std::size_t kHelpColumnWidth = 34;

// REQUIRES: `word` is one of `choices`, and the enumeration has their order from 0 on.
template <class Enum>
Enum enum_of(const std::string& word, const Choices& choices) {
  const auto found = std::find(choices.begin(), choices.end(), word);
  return static_cast<Enum>(found - choices.begin());
}

// Options as CLI11 fills them, before they become what commands take.
struct RawOptions {
  std::string log_format = "text";
  std::string log_level;
  std::string catalogue;
  std::vector<std::string> origin_rewrites;
  std::string mode;
  std::string lint_format = "text";
  std::string airbyte_verb;
  std::uint64_t memory_bytes = 0;
  std::int64_t commit_rows = 0;
  std::int64_t commit_seconds = 0;
  int concurrency = 0;
  bool no_progress = false;
  bool version = false;
};

// All commands and options, bound to the structures they fill.
class Grammar {
 public:
  Grammar();

  CLI::App& app() { return app_; }

  // Returns what was asked for. REQUIRES: app() has parsed a command line.
  CommandLine command_line();

  CommandShape shape() const { return shape_of(app_, choices_); }

  // The command that was named last: "sandbox mutate" rather than "sandbox".
  const CLI::App& chosen() const;

 private:
  CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& summary);
  CLI::Option* add_choice(CLI::App& command, const std::string& names, std::string& value,
                          const Choices& choices, const std::string& summary);
  void add_global_options(CLI::App& command);
  void add_source(CLI::App& command, SourceArguments& source);
  void add_catalogue_commands();
  void add_sync();
  void add_sync_tuning();
  void add_lint();
  void add_airbyte();
  void add_sandbox();
  void add_sandbox_orders();
  void add_program_commands();

  GlobalArguments global() const;
  SyncArguments sync() const;
  LintArguments lint() const;
  AirbyteArguments airbyte() const;

  CLI::App app_{"Runs data connectors: reads APIs and lands them in a warehouse, exactly once."};
  OptionChoices choices_;
  RawOptions raw_;
  ConnectorsArguments connectors_;
  CheckArguments check_;
  DiscoverArguments discover_;
  SyncArguments sync_;
  LintArguments lint_;
  AirbyteArguments airbyte_;
  SandboxServeArguments serve_;
  SandboxMutateArguments mutate_;
  SandboxRowsArguments rows_;
  CompletionArguments completion_;
  CLI::App* connectors_command_ = nullptr;
  CLI::App* check_command_ = nullptr;
  CLI::App* discover_command_ = nullptr;
  CLI::App* sync_command_ = nullptr;
  CLI::App* lint_command_ = nullptr;
  CLI::App* airbyte_command_ = nullptr;
  CLI::App* sandbox_command_ = nullptr;
  CLI::App* mutate_command_ = nullptr;
  CLI::App* rows_command_ = nullptr;
  CLI::App* version_command_ = nullptr;
  CLI::App* completion_command_ = nullptr;
  CLI::Option* memory_option_ = nullptr;
};

Grammar::Grammar() {
  app_.name("tendril");
  app_.get_formatter()->column_width(kHelpColumnWidth);
  app_.get_formatter()->label("REQUIRED", "(required)");
  app_.get_formatter()->label("SUBCOMMAND", "COMMAND");
  app_.get_formatter()->label("Subcommands", "Commands");
  app_.get_formatter()->label("Positionals", "Arguments");
  app_.set_help_flag("-h,--help", "Say how this is used");
  app_.add_flag("--version", raw_.version, "Say which version this is");
  add_global_options(app_);
  add_catalogue_commands();
  add_sync();
  add_sync_tuning();
  add_lint();
  add_airbyte();
  add_sandbox();
  add_sandbox_orders();
  add_program_commands();
  app_.footer("\nRun 'tendril help COMMAND' for what a command takes.");
}

CLI::App* Grammar::add_command(CLI::App& parent, const std::string& name,
                               const std::string& summary) {
  CLI::App* command = parent.add_subcommand(name, summary);
  add_global_options(*command);
  return command;
}

CLI::Option* Grammar::add_choice(CLI::App& command, const std::string& names, std::string& value,
                                 const Choices& choices, const std::string& summary) {
  std::string list;
  for (const std::string& choice : choices) {
    list += (list.empty() ? "" : "|") + choice;
  }
  CLI::Option* option = command.add_option(names, value, summary);
  option->type_name(list)->check([choices](const std::string& word) {
    const bool known = std::find(choices.begin(), choices.end(), word) != choices.end();
    return known ? "" : "is unknown: " + word + did_you_mean(word, choices);
  });
  choices_[option] = choices;
  return option;
}

void Grammar::add_global_options(CLI::App& command) {
  const std::string group = "Options of every command";
  add_choice(command, "--log-format", raw_.log_format, kLogFormats,
             "Lines for people, or one JSON object per line")
      ->group(group);
  add_choice(command, "--log-level", raw_.log_level, kLogLevels, "The least that is logged")
      ->group(group);
  command
      .add_option("--catalogue", raw_.catalogue, "The folder of connectors; also TENDRIL_CATALOGUE")
      ->type_name("DIR")
      ->group(group);
  command
      .add_option("--rewrite-origin", raw_.origin_rewrites,
                  "Send requests for one origin to another, for sandboxes and tests: "
                  "https://api.example.com=http://127.0.0.1:8080")
      ->type_name("FROM=TO")
      ->allow_extra_args(false)
      ->check([](const std::string& text) {
        return text.find("=http") == std::string::npos ? "is not of the form FROM=TO: " + text : "";
      })
      ->group(group);
}

void Grammar::add_source(CLI::App& command, SourceArguments& source) {
  command.add_option("SOURCE", source.source, "A connector's name, its folder, or a manifest file")
      ->type_name("")
      ->required();
  command
      .add_option("-c,--config", source.config_file,
                  "Its configuration, JSON or YAML; ${NAME} stands for an environment variable")
      ->type_name("FILE");
  command.add_option("--set", source.settings, "One setting, over the file's: --set page_size=50")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

void Grammar::add_catalogue_commands() {
  connectors_command_ = add_command(app_, "connectors", "List the connectors there are");
  connectors_command_->add_flag("--json", connectors_.json, "One JSON array");
  connectors_command_->add_flag("--names", connectors_.names_only, "Nothing but the names");

  check_command_ = add_command(app_, "check", "Prove that a configuration works");
  add_source(*check_command_, check_.source);

  discover_command_ = add_command(app_, "discover", "List the streams of a source");
  add_source(*discover_command_, discover_.source);
  discover_command_->add_flag("--json", discover_.json, "One JSON object, with all columns");
}

void Grammar::add_sync() {
  sync_command_ = add_command(app_, "sync", "Read a source and land it in a destination");
  add_source(*sync_command_, sync_.source);
  sync_command_->add_option("-t,--to", sync_.destination, "Where to: duckdb:FILE, null:")
      ->type_name("DESTINATION")
      ->required();
  sync_command_
      ->add_option("-s,--stream", sync_.streams, "Only these streams: -s issues,comments -s labels")
      ->type_name("NAME")
      ->delimiter(',')
      ->allow_extra_args(false);
  sync_command_
      ->add_option("--connection", sync_.connection,
                   "The name under which the destination keeps the state; the source's by default")
      ->type_name("NAME");
  sync_command_->add_flag("--full-refresh", sync_.full_refresh,
                          "Forget how far earlier syncs came and read everything");
  add_choice(*sync_command_, "--mode", raw_.mode, kWriteModes,
             "merge by primary key where there is one, else append when incremental, else replace; "
             "history keeps each version of a row");
  sync_command_->add_flag("--hard-deletes", sync_.hard_deletes,
                          "Remove deleted rows instead of marking them");
  sync_command_->footer(
      "\nctrl-C ends a sync at the next safe point: what was committed is kept, and the next run "
      "goes "
      "on from there.\nExit status: 0 done, 1 failed, 2 wrong use, 3 some streams failed, "
      "130 interrupted (143 by SIGTERM).");
}

void Grammar::add_sync_tuning() {
  sync_command_->add_option("--concurrency", raw_.concurrency, "Slices read at the same time")
      ->type_name("N")
      ->check(CLI::Range(1, kConcurrencyMax));
  memory_option_ =
      sync_command_->add_option("--memory", raw_.memory_bytes, "What all queues may hold: 32MiB")
          ->transform(CLI::AsSizeValue(true))
          ->type_name("SIZE");
  sync_command_->add_option("--commit-rows", raw_.commit_rows, "Commit after so many rows")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  sync_command_->add_option("--commit-seconds", raw_.commit_seconds, "Commit after so many seconds")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  sync_command_->add_flag("--no-progress", raw_.no_progress, "No progress bars");
}

void Grammar::add_lint() {
  lint_command_ = add_command(app_, "lint", "Say what is wrong with manifests");
  lint_command_
      ->add_option("PATH", lint_.paths,
                   "Manifests, connectors by folder or name, or folders of those")
      ->type_name("")
      ->required();
  lint_command_->add_flag("--portable", lint_.portable,
                          "Refuse what only this program runs, and the reference does not");
  lint_command_->add_flag("--strict", lint_.strict, "Fail on warnings too");
  lint_command_->add_flag("--notes", lint_.notes, "Show what is worth knowing, but no fault, too");
  add_choice(*lint_command_, "--format", raw_.lint_format, kReportFormats,
             "Lines for people, or one JSON object");
  lint_command_->footer(
      "\ndocs/reference/lint.md explains each rule.\nExit status: 0 no errors, 1 errors (with "
      "--strict: or warnings), 2 wrong use.");
}

void Grammar::add_airbyte() {
  airbyte_command_ = add_command(app_, "airbyte", "Run a source for a platform of Airbyte's");
  airbyte_command_
      ->add_option("SOURCE", airbyte_.source, "A connector's name, its folder, or a manifest file")
      ->type_name("")
      ->required();
  add_choice(*airbyte_command_, "VERB", raw_.airbyte_verb, kAirbyteVerbs, "What to do")->required();
  airbyte_command_->add_option("--config", airbyte_.config_file, "The configuration, JSON as it is")
      ->type_name("FILE");
  airbyte_command_
      ->add_option("--catalog", airbyte_.catalog_file, "The configured catalog, for read")
      ->type_name("FILE");
  airbyte_command_->add_option("--state", airbyte_.state_file, "The state to go on from, for read")
      ->type_name("FILE");
  airbyte_command_->add_flag("--debug", airbyte_.debug, "Log what is for authors too");
  airbyte_command_->footer(
      "\nWrites messages of the Airbyte protocol to standard output, one JSON object a line.\n"
      "Exit status: 0 done (for check: the answer is in CONNECTION_STATUS), 1 failed, 2 wrong use, "
      "130 interrupted (143 by SIGTERM).");
}

void Grammar::add_sandbox() {
  sandbox_command_ = add_command(app_, "sandbox", "Serve the simulated API of a connector");
  sandbox_command_
      ->add_option("NAME", serve_.sandbox.name, "A connector's name, its folder, or a sandbox file")
      ->type_name("")
      ->required();
  sandbox_command_->add_option("-p,--port", serve_.port, "Any free one by default")
      ->type_name("N")
      ->check(CLI::Range(0, kPortMax));
  sandbox_command_->add_option("-n,--records", serve_.records, "Rows of the main entity")
      ->type_name("N")
      ->capture_default_str();
  sandbox_command_->add_option("--seed", serve_.seed, "The same seed gives the same data")
      ->type_name("N")
      ->capture_default_str();
  sandbox_command_->add_option("--now", serve_.now, "The simulated time at the start")
      ->type_name("TIME");
  sandbox_command_
      ->add_option("--limit", serve_.limits, "A rate limit: --limit core=100, --limit core=off")
      ->type_name("NAME=N")
      ->allow_extra_args(false);
  sandbox_command_
      ->add_option("--journal", serve_.journal,
                   "Keep mutations here, and repeat them after a restart")
      ->type_name("FILE");
  sandbox_command_
      ->add_option("--write-config", serve_.config_file,
                   "Write the configuration with which the connector reads it")
      ->type_name("FILE");
  sandbox_command_
      ->add_option("--address-file", serve_.sandbox.address_file,
                   "Where the server leaves its address for mutate and rows")
      ->type_name("FILE");
}

void Grammar::add_sandbox_orders() {
  mutate_command_ = add_command(*sandbox_command_, "mutate", "Change rows of a running sandbox");
  add_choice(*mutate_command_, "KIND", mutate_.kind, kMutationKinds, "What to do")->required();
  mutate_command_->add_option("COUNT", mutate_.count, "To how many rows")
      ->type_name("N")
      ->required();
  mutate_command_->add_option("--entity", mutate_.entity, "Of which kind; a mix by default")
      ->type_name("NAME");

  rows_command_ = add_command(*sandbox_command_, "rows", "Print the rows of a running sandbox");
  rows_command_->add_option("ENTITY", rows_.entity, "Of which kind; a summary of all by default")
      ->type_name("");
  for (CLI::App* command : {mutate_command_, rows_command_}) {
    command->add_option("--address-file", serve_.sandbox.address_file, "As given to the server")
        ->type_name("FILE");
  }
}

void Grammar::add_program_commands() {
  version_command_ = add_command(app_, "version", "Say which version this is");
  completion_command_ = add_command(app_, "completion", "Print a shell's completion script");
  add_choice(*completion_command_, "SHELL", completion_.shell, kShells, "For which shell")
      ->required();
  completion_command_->footer(
      "\nbash: source <(tendril completion bash)\nzsh:  source <(tendril completion zsh)\n"
      "fish: tendril completion fish | source");
  add_command(app_, "help", "Say how a command is used: help sync");
}

const CLI::App& Grammar::chosen() const {
  const CLI::App* command = &app_;
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().back();
  }
  return *command;
}

GlobalArguments Grammar::global() const {
  GlobalArguments arguments;
  arguments.log_format = enum_of<LogFormat>(raw_.log_format, kLogFormats);
  if (!raw_.log_level.empty()) {
    arguments.log_level = enum_of<LogLevel>(raw_.log_level, kLogLevels);
  }
  arguments.catalogue = raw_.catalogue;
  for (const std::string& rewrite : raw_.origin_rewrites) {
    const std::size_t equals = rewrite.find("=http");
    arguments.origin_rewrites.emplace_back(rewrite.substr(0, equals), rewrite.substr(equals + 1));
  }
  return arguments;
}

SyncArguments Grammar::sync() const {
  SyncArguments arguments = sync_;
  arguments.progress = !raw_.no_progress;
  if (!raw_.mode.empty()) {
    arguments.mode = enum_of<WriteMode>(raw_.mode, kWriteModes);
  }
  if (raw_.concurrency > 0) {
    arguments.concurrency = raw_.concurrency;
  }
  if (memory_option_->count() > 0) {
    arguments.memory_bytes = raw_.memory_bytes;
  }
  if (raw_.commit_rows > 0) {
    arguments.commit_rows = raw_.commit_rows;
  }
  if (raw_.commit_seconds > 0) {
    arguments.commit_seconds = raw_.commit_seconds;
  }
  return arguments;
}

LintArguments Grammar::lint() const {
  LintArguments arguments = lint_;
  arguments.json = raw_.lint_format == "json";
  return arguments;
}

AirbyteArguments Grammar::airbyte() const {
  AirbyteArguments arguments = airbyte_;
  arguments.verb = enum_of<AirbyteVerb>(raw_.airbyte_verb, kAirbyteVerbs);
  return arguments;
}

CommandLine Grammar::command_line() {
  const CLI::App* command = &chosen();
  mutate_.sandbox = serve_.sandbox;
  rows_.sandbox = serve_.sandbox;
  if (command == connectors_command_) {
    return CommandLine{global(), connectors_};
  }
  if (command == check_command_) {
    return CommandLine{global(), check_};
  }
  if (command == discover_command_) {
    return CommandLine{global(), discover_};
  }
  if (command == sync_command_) {
    return CommandLine{global(), sync()};
  }
  if (command == lint_command_) {
    return CommandLine{global(), lint()};
  }
  if (command == airbyte_command_) {
    return CommandLine{global(), airbyte()};
  }
  if (command == sandbox_command_) {
    return CommandLine{global(), serve_};
  }
  if (command == mutate_command_) {
    return CommandLine{global(), mutate_};
  }
  if (command == rows_command_) {
    return CommandLine{global(), rows_};
  }
  if (command == completion_command_) {
    return CommandLine{global(), completion_};
  }
  if (command == version_command_ || raw_.version) {
    return CommandLine{global(), VersionArguments{}};
  }
  return CommandLine{global(), HelpArguments{app_.help()}};
}

// The arguments last one first, as CLI11 takes them; "help sync" is "sync --help", "help" is
// "--help".
std::vector<std::string> reversed(std::span<const std::string> arguments) {
  std::vector<std::string> words(arguments.rbegin(), arguments.rend());
  if (!words.empty() && words.back() == "help") {
    words.pop_back();
    words.insert(words.begin(), "--help");
  }
  return words;
}

}  // namespace

std::variant<CommandLine, UsageFault> parse_command_line(std::span<const std::string> arguments) {
  const auto grammar = std::make_unique<Grammar>();
  try {
    grammar->app().parse(reversed(arguments));
    return grammar->command_line();
  } catch (const CLI::CallForHelp&) {
    if (const auto unexpected = grammar->app().remaining(true); !unexpected.empty()) {
      return UsageFault{
          {ErrorCode::InvalidConfig, unexpected_message(grammar->chosen(), unexpected.front())},
          "run 'tendril --help'"};
    }
    return CommandLine{{}, HelpArguments{grammar->app().help()}};
  } catch (const CLI::ParseError& fault) {
    const CLI::App& command = grammar->chosen();
    const std::vector<std::string> unexpected = grammar->app().remaining(true);
    const std::string message = unexpected.empty()
                                    ? fault_message(fault.what())
                                    : unexpected_message(command, unexpected.front());
    return UsageFault{{ErrorCode::InvalidConfig, message},
                      "run '" + full_name(command) + " --help'"};
  }
}

CommandShape command_line_shape() { return std::make_unique<Grammar>()->shape(); }

}  // namespace tendril
