// airbyte: run a source for a platform of Airbyte's.
#include <string>

#include <CLI/CLI.hpp>

#include "cli/command_grammar.h"

namespace tendril {
namespace {

const Choices kVerbs = {"spec", "check", "discover", "read"};

class AirbyteGrammar final : public CommandGrammar {
 public:
  AirbyteGrammar(CLI::App& program, CommandBuilder& builder)
      : command_(
            builder.add_command(program, "airbyte", "Run a source for a platform of Airbyte's")) {
    command_
        ->add_option("SOURCE", airbyte_.source,
                     "A connector's name, its folder, or a manifest file")
        ->type_name("")
        ->required();
    builder.add_choice(*command_, "VERB", verb_, kVerbs, "What to do")->required();
    command_->add_option("--config", airbyte_.config_file, "The configuration, JSON as it is")
        ->type_name("FILE");
    command_->add_option("--catalog", airbyte_.catalog_file, "The configured catalog, for read")
        ->type_name("FILE");
    command_->add_option("--state", airbyte_.state_file, "The state to go on from, for read")
        ->type_name("FILE");
    command_->add_flag("--debug", airbyte_.debug, "Log what is for authors too");
    command_->footer(
        "\nWrites messages of the Airbyte protocol to standard output, one JSON object a line.\n"
        "Exit status: 0 done (for check: the answer is in CONNECTION_STATUS), 1 failed, 2 wrong "
        "use, 130 interrupted (143 by SIGTERM).");
  }

  std::optional<CommandArguments> arguments_of(const CLI::App& chosen) const override {
    if (&chosen != command_) {
      return std::nullopt;
    }
    AirbyteArguments arguments = airbyte_;
    arguments.verb = enum_of<AirbyteVerb>(verb_, kVerbs);
    return arguments;
  }

 private:
  CLI::App* const command_;
  AirbyteArguments airbyte_;
  std::string verb_;
};

}  // namespace

std::unique_ptr<CommandGrammar> airbyte_grammar(CLI::App& program, CommandBuilder& builder) {
  return std::make_unique<AirbyteGrammar>(program, builder);
}

}  // namespace tendril
