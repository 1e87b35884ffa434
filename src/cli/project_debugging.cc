#include "cli/project_debugging.h"

#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

#include "bridges/fivetran/project_run.h"
#include "bridges/fivetran/rising_clock.h"
#include "bridges/fivetran/system_columns.h"
#include "cli/config_file.h"
#include "core/whole_file.h"
#include "data/json.h"
#include "destinations/duckdb/duckdb_destination.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRecordsSchema = "_tendril";
constexpr const char* kConnection = "debug";
constexpr std::size_t kWarehouseMemoryBytes = std::size_t{512} << 20U;

TableMarks warehouse_marks() {
  return {.synced = std::string(kFivetranSynced), .deleted = std::string(kFivetranDeleted)};
}

// The warehouse of a project: the same tables as that of the documented tester.
Result<std::unique_ptr<Destination>> open_warehouse(const fs::path& file,
                                                    std::shared_ptr<const Clock> clock,
                                                    const ColumnOrders& orders) {
  DuckdbOptions options;
  options.settings.memory_bytes = kWarehouseMemoryBytes;
  options.clock = std::move(clock);
  options.dialect = {.marks = warehouse_marks(),
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

}  // namespace

Result<ProjectDebugging> ProjectDebugging::open(const DebugArguments& arguments, Session& session) {
  const EnvironmentLookup environment = process_environment();
  FoundProject found = TRY(find_project(arguments.project));
  ProjectDebugging debugging(arguments, session, std::move(found));
  debugging.process_ = TRY(project_process(debugging.found_, arguments.python, environment));
  debugging.configuration_ = TRY(project_configuration(
      debugging.found_.folder, arguments.configuration_file, environment, session.redactor()));
  const bool has_exchanges = !arguments.record_file.empty() || !arguments.replay_file.empty();
  if (has_exchanges && debugging.found_.kind != ProjectKind::Python) {
    return Error{ErrorCode::InvalidConfig,
                 "--record and --replay are for connectors in Python: " + arguments.project};
  }
  if (arguments.dry_run || arguments.test) {
    // Nothing that a run leaves beside the connector's files.
    debugging.process_.environment.emplace_back("PYTHONDONTWRITEBYTECODE", "1");
  }
  return debugging;
}

Result<Value> ProjectDebugging::state() const {
  return project_state(found_.folder, arguments_->state_file, process_environment());
}

// Values of the configuration that no line shows, no recording holds either.
Value ProjectDebugging::exchanges(int number) const {
  const bool records = !arguments_->record_file.empty();
  if (!records && arguments_->replay_file.empty()) {
    return nullptr;
  }
  List secrets;
  for (const auto& [name, value] : configuration_.as_map()->members()) {
    const std::string& text = *value.as_string();
    if (session_->redactor().redact(text) != text) {
      secrets.emplace_back(text);
    }
  }
  List words;
  for (const std::string_view word : secret_words()) {
    words.emplace_back(word);
  }
  const fs::path file =
      fs::absolute(records ? arguments_->record_file : arguments_->replay_file).lexically_normal();
  return Map{{"mode", records ? "record" : "replay"},
             {"file", file.string()},
             {"run", number},
             {"secrets", std::move(secrets)},
             {"words", std::move(words)}};
}

Status ProjectDebugging::run(const DebugTarget& target, DebugLog& log, ProjectReport& report,
                             std::stop_token stop) const {
  ProjectSync sync{.process = process_,
                   .configuration = configuration_,
                   .state = target.state,
                   .uploads = target.files.uploads,
                   .dump_file = arguments_->dump_file,
                   .profile = arguments_->profile,
                   .exchanges = exchanges(target.number),
                   .kill_after_checkpoints = target.kill_after_checkpoints};
  sync.naming = TRY(parse_naming(arguments_->naming));
  log.tell(process_.description);
  log.tell("destination schema path: " + target.files.warehouse.string() +
           " (schema=" + kWarehouseSchema + ")");
  log.tell("previous state:\n" + to_json(sync.state));
  const auto clock = std::make_shared<const RisingClock>(system_clock());
  ColumnOrders orders;
  const auto destination = TRY(open_warehouse(target.files.warehouse, clock, orders));
  const fs::path& state_file = target.files.state;
  WarehouseHost host{.destination = *destination,
                     .clock = *clock,
                     .orders = orders,
                     .observer = log,
                     .keep_state = [&state_file](const std::string& state) {
                       return write_whole_file(state_file, state, FileReaders::Anybody);
                     }};
  return run_project(sync, host, report, std::move(stop));
}

Result<std::vector<TableDifference>> compare_warehouses(const fs::path& before,
                                                        const fs::path& after,
                                                        bool deleted_are_gone) {
  return compare_files({.before = before,
                        .after = after,
                        .schema = kWarehouseSchema,
                        .marks = warehouse_marks(),
                        .deleted_are_gone = deleted_are_gone});
}

void print_text(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace tendril
