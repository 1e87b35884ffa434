// The record of the runs of this user, as commands open it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cli/command_line.h"
#include "cli/session.h"
#include "core/result.h"
#include "state/run_store.h"
#include "sync/run_keeper.h"

namespace tendril {

// Opens the store and ends, with a warning each, the runs that nobody holds any more.
Result<std::unique_ptr<RunStore>> open_runs(Session& session);

// The same for who only looks; nullptr when nothing was ever recorded.
Result<std::unique_ptr<RunStore>> open_recorded_runs(Session& session);

// A run that has begun.
struct BegunRun {
  std::unique_ptr<RunStore> store;  // Null: the run is not recorded.
  RunRecord record;
};

// Records that a sync begins. A store that can not be opened or written is a warning, for no sync
// fails for want of a history.
// Errors: System when another run of the connection is under way, naming it.
Result<BegunRun> begin_run(const SyncArguments& arguments, const std::string& connection,
                           const std::string& source, const RunTerms& terms, Session& session);

// The destination as records name it: files by their full path, without secrets.
std::string destination_name(std::string_view uri);

// Returns the run that `text` means: an id, the beginning or the end of one, or "last".
// Errors: NotFound when there is none, InvalidConfig when there are several.
Result<RunRecord> find_run(RunStore& store, const std::string& text);

}  // namespace tendril
