// runs: what syncs did and do, and orders to them.
#include <string>

#include <CLI/CLI.hpp>

#include "cli/command_grammar.h"

namespace tendril {
namespace {

class RunsGrammar final : public CommandGrammar {
 public:
  RunsGrammar(CLI::App& program, CommandBuilder& builder) {
    CLI::App* group =
        builder.add_command(program, "runs", "List syncs, look into one, cancel or retry it");
    group->require_subcommand(1);
    list_command_ = builder.add_command(*group, "list", "List the runs, newest first");
    list_command_->add_option("--connection", list_.connection, "Of this connection only")
        ->type_name("NAME");
    list_command_->add_option("-n,--limit", list_.limit, "So many at most")
        ->type_name("N")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    list_command_->add_flag("--json", list_.json, "One JSON array");
    show_command_ = builder.add_command(*group, "show", "Say what a run did, and what to do next");
    add_run(*show_command_, show_.run);
    show_command_->add_flag("--json", show_.json, "One JSON object");
    cancel_command_ = builder.add_command(*group, "cancel", "Ask a run to end at a safe point");
    add_run(*cancel_command_, cancel_.run);
    retry_command_ =
        builder.add_command(*group, "retry", "Run an ended sync again, from its last commit");
    add_run(*retry_command_, retry_.run);
  }

  std::optional<CommandArguments> arguments_of(const CLI::App& chosen) const override {
    if (&chosen == list_command_) {
      return list_;
    }
    if (&chosen == show_command_) {
      return show_;
    }
    if (&chosen == cancel_command_) {
      return cancel_;
    }
    if (&chosen == retry_command_) {
      return retry_;
    }
    return std::nullopt;
  }

 private:
  static void add_run(CLI::App& command, std::string& run) {
    command.add_option("RUN", run, "Its id, the beginning or end of it, or 'last'")
        ->type_name("")
        ->required();
  }

  CLI::App* list_command_ = nullptr;
  CLI::App* show_command_ = nullptr;
  CLI::App* cancel_command_ = nullptr;
  CLI::App* retry_command_ = nullptr;
  RunsListArguments list_;
  RunsShowArguments show_;
  RunsCancelArguments cancel_;
  RunsRetryArguments retry_;
};

}  // namespace

std::unique_ptr<CommandGrammar> runs_grammar(CLI::App& program, CommandBuilder& builder) {
  return std::make_unique<RunsGrammar>(program, builder);
}

}  // namespace tendril
