// connectors, check, discover: what is there to be read.
#include <CLI/CLI.hpp>

#include "cli/command_grammar.h"

namespace tendril {
namespace {

class CatalogueGrammar final : public CommandGrammar {
 public:
  CatalogueGrammar(CLI::App& program, CommandBuilder& builder)
      : connectors_command_(
            builder.add_command(program, "connectors", "List the connectors there are")),
        check_command_(builder.add_command(program, "check", "Prove that a configuration works")),
        discover_command_(
            builder.add_command(program, "discover", "List the streams of a source")) {
    connectors_command_->add_flag("--json", connectors_.json, "One JSON array");
    connectors_command_->add_flag("--names", connectors_.names_only, "Nothing but the names");
    builder.add_source(*check_command_, check_.source);
    builder.add_source(*discover_command_, discover_.source);
    discover_command_->add_flag("--json", discover_.json, "One JSON object, with all columns");
  }

  std::optional<CommandArguments> arguments_of(const CLI::App& chosen) const override {
    if (&chosen == connectors_command_) {
      return connectors_;
    }
    if (&chosen == check_command_) {
      return check_;
    }
    if (&chosen == discover_command_) {
      return discover_;
    }
    return std::nullopt;
  }

 private:
  CLI::App* const connectors_command_;
  CLI::App* const check_command_;
  CLI::App* const discover_command_;
  ConnectorsArguments connectors_;
  CheckArguments check_;
  DiscoverArguments discover_;
};

}  // namespace

std::unique_ptr<CommandGrammar> catalogue_grammar(CLI::App& program, CommandBuilder& builder) {
  return std::make_unique<CatalogueGrammar>(program, builder);
}

}  // namespace tendril
