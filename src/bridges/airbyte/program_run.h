// ProgramRun: one verb of a program that speaks the Airbyte protocol, from its start to its end.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "bridges/airbyte/piped_process.h"
#include "bridges/airbyte/private_folder.h"
#include "bridges/airbyte/program_source.h"
#include "bridges/airbyte/protocol_message.h"
#include "core/log.h"
#include "core/result.h"

namespace tendril {

// The files that a verb is given beside the configuration; null: not given.
struct ProgramInput {
  Value config = {};
  Value catalog = {};
  Value state = {};
};

// Threads: one at a time.
class ProgramRun {
 public:
  // `log` must outlive the run.
  // Errors: System when the files can not be written; see PipedProcess::start().
  static Result<ProgramRun> start(const AirbyteProgram& program, const std::string& verb,
                                  const ProgramInput& input, Log& log);

  // Hands every message but logs to `take`, until the program has ended.
  // Errors: what `take` says; what the program said it failed by; System when it ended badly
  //   without a word; see PipedProcess::next_line().
  Status messages(const std::function<Status(ProtocolMessage)>& take, std::stop_token stop);

 private:
  ProgramRun(PrivateFolder files, std::unique_ptr<PipedProcess> process, Log& log)
      : files_(std::move(files)), process_(std::move(process)), log_(&log) {}

  Status handle(const std::string& line, const std::function<Status(ProtocolMessage)>& take);

  PrivateFolder files_;
  std::unique_ptr<PipedProcess> process_;  // After the files: ends before they go.
  Log* log_;
  std::optional<Error> fault_;  // The first that the program told of.
};

}  // namespace tendril
