// lint: say what is wrong with manifests.
#include <string>

#include <CLI/CLI.hpp>

#include "cli/command_grammar.h"

namespace tendril {
namespace {

const Choices kReportFormats = {"text", "json"};

class LintGrammar final : public CommandGrammar {
 public:
  LintGrammar(CLI::App& program, CommandBuilder& builder)
      : command_(builder.add_command(program, "lint", "Say what is wrong with manifests")) {
    command_
        ->add_option("PATH", lint_.paths,
                     "Manifests, connectors by folder or name, or folders of those")
        ->type_name("")
        ->required();
    command_->add_flag("--portable", lint_.portable,
                       "Refuse what only this program runs, and the reference does not");
    command_->add_flag("--strict", lint_.strict, "Fail on warnings too");
    command_->add_flag("--notes", lint_.notes, "Show what is worth knowing, but no fault, too");
    builder.add_choice(*command_, "--format", format_, kReportFormats,
                       "Lines for people, or one JSON object");
    command_->footer(
        "\ndocs/reference/lint.md explains each rule.\nExit status: 0 no errors, 1 errors (with "
        "--strict: or warnings), 2 wrong use.");
  }

  std::optional<CommandArguments> arguments_of(const CLI::App& chosen) const override {
    if (&chosen != command_) {
      return std::nullopt;
    }
    LintArguments arguments = lint_;
    arguments.json = format_ == "json";
    return arguments;
  }

 private:
  CLI::App* const command_;
  LintArguments lint_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<CommandGrammar> lint_grammar(CLI::App& program, CommandBuilder& builder) {
  return std::make_unique<LintGrammar>(program, builder);
}

}  // namespace tendril
