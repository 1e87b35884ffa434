// CommandGrammar: one group of commands: which options they take, and what was asked for. One file
// per group; command_line.cc lists them.
#pragma once

#include <memory>
#include <optional>

#include "cli/command_builder.h"
#include "cli/command_line.h"

namespace tendril {

class CommandGrammar {
 public:
  virtual ~CommandGrammar() = default;

  // Returns what was asked for; nothing when `chosen` is none of these commands.
  // REQUIRES: a command line was parsed.
  virtual std::optional<CommandArguments> arguments_of(const CLI::App& chosen) const = 0;
};

// Add a group's commands to the program. Both arguments must outlive what is returned.
std::unique_ptr<CommandGrammar> catalogue_grammar(CLI::App& program, CommandBuilder& builder);
std::unique_ptr<CommandGrammar> sync_grammar(CLI::App& program, CommandBuilder& builder);
std::unique_ptr<CommandGrammar> runs_grammar(CLI::App& program, CommandBuilder& builder);
std::unique_ptr<CommandGrammar> state_grammar(CLI::App& program, CommandBuilder& builder);
std::unique_ptr<CommandGrammar> lint_grammar(CLI::App& program, CommandBuilder& builder);
std::unique_ptr<CommandGrammar> airbyte_grammar(CLI::App& program, CommandBuilder& builder);
std::unique_ptr<CommandGrammar> project_grammar(CLI::App& program, CommandBuilder& builder);
std::unique_ptr<CommandGrammar> partner_grammar(CLI::App& program, CommandBuilder& builder);
std::unique_ptr<CommandGrammar> sandbox_grammar(CLI::App& program, CommandBuilder& builder);
std::unique_ptr<CommandGrammar> program_grammar(CLI::App& program, CommandBuilder& builder);

}  // namespace tendril
