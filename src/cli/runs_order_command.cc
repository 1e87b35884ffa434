// runs cancel, runs retry: orders to runs.
#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "cli/commands.h"
#include "cli/program.h"
#include "cli/run_recording.h"

namespace tendril {
namespace {

// What a retry leaves out: it goes on with what was begun, and ends no other run.
std::vector<std::string> words_of_retry(const RunRecord& run) {
  std::vector<std::string> words = run.arguments;
  std::erase(words, "--take-over");
  if (run.counts.rows_committed > 0 || run.counts.slices_done > 0) {
    std::erase(words, "--full-refresh");
  }
  return words;
}

}  // namespace

Result<ExitCode> runs_cancel_command(const RunsCancelArguments& arguments, Session& session) {
  const auto store = TRY(open_runs(session));
  const RunRecord run = TRY(find_run(*store, arguments.run));
  const auto state = TRY(store->ask_to_cancel(run.id, session.clock().now()));
  if (!state) {
    return Error{ErrorCode::NotFound, "the record of the run is gone: " + run.id};
  }
  if (is_final(*state)) {
    session.note("run " + run.id + " has ended: " + std::string(to_string(*state)) +
                 (run.reason.empty() ? "" : ", " + run.reason));
  } else {
    session.note("run " + run.id + " was asked to stop; it ends at its next safe point");
  }
  return ExitCode::Done;
}

Result<ExitCode> runs_retry_command(const RunsRetryArguments& arguments, Session& session) {
  RunRecord run;
  {
    const auto store = TRY(open_runs(session));
    run = TRY(find_run(*store, arguments.run));
  }
  if (!is_final(run.state)) {
    return Error{ErrorCode::InvalidConfig,
                 "only a run that has ended can be retried, this one is " +
                     std::string(to_string(run.state)) + ": " + run.id};
  }
  if (run.arguments.empty()) {
    return Error{
        ErrorCode::InvalidConfig,
        "the command line held a secret and was not kept, give the command again: run " + run.id};
  }
  std::error_code fault;
  std::filesystem::current_path(run.folder, fault);
  if (fault) {
    return Error{ErrorCode::NotFound,
                 "the folder that the run began in: " + run.folder + ": " + fault.message()};
  }
  const std::vector<std::string> words = words_of_retry(run);
  if (words.size() != run.arguments.size()) {
    session.note("the retry goes on with what was begun, without --full-refresh and --take-over");
  }
  return static_cast<ExitCode>(run_program(words));
}

}  // namespace tendril
