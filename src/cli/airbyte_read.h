// The reading half of `tendril airbyte`: a run of the engine whose destination is the protocol.
#pragma once

#include <stop_token>

#include "bridges/airbyte/message_writer.h"
#include "cli/command_line.h"
#include "cli/exit_code.h"
#include "cli/source_opening.h"
#include "connector/source.h"
#include "core/result.h"

namespace tendril {

// What a verb of the protocol works with; all of it outlives the call.
struct AirbyteHost {
  SourceHost host;  // Its log writes LOG messages.
  MessageWriter& writer;
  std::stop_token stop;
};

// Reads the streams of the configured catalog. Returns Failed when one of them could not be read to
// its end; its errors were sent by then.
// Errors: what keeps the run from starting.
Result<ExitCode> airbyte_read(Source& source, const AirbyteArguments& arguments,
                              const AirbyteHost& host);

}  // namespace tendril
