// runs list, runs show: what was recorded.
#include <utility>

#include "cli/commands.h"
#include "cli/run_recording.h"
#include "cli/run_text.h"
#include "data/json.h"

namespace tendril {

Result<ExitCode> runs_list_command(const RunsListArguments& arguments, Session& session) {
  const auto store = TRY(open_recorded_runs(session));
  std::vector<RunRecord> runs;
  if (store != nullptr) {
    runs = TRY(store->list({.connection = arguments.connection, .limit = arguments.limit}));
  }
  if (arguments.json) {
    TRY(session.output(to_pretty_json(runs_json(runs))));
  } else if (runs.empty()) {
    session.note("no runs are recorded");
  } else {
    TRY(session.output(runs_table(runs, session.clock().now())));
  }
  return ExitCode::Done;
}

Result<ExitCode> runs_show_command(const RunsShowArguments& arguments, Session& session) {
  const auto store = TRY(open_runs(session));
  const RunRecord run = TRY(find_run(*store, arguments.run));
  RunDetails details{.run = run};
  details.streams = TRY(store->streams(details.run.id));
  details.slices = TRY(store->slices(details.run.id));
  details.events = TRY(store->events(details.run.id));
  TRY(session.output(arguments.json ? to_pretty_json(run_json(details))
                                    : run_text(details, session.clock().now())));
  return ExitCode::Done;
}

}  // namespace tendril
