// A program that speaks the Airbyte protocol, as a Source: each verb is a run of it as a child
// process, and each stream is read by a run of its own.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "connector/registry.h"
#include "connector/source.h"
#include "core/log.h"
#include "core/result.h"
#include "data/value.h"

namespace tendril {

// How a program is run: COMMAND VERB --config FILE OPTIONS.
struct AirbyteProgram {
  std::vector<std::string> command;
  std::vector<std::string> options = {};
  std::vector<std::pair<std::string, std::string>> environment = {};  // Beside this process's own.
};

// A stream is one slice; the states that the program sends are its checkpoints and, the last one,
// its state. Configurations that the program changes are given to `save`, each changed member
// alone.
//
// `log` must outlive the source. It gets what the program logs and what it says on stderr.
Result<std::unique_ptr<Source>> airbyte_program_source(AirbyteProgram program, Value config,
                                                       ConfigSaver save, Log& log);

}  // namespace tendril
