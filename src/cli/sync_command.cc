#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/builtin_destinations.h"
#include "cli/commands.h"
#include "cli/dry_run_text.h"
#include "cli/interrupts.h"
#include "cli/progress_reporter.h"
#include "cli/source_opening.h"
#include "cli/sync_report_text.h"
#include "cli/table_settings_file.h"
#include "connector/registry.h"
#include "data/json.h"
#include "sync/dry_run.h"
#include "sync/sync.h"

namespace tendril {
namespace {

constexpr int kExitStatusOfSignal = 128;

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
    return conclude(forecasts.error(), interrupts, session);
  }
  std::string text =
      session.json_log() ? to_json(dry_run_json(*forecasts)) + "\n" : dry_run_text(*forecasts);
  TRY(session.output(session.redactor().redact(text)));
  return exit_code_of_forecasts(*forecasts);
}

}  // namespace

Result<ExitCode> sync_command(const SyncArguments& arguments, Session& session) {
  Registry registry;
  add_builtin_destinations(registry);
  const auto destination = TRY(registry.make_destination(arguments.destination));
  const OpenedSource opened = TRY(open_source(arguments.source, session));
  const SyncOptions options = TRY(options_of(arguments, opened.name));
  const auto interrupts = TRY(Interrupts::listen(
      [&session] { session.note("stopping at the next safe point; once more ends at once"); }));

  if (arguments.dry_run) {
    return look_only(*opened.source, *destination, options, *interrupts, session);
  }
  if (Status checked = opened.source->check(interrupts->token()); !checked.ok()) {
    return conclude(std::move(checked).error(), *interrupts, session);
  }
  SyncProgress progress;
  Result<SyncReport> report = [&] {
    const ProgressReporter reporter(progress, {session.screen(), session.log(), session.clock()},
                                    session.bars());
    return run_sync(*opened.source, *destination, options, session.clock(), session.log(), progress,
                    interrupts->token());
  }();
  if (!report.ok()) {
    return conclude(std::move(report).error(), *interrupts, session);
  }
  show_report(*report, options, session);
  return conclude(*report, *interrupts, session);
}

}  // namespace tendril
