// CommandBuilder: the parts that commands have in common: the options of every command, a source
// with its configuration, and values out of a few words.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/command_shape.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace tendril {

using Choices = std::vector<std::string>;

// REQUIRES: `word` is one of `choices`, and the enumeration has their order from 0 on.
template <class Enum>
Enum enum_of(const std::string& word, const Choices& choices) {
  const auto found = std::find(choices.begin(), choices.end(), word);
  return static_cast<Enum>(found - choices.begin());
}

// Options are bound to the variables that they fill, which must stay where they are.
class CommandBuilder {
 public:
  // Adds the options of every command to the program itself.
  explicit CommandBuilder(CLI::App& program);
  CommandBuilder(const CommandBuilder&) = delete;
  CommandBuilder& operator=(const CommandBuilder&) = delete;

  // Adds a command with the options of every command.
  CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& summary);

  // Adds an option that takes one of a few words.
  CLI::Option* add_choice(CLI::App& command, const std::string& names, std::string& value,
                          const Choices& choices, const std::string& summary);

  // Adds SOURCE, --config and --set.
  void add_source(CLI::App& command, SourceArguments& source);

  // REQUIRES: a command line was parsed.
  GlobalArguments global() const;

  const OptionChoices& choices() const { return choices_; }

 private:
  void add_global_options(CLI::App& command);

  OptionChoices choices_;
  std::string log_format_ = "text";
  std::string log_level_;
  std::string catalogue_;
  std::vector<std::string> origin_rewrites_;
};

}  // namespace tendril
