// What shell completion needs to know of a command line, told from its grammar.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/command_line.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace tendril {

// The words that an option may have; options that are not in it take any.
using OptionChoices = std::map<const CLI::Option*, std::vector<std::string>>;

CommandShape shape_of(const CLI::App& command, const OptionChoices& choices);

}  // namespace tendril
