// Shell completion scripts, made from what the command line takes.
#pragma once

#include <string>

#include "cli/command_line.h"

namespace tendril {

std::string bash_completion(const CommandShape& program);
std::string zsh_completion(const CommandShape& program);
std::string fish_completion(const CommandShape& program);

}  // namespace tendril
