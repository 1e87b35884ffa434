// version, completion, fault-points, help: about the program itself.
#include <CLI/CLI.hpp>

#include "cli/command_grammar.h"

namespace tendril {
namespace {

const Choices kShells = {"bash", "zsh", "fish"};

class ProgramGrammar final : public CommandGrammar {
 public:
  ProgramGrammar(CLI::App& program, CommandBuilder& builder)
      : program_(program),
        version_command_(builder.add_command(program, "version", "Say which version this is")),
        completion_command_(
            builder.add_command(program, "completion", "Print a shell's completion script")) {
    program.add_flag("--version", version_, "Say which version this is");
    builder
        .add_choice(*completion_command_, "SHELL", completion_.shell, kShells, "For which shell")
        ->required();
    completion_command_->footer(
        "\nbash: source <(tendril completion bash)\nzsh:  source <(tendril completion zsh)\n"
        "fish: tendril completion fish | source");
    fault_points_command_ =
        builder.add_command(program, "fault-points",
                            "List where TENDRIL_FAULT=POINT:N:kill|stop|exit can end a process");
    fault_points_command_->add_flag("--json", fault_points_.json, "One JSON array");
    help_command_ = builder.add_command(program, "help", "Say how a command is used: help sync");
  }

  std::optional<CommandArguments> arguments_of(const CLI::App& chosen) const override {
    if (&chosen == completion_command_) {
      return completion_;
    }
    if (&chosen == fault_points_command_) {
      return fault_points_;
    }
    if (&chosen == version_command_ || (&chosen == &program_ && version_)) {
      return VersionArguments{};
    }
    if (&chosen == &program_ || &chosen == help_command_) {
      return HelpArguments{program_.help()};
    }
    return std::nullopt;
  }

 private:
  const CLI::App& program_;
  CLI::App* const version_command_;
  CLI::App* const completion_command_;
  CLI::App* fault_points_command_ = nullptr;
  CLI::App* help_command_ = nullptr;
  CompletionArguments completion_;
  FaultPointsArguments fault_points_;
  bool version_ = false;
};

}  // namespace

std::unique_ptr<CommandGrammar> program_grammar(CLI::App& program, CommandBuilder& builder) {
  return std::make_unique<ProgramGrammar>(program, builder);
}

}  // namespace tendril
