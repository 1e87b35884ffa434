// ExitCode: what the process tells whoever started it.
#pragma once

#include "core/error.h"

namespace tendril {

enum class ExitCode : int {
  Done = 0,
  Failed = 1,
  WrongUse = 2,  // Of the command line, the configuration or a manifest.
  SomeStreamsFailed = 3,
  Interrupted = 130,  // By ctrl-C; what was committed is kept.
  Terminated = 143,   // The same by SIGTERM.
};

// Returns WrongUse for what the user has to change in what he typed or wrote, Interrupted for
// Cancelled, else Failed.
inline ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidConfig:
    case ErrorCode::Unsupported: return ExitCode::WrongUse;
    case ErrorCode::Cancelled: return ExitCode::Interrupted;
    default: return ExitCode::Failed;
  }
}

}  // namespace tendril
