#include "cli/command_shape.h"

#include <CLI/CLI.hpp>

namespace tendril {
namespace {

OptionShape shape_of(const CLI::Option& option, const OptionChoices& choices) {
  OptionShape shape;
  for (const std::string& name : option.get_snames()) {
    shape.names.push_back("-" + name);
  }
  for (const std::string& name : option.get_lnames()) {
    shape.names.push_back("--" + name);
  }
  shape.summary = option.get_description();
  shape.takes_value = option.get_items_expected_max() > 0;
  shape.takes_file = option.get_type_name() == "FILE" || option.get_type_name() == "DIR";
  if (const auto found = choices.find(&option); found != choices.end()) {
    shape.choices = found->second;
  }
  return shape;
}

}  // namespace

CommandShape shape_of(const CLI::App& command, const OptionChoices& choices) {
  CommandShape shape;
  shape.name = command.get_parent() == nullptr ? "" : command.get_name();
  shape.summary = command.get_description();
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) {
      shape.options.push_back(shape_of(*option, choices));
      continue;
    }
    const std::string name = option->get_name(true);
    shape.takes_source = shape.takes_source || name == "SOURCE" || name == "NAME" || name == "PATH";
    if (const auto found = choices.find(option); found != choices.end()) {
      shape.choices = found->second;
    }
  }
  for (const CLI::App* child : command.get_subcommands(nullptr)) {
    shape.commands.push_back(shape_of(*child, choices));
  }
  return shape;
}

}  // namespace tendril
