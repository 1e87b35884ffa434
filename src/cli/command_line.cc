#include "cli/command_line.h"

#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command_grammar.h"
#include "cli/usage_fault.h"

namespace tendril {
namespace {

constexpr std::size_t kHelpColumnWidth = 34;

// All commands and options, bound to the structures they fill.
class Grammar {
 public:
  Grammar();

  CLI::App& app() { return app_; }

  // Returns what was asked for. REQUIRES: app() has parsed a command line.
  CommandLine command_line() const;

  CommandShape shape() const { return shape_of(app_, builder_.choices()); }

  // The command that was named last: "sandbox mutate" rather than "sandbox".
  const CLI::App& chosen() const;

 private:
  CLI::App app_{"Runs data connectors: reads APIs and lands them in a warehouse, exactly once."};
  CommandBuilder builder_{app_};
  std::vector<std::unique_ptr<CommandGrammar>> groups_;
};

Grammar::Grammar() {
  app_.name("tendril");
  app_.get_formatter()->column_width(kHelpColumnWidth);
  app_.get_formatter()->label("REQUIRED", "(required)");
  app_.get_formatter()->label("SUBCOMMAND", "COMMAND");
  app_.get_formatter()->label("Subcommands", "Commands");
  app_.get_formatter()->label("Positionals", "Arguments");
  app_.set_help_flag("-h,--help", "Say how this is used");
  for (const auto add :
       {catalogue_grammar, sync_grammar, runs_grammar, state_grammar, lint_grammar, airbyte_grammar,
        project_grammar, partner_grammar, sandbox_grammar, program_grammar}) {
    groups_.push_back(add(app_, builder_));
  }
  app_.footer("\nRun 'tendril help COMMAND' for what a command takes.");
}

const CLI::App& Grammar::chosen() const {
  const CLI::App* command = &app_;
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().back();
  }
  return *command;
}

CommandLine Grammar::command_line() const {
  for (const std::unique_ptr<CommandGrammar>& group : groups_) {
    if (std::optional<CommandArguments> arguments = group->arguments_of(chosen())) {
      return CommandLine{builder_.global(), *std::move(arguments)};
    }
  }
  return CommandLine{builder_.global(), HelpArguments{chosen().help()}};
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
    CommandLine line = grammar->command_line();
    line.global.words.assign(arguments.begin(), arguments.end());
    return line;
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
