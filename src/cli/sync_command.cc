#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include "cli/builtin_destinations.h"
#include "cli/commands.h"
#include "cli/dry_run_text.h"
#include "cli/interrupts.h"
#include "cli/memory_shares.h"
#include "cli/progress_reporter.h"
#include "cli/run_recording.h"
#include "cli/run_telemetry.h"
#include "cli/source_opening.h"
#include "cli/sync_ending.h"
#include "cli/sync_report_text.h"
#include "cli/table_settings_file.h"
#include "connector/registry.h"
#include "core/limiter_pool.h"
#include "data/json.h"
#include "sync/announcing_clock.h"
#include "sync/dry_run.h"
#include "sync/run_keeper.h"
#include "sync/slice_book.h"
#include "sync/sync.h"

namespace tendril {
namespace {

Result<SyncOptions> options_of(const SyncArguments& arguments, const std::string& source_name) {
  SyncOptions options;
  TableSettingsFile tables;
  if (!arguments.tables_file.empty()) {
    tables = TRY(read_table_settings(arguments.tables_file));
  }
  apply_table_settings(std::move(tables),
                       {.new_columns = arguments.schema_contract,
                        .new_types = arguments.schema_contract,
                        .on_error = arguments.on_error,
                        .rejected_max = arguments.rejected_max},
                       options);
  options.connection = arguments.connection.empty() ? source_name : arguments.connection;
  options.streams = arguments.streams;
  options.full_refresh = arguments.full_refresh;
  options.mode = arguments.mode;
  options.hard_deletes = arguments.hard_deletes;
  options.concurrency = arguments.concurrency.value_or(options.concurrency);
  options.commit_rows = arguments.commit_rows.value_or(options.commit_rows);
  if (arguments.commit_seconds) {
    options.commit_interval = std::chrono::seconds(*arguments.commit_seconds);
  }
  return options;
}

RunTerms terms_of(const SyncArguments& arguments) {
  RunTerms terms;
  if (arguments.stall_seconds) {
    terms.stall_timeout = std::chrono::seconds(*arguments.stall_seconds);
  }
  return terms;
}

void show_report(const SyncReport& report, const SyncOptions& options, Session& session) {
  if (!session.json_log()) {
    session.screen().print(session.redactor().redact(report_table(report)));
    return;
  }
  Map line{{"time", Value(to_iso(session.clock().now()))},
           {"level", Value(report.all_done() ? "info" : "error")},
           {"message", Value("sync report")},
           {"connection", Value(options.connection)},
           {"report", report_json(report)}};
  session.screen().print(session.redactor().redact(to_json(Value(std::move(line)))));
}

// Ends the process of a run that hangs in a call which does not return. What was committed is kept.
[[noreturn]] void end_stuck(RunKeeper& keeper, Session& session) {
  const std::string reason = keeper.reason() + "; it did not end by itself";
  session.report({ErrorCode::Unavailable, reason});
  const bool cancelled = keeper.cause() == StopCause::CancelAsked;
  keeper.end({.state = cancelled ? RunState::Cancelled : RunState::Failed,
              .reason = reason,
              .ended = session.clock().now(),
              .exit_code = static_cast<int>(ExitCode::Failed)});
  ::_exit(static_cast<int>(ExitCode::Failed));
}

ExitCode conclude(const SyncEnding& ending, RunKeeper& keeper, Session& session,
                  std::string report) {
  for (const Error& fault : ending.faults) {
    session.report(fault);
  }
  if (!ending.note.empty()) {
    session.note(ending.note);
  }
  const Redactor& redactor = session.redactor();
  const bool recorded = keeper.end({.state = ending.state,
                                    .reason = redactor.redact(ending.reason),
                                    .ended = session.clock().now(),
                                    .exit_code = static_cast<int>(ending.exit_code),
                                    .report = redactor.redact(report)});
  if (!recorded && ending.state != RunState::Lost) {
    session.log().warning("the record of the run had been ended by others",
                          {{"run", keeper.run_id()}, {"reason", keeper.reason()}});
  }
  return ending.exit_code;
}

// All that one sync works with.
struct SyncParts {
  Source& source;
  Destination& destination;
  const SyncOptions& options;
  Clock& clock;
  SyncProgress& progress;
  Session& session;
};

// Errors: what kept the run from starting.
Result<SyncReport> check_and_run(const SyncParts& parts, std::stop_token stop) {
  TRY(parts.source.check(stop));
  Session& session = parts.session;
  const ProgressReporter reporter(
      parts.progress, {session.screen(), session.log(), session.clock()}, session.bars());
  return run_sync(parts.source, parts.destination, parts.options, parts.clock, session.log(),
                  parts.progress, std::move(stop));
}

ExitCode exit_code_of_forecasts(const std::vector<TableForecast>& forecasts) {
  const auto refused = std::ranges::count_if(
      forecasts, [](const TableForecast& table) { return table.refused.has_value(); });
  if (refused == 0) {
    return ExitCode::Done;
  }
  return refused == std::ssize(forecasts) ? exit_code_of(forecasts.front().refused->code)
                                          : ExitCode::SomeStreamsFailed;
}

Result<ExitCode> look_only(Source& source, Destination& destination, const SyncOptions& options,
                           const Interrupts& interrupts, Session& session) {
  const auto forecasts = dry_run(source, destination, options, interrupts.token());
  if (!forecasts.ok()) {
    const SyncEnding ending =
        ending_of(forecasts.error(), RunStop{.signal = interrupts.signal_number()});
    for (const Error& fault : ending.faults) {
      session.report(fault);
    }
    if (!ending.note.empty()) {
      session.note(ending.note);
    }
    return ending.exit_code;
  }
  std::string text =
      session.json_log() ? to_json(dry_run_json(*forecasts)) + "\n" : dry_run_text(*forecasts);
  TRY(session.output(session.redactor().redact(text)));
  return exit_code_of_forecasts(*forecasts);
}

}  // namespace

Result<ExitCode> sync_command(const SyncArguments& arguments, Session& session) {
  const MemoryShares memory = TRY(share_memory(arguments.memory_bytes.value_or(kRunMemoryDefault)));
  Registry registry;
  add_builtin_destinations(registry);
  const auto destination =
      TRY(registry.make_destination(arguments.destination, memory.destination));
  AnnouncingClock clock(session.clock());
  LimiterPool limiters(clock);  // By the clock that tells the watchdog of waits.
  const auto telemetry = TRY(RunTelemetry::make(arguments, session));
  const OpenedSource opened =
      TRY(open_source(arguments.source, session, clock, telemetry->sharing(limiters)));
  const auto interrupts = TRY(Interrupts::listen(
      [&session] { session.note("stopping at the next safe point; once more ends at once"); }));

  SyncOptions options = TRY(options_of(arguments, opened.name));
  if (arguments.dry_run) {
    return look_only(*opened.source, *destination, options, *interrupts, session);
  }
  SliceBook slices;
  SyncProgress progress;
  options.memory_bytes = memory.queues;
  options.work_observer = &slices;
  const RunTerms terms = terms_of(arguments);
  const BegunRun run = TRY(begin_run(arguments, options.connection, opened.name, terms, session));
  RunKeeper keeper({.store = run.store.get(),
                    .progress = progress,
                    .slices = slices,
                    .counters = [&] { return opened.source->counters(); },
                    .clock = clock,
                    .log = session.log()},
                   run.record, terms);
  options.on_opened = [&] { keeper.tick(); };
  telemetry->begin(options.connection, progress, *opened.source);
  options.observer = &telemetry->observer();
  const Result<SyncReport> report = [&] {
    std::stop_source stop;
    const std::stop_callback on_interrupt(interrupts->token(), [&] { stop.request_stop(); });
    const std::stop_callback on_order(keeper.token(), [&] { stop.request_stop(); });
    const RunKeeping keeping(keeper, session.clock(), [&] { end_stuck(keeper, session); });
    return check_and_run({*opened.source, *destination, options, clock, progress, session},
                         stop.get_token());
  }();
  const RunStop stop{
      .cause = keeper.cause(), .reason = keeper.reason(), .signal = interrupts->signal_number()};
  const Status shown = telemetry->end(report);
  if (!shown.ok()) {
    session.report(shown.error());
  }
  if (!report.ok()) {
    return conclude(ending_of(report.error(), stop), keeper, session, "");
  }
  show_report(*report, options, session);
  const ExitCode code =
      conclude(ending_of(*report, stop), keeper, session, to_json(report_json(*report)));
  return code == ExitCode::Done && !shown.ok() ? ExitCode::Failed : code;
}

}  // namespace tendril
