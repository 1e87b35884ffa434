// state: how far a connection has been read, as its destination keeps it.
#include <string>

#include <CLI/CLI.hpp>

#include "cli/command_grammar.h"

namespace tendril {
namespace {

class StateGrammar final : public CommandGrammar {
 public:
  StateGrammar(CLI::App& program, CommandBuilder& builder) {
    CLI::App* group =
        builder.add_command(program, "state", "Show and change how far a connection was read");
    group->require_subcommand(1);
    show_command_ = builder.add_command(*group, "show", "Say how far each stream was read");
    add_place(*show_command_, show_.destination, show_.connection);
    add_streams(*show_command_, show_.streams);
    show_command_->add_flag("--json", show_.json, "One JSON object, with all entries");
    reset_command_ =
        builder.add_command(*group, "reset", "Forget it: the next run reads the streams whole");
    add_place(*reset_command_, reset_.destination, reset_.connection);
    add_streams(*reset_command_, reset_.streams);
    reset_command_->add_flag("-y,--yes", reset_.yes, "Do not ask");
    edit_command_ = builder.add_command(*group, "edit", "Replace the entry of one stream");
    add_place(*edit_command_, edit_.destination, edit_.connection);
    edit_command_->add_option("-s,--stream", edit_.stream, "Of this stream")
        ->type_name("NAME")
        ->required();
    CLI::Option* json = edit_command_->add_option(
        "--set", edit_.json, "The new entry, as 'state show --json' writes it");
    json->type_name("JSON");
    edit_command_->add_option("--file", edit_.file, "A file with the new entry")
        ->type_name("FILE")
        ->excludes(json);
  }

  std::optional<CommandArguments> arguments_of(const CLI::App& chosen) const override {
    if (&chosen == show_command_) {
      return show_;
    }
    if (&chosen == reset_command_) {
      return reset_;
    }
    if (&chosen == edit_command_) {
      return edit_;
    }
    return std::nullopt;
  }

 private:
  static void add_place(CLI::App& command, std::string& destination, std::string& connection) {
    command.add_option("DESTINATION", destination, "Where the connection writes to")
        ->type_name("")
        ->required();
    command.add_option("--connection", connection, "The name of the connection")
        ->type_name("NAME")
        ->required();
  }

  static void add_streams(CLI::App& command, std::vector<std::string>& streams) {
    command.add_option("-s,--stream", streams, "Only these streams")
        ->type_name("NAME")
        ->delimiter(',')
        ->allow_extra_args(false);
  }

  CLI::App* show_command_ = nullptr;
  CLI::App* reset_command_ = nullptr;
  CLI::App* edit_command_ = nullptr;
  StateShowArguments show_;
  StateResetArguments reset_;
  StateEditArguments edit_;
};

}  // namespace

std::unique_ptr<CommandGrammar> state_grammar(CLI::App& program, CommandBuilder& builder) {
  return std::make_unique<StateGrammar>(program, builder);
}

}  // namespace tendril
