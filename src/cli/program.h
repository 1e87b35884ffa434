// The whole program but for main(): reads the command line, runs the command, reports its error.
#pragma once

#include <span>
#include <string>

namespace tendril {

// `arguments` are those after the program's name. Returns the exit status of the process.
// REQUIRES: block_interrupts() was called.
int run_program(std::span<const std::string> arguments);

}  // namespace tendril
