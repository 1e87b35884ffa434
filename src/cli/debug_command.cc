#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "bridges/fivetran/project_run.h"
#include "bridges/fivetran/rising_clock.h"
#include "bridges/fivetran/system_columns.h"
#include "cli/commands.h"
#include "cli/debug_log.h"
#include "cli/interrupts.h"
#include "cli/project_opening.h"
#include "core/whole_file.h"
#include "data/json.h"
#include "destinations/duckdb/duckdb_destination.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWarehouseSchema = "tester";
constexpr const char* kRecordsSchema = "_tendril";
constexpr const char* kConnection = "debug";
constexpr std::size_t kWarehouseMemoryBytes = std::size_t{512} << 20U;

// The warehouse of a project: the same tables as that of the documented tester.
Result<std::unique_ptr<Destination>> open_warehouse(const fs::path& file,
                                                    std::shared_ptr<const Clock> clock,
                                                    const ColumnOrders& orders) {
  DuckdbOptions options;
  options.settings.memory_bytes = kWarehouseMemoryBytes;
  options.clock = std::move(clock);
  options.dialect = {
      .marks = {.synced = std::string(kFivetranSynced), .deleted = std::string(kFivetranDeleted)},
      .declares_keys = true,
      .truncation_keeps_synced = true,
      .records_schema = kRecordsSchema,
      .column_order = [&orders](const std::string& table) {
        const auto known = orders.find(table);
        return known == orders.end() ? std::vector<std::string>() : known->second;
      }};
  std::error_code failure;
  fs::create_directories(file.parent_path(), failure);
  if (failure) {
    return Error{ErrorCode::System, "folder can not be made: " + file.parent_path().string()};
  }
  const DestinationSpec spec = duckdb_destination(std::move(options));
  auto destination = TRY(spec.make(file.string() + "?schema=" + kWarehouseSchema));
  TRY(destination->open(kConnection));
  return destination;
}

class DebugRun {
 public:
  DebugRun(const DebugArguments& arguments, Session& session, DebugLog& log)
      : arguments_(arguments), session_(session), log_(log) {}

  Status run(std::stop_token stop) {
    const EnvironmentLookup environment = process_environment();
    ProjectSync sync;
    const FoundProject found = TRY(find_project(arguments_.project));
    const fs::path& project = found.folder;
    sync.process = TRY(project_process(found, arguments_.python, environment));
    sync.naming = TRY(parse_naming(arguments_.naming));
    sync.configuration = TRY(project_configuration(project, arguments_.configuration_file,
                                                   environment, session_.redactor()));
    sync.state = TRY(project_state(project, arguments_.state_file, environment));
    sync.dump_file = arguments_.dump_file;
    const ProjectFiles files(project);
    sync.uploads = files.uploads;
    log_.tell(sync.process.description);
    log_.tell("destination schema path: " + files.warehouse.string() +
              " (schema=" + kWarehouseSchema + ")");
    log_.tell("previous state:\n" + to_json(sync.state));

    const auto clock = std::make_shared<const RisingClock>(system_clock());
    ColumnOrders orders;
    const auto destination = TRY(open_warehouse(files.warehouse, clock, orders));
    WarehouseHost host{.destination = *destination,
                       .clock = *clock,
                       .orders = orders,
                       .observer = log_,
                       .keep_state = [&](const std::string& state) {
                         return write_whole_file(files.state, state, FileReaders::Anybody);
                       }};
    return run_project(sync, host, counts_, stop);
  }

  const ProjectCounts& counts() const { return counts_; }

 private:
  const DebugArguments& arguments_;
  Session& session_;
  DebugLog& log_;
  ProjectCounts counts_;
};

// A line that nobody takes is no reason to end a sync.
void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

// The form and the outcome of its tests go to stdout, and what the connector says beside to stderr.
Result<ExitCode> show_form(const DebugArguments& arguments, Session& session,
                           std::stop_token stop) {
  DebugLog log(
      {.style = arguments.style,
       .least = arguments.least,
       .write = [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }},
      session.clock(), session.redactor());
  const EnvironmentLookup environment = process_environment();
  const FoundProject found = TRY(find_project(arguments.project));
  const ProjectProcess process = TRY(project_process(found, arguments.python, environment));
  const Value configuration = TRY(project_configuration(
      process.project, arguments.configuration_file, environment, session.redactor()));
  Value form = TRY(ask_project(process, ProjectQuestion::Form, configuration, log, stop));
  Value tests = TRY(ask_project(process, ProjectQuestion::Test, configuration, log, stop));
  const auto has_failed = [](const Value& test) {
    const Value* const succeeded = test.find("succeeded");
    return succeeded == nullptr || *succeeded != Value(true);
  };
  const List* const outcomes = tests.as_list();
  const bool failed = outcomes == nullptr || std::ranges::any_of(*outcomes, has_failed);
  const std::string text = to_json(Map{{"form", std::move(form)}, {"tests", std::move(tests)}});
  TRY(session.output(session.redactor().redact(text) + "\n"));
  return failed ? ExitCode::Failed : ExitCode::Done;
}

}  // namespace

Result<ExitCode> debug_command(const DebugArguments& arguments, Session& session) {
  const auto interrupts = TRY(Interrupts::listen([] {}));
  if (arguments.form) {
    return show_form(arguments, session, interrupts->token());
  }
  DebugLog log({.style = arguments.style, .least = arguments.least, .write = print},
               session.clock(), session.redactor());
  DebugRun run(arguments, session, log);
  const Status done = run.run(interrupts->token());
  if (!done.ok()) {
    log.message(ProjectOrigin::Debugger, ProjectLevel::Error, done.error().message);
  }
  log.close(run.counts(), done.ok());
  if (interrupts->signal_number() != 0) {
    return interrupts->signal_number() == SIGTERM ? ExitCode::Terminated : ExitCode::Interrupted;
  }
  return done.ok() ? ExitCode::Done : ExitCode::Failed;
}

}  // namespace tendril
