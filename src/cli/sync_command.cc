#include <optional>
#include <utility>

#include "cli/builtin_destinations.h"
#include "cli/commands.h"
#include "cli/interrupts.h"
#include "cli/progress_reporter.h"
#include "cli/run_telemetry.h"
#include "cli/source_opening.h"
#include "cli/sync_report_text.h"
#include "connector/registry.h"
#include "data/json.h"
#include "sync/sync.h"

namespace tendril {
namespace {

constexpr int kExitStatusOfSignal = 128;

SyncOptions options_of(const SyncArguments& arguments, const std::string& source_name) {
  SyncOptions options;
  options.connection = arguments.connection.empty() ? source_name : arguments.connection;
  options.streams = arguments.streams;
  options.full_refresh = arguments.full_refresh;
  options.mode = arguments.mode;
  options.hard_deletes = arguments.hard_deletes;
  options.concurrency = arguments.concurrency.value_or(options.concurrency);
  options.memory_bytes = arguments.memory_bytes.value_or(options.memory_bytes);
  options.commit_rows = arguments.commit_rows.value_or(options.commit_rows);
  if (arguments.commit_seconds) {
    options.commit_interval = std::chrono::seconds(*arguments.commit_seconds);
  }
  return options;
}

// A fault of this machine, such as a full disk, ends the whole run, however many streams were done.
ExitCode exit_code_of_report(const SyncReport& report) {
  if (report.all_done()) {
    return ExitCode::Done;
  }
  std::optional<ErrorCode> first;
  for (const StreamReport& stream : report.streams) {
    if (stream.error && stream.outcome == StreamOutcome::Failed) {
      first = first.value_or(stream.error->code);
      if (stream.error->code == ErrorCode::System) {
        return ExitCode::Failed;
      }
    }
  }
  if (!report.all_failed()) {
    return ExitCode::SomeStreamsFailed;
  }
  return first ? exit_code_of(*first) : ExitCode::Failed;
}

ExitCode exit_code_of_signal(const Interrupts& interrupts) {
  return static_cast<ExitCode>(kExitStatusOfSignal + interrupts.signal_number());
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

ExitCode conclude(const SyncReport& report, const Interrupts& interrupts, Session& session) {
  for (const Error& fault : report_faults(report)) {
    session.report(fault);
  }
  if (!report.stopped) {
    return exit_code_of_report(report);
  }
  session.note(kept_text(report));
  return exit_code_of_signal(interrupts);
}

// What kept the run from starting; for an interrupt that is no error.
Result<ExitCode> conclude(Error fault, const Interrupts& interrupts, Session& session) {
  if (fault.code != ErrorCode::Cancelled || interrupts.signal_number() == 0) {
    return fault;
  }
  session.note("stopped before anything was read");
  return exit_code_of_signal(interrupts);
}

}  // namespace

Result<ExitCode> sync_command(const SyncArguments& arguments, Session& session) {
  Registry registry;
  add_builtin_destinations(registry);
  const auto destination = TRY(registry.make_destination(arguments.destination));
  const auto telemetry = TRY(RunTelemetry::make(arguments, session));
  const OpenedSource opened = TRY(open_source(arguments.source, session, telemetry->sharing()));
  const auto interrupts = TRY(Interrupts::listen(
      [&session] { session.note("stopping at the next safe point; once more ends at once"); }));

  SyncOptions options = options_of(arguments, opened.name);
  SyncProgress progress;
  TRY(telemetry->begin(options.connection, progress, *opened.source));
  options.observer = &telemetry->observer();
  Result<SyncReport> report = [&]() -> Result<SyncReport> {
    TRY(opened.source->check(interrupts->token()));
    const ProgressReporter reporter(progress, {session.screen(), session.log(), session.clock()},
                                    session.bars());
    return run_sync(*opened.source, *destination, options, session.clock(), session.log(), progress,
                    interrupts->token());
  }();
  const Status shown = telemetry->end(report);
  if (!shown.ok()) {
    session.report(shown.error());
  }
  if (!report.ok()) {
    return conclude(std::move(report).error(), *interrupts, session);
  }
  show_report(*report, options, session);
  const ExitCode code = conclude(*report, *interrupts, session);
  return code == ExitCode::Done && !shown.ok() ? ExitCode::Failed : code;
}

}  // namespace tendril
