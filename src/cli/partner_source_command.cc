#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bridges/partner/flat_settings.h"
#include "bridges/partner/served_source.h"
#include "cli/commands.h"
#include "cli/interrupts.h"
#include "cli/source_opening.h"
#include "connector/discovered_source.h"
#include "sync/sync.h"

namespace tendril {
namespace {

// A checkpoint comes after so many records or so much time, and at the end of each table.
constexpr std::int64_t kCheckpointRows = 50'000;
constexpr std::chrono::milliseconds kCheckpointInterval{30'000};
constexpr const char* kConnection = "partner";
constexpr std::chrono::milliseconds kNap{1'000};

// Tells the client of what was left out, and keeps what tables failed by until the end of the run:
// a client does not go on after a task.
class UpdateFaults final : public SyncObserver {
 public:
  // `destination` must outlive it.
  explicit UpdateFaults(UpdateDestination& destination) : destination_(destination) {}

  void stream_ended(const StreamReport& report) override {
    for (const RejectedKind& kind : report.rejected) {
      warn("table " + report.stream + ": " + std::to_string(kind.rows) +
           " records could not be read" +
           (kind.position.empty() ? "" : ", the first at " + kind.position) + ": " + kind.reason);
    }
    if (report.error) {
      Error error = *report.error;
      faults_.push_back(std::move(error).while_doing("reading table " + report.stream));
    }
  }

  // Sends a task for each fault that the user can mend; returns the first of the others.
  Status conclude() {
    TRY(std::exchange(sent_, Status()));
    Status outcome;
    for (const Error& fault : faults_) {
      if (is_task(fault.code)) {
        TRY(destination_.ask(fault.message));
      } else if (outcome.ok()) {
        outcome = fault;
      }
    }
    return outcome;
  }

 private:
  void warn(const std::string& text) {
    if (sent_.ok()) {
      sent_ = destination_.warn(text);
    }
  }

  UpdateDestination& destination_;
  Status sent_;
  std::vector<Error> faults_;
};

class CommandLineSource final : public ServedSource {
 public:
  static Result<std::unique_ptr<CommandLineSource>> open(const ServeSourceArguments& arguments,
                                                         Session& session, Log& log) {
    auto source =
        std::unique_ptr<CommandLineSource>(new CommandLineSource(arguments.source, session, log));
    TRY(source->config_defaults());
    const std::optional<OpenedSource> foreign =
        TRY(open_foreign_source(arguments.source, source->host()));
    if (foreign) {
      return source;
    }
    LoadedConnector connector = TRY(load_source(arguments.source.source, source->host()));
    TRY(saver_for(arguments.source, connector));
    source->schema_ = connector.spec.schema();
    return source;
  }

  const Value& config_schema() const override { return schema_; }
  // Read again each time: renewed tokens are kept in the file.
  Result<Value> config_defaults() const override { return read_config(arguments_); }

  Status check(const Value& configuration, std::stop_token stop) override {
    const OpenedSource opened = TRY(open_with(configuration));
    return opened.source->check(std::move(stop));
  }

  Result<Catalog> discover(const Value& configuration, std::stop_token stop) override {
    const OpenedSource opened = TRY(open_with(configuration));
    return opened.source->discover(std::move(stop));
  }

  Status update(const Value& configuration, const TableChoice& choice,
                UpdateDestination& destination, std::stop_token stop) override {
    const OpenedSource opened = TRY(open_with(configuration));
    const Catalog catalog = TRY(opened.source->discover(stop));
    UpdateFaults faults(destination);
    const SyncOptions options = options_of(catalog, choice, faults);
    if (options.streams.empty() && !wants_all(catalog, choice)) {
      TRY(destination.commit({}));
      return {};
    }
    DiscoveredSource discovered(*opened.source, catalog);
    SyncProgress progress;
    const SyncReport report =
        TRY(run_sync(discovered, destination, options, session_.clock(), log_, progress, stop));
    if (report.stopped) {
      return Error{ErrorCode::Cancelled, "stopped"};
    }
    return faults.conclude();
  }

 private:
  CommandLineSource(const SourceArguments& arguments, Session& session, Log& log)
      : arguments_(arguments), session_(session), log_(log) {}

  SourceHost host() const {
    return {.global = session_.global(),
            .clock = session_.clock(),
            .calendar = session_.calendar(),
            .log = log_,
            .redactor = session_.redactor(),
            .sharing = {.limiters = &session_.limiters()}};
  }

  Result<OpenedSource> open_with(const Value& configuration) const {
    // Those that are no connectors take texts, by the names that clients use.
    SourceArguments foreign_arguments{.source = arguments_.source};
    for (const auto& [name, text] : flat_configuration(configuration)) {
      foreign_arguments.settings.push_back(name + "=" + text);
    }
    std::optional<OpenedSource> foreign = TRY(open_foreign_source(foreign_arguments, host()));
    if (foreign) {
      return std::move(*foreign);
    }
    LoadedConnector connector = TRY(load_source(arguments_.source, host()));
    ConfigSaver saver = TRY(saver_for(arguments_, connector));
    return open_connector(std::move(connector), configuration, std::move(saver), host());
  }

  // Those too that a feed may yet bring.
  static bool wants_all(const Catalog& catalog, const TableChoice& choice) {
    return catalog.feed && choice.has_other_tables() &&
           std::all_of(
               catalog.streams.begin(), catalog.streams.end(),
               [&](const StreamInfo& stream) { return choice.has_table(stream.schema.name); });
  }

  // A table that is read whole each time takes the place of what was there, so that rows that are
  // gone at the source are deleted.
  static SyncOptions options_of(const Catalog& catalog, const TableChoice& choice,
                                SyncObserver& observer) {
    SyncOptions options;
    options.connection = kConnection;
    options.commit_rows = kCheckpointRows;
    options.commit_interval = kCheckpointInterval;
    options.observer = &observer;
    for (const StreamInfo& stream : catalog.streams) {
      if (!choice.has_table(stream.schema.name) || wants_all(catalog, choice)) {
        continue;
      }
      options.streams.push_back(stream.schema.name);
      if (!stream.incremental) {
        options.tables[stream.schema.name].mode = WriteMode::Replace;
      }
    }
    return options;
  }

  const SourceArguments arguments_;
  Session& session_;
  Log& log_;
  Value schema_ = Map();
};

}  // namespace

Result<ExitCode> serve_source_command(const ServeSourceArguments& arguments, Session& session) {
  const auto interrupts = TRY(Interrupts::listen([] {}));
  const PartnerLog events(PartnerRole::Source, session.redactor());
  PartnerLogSink sink(events);
  Log log(session.global().log_level.value_or(LogLevel::Info), LogFormat::Json, session.clock(),
          session.redactor(), sink);
  const auto source = TRY(CommandLineSource::open(arguments, session, log));
  const auto server =
      TRY(serve_source(*source, {.events = events, .log = log, .redactor = session.redactor()},
                       {.host = arguments.server.host, .port = arguments.server.port}));
  const std::string host = arguments.server.host.empty() ? "127.0.0.1" : arguments.server.host;
  events.info("serving source " + arguments.source.source + " at " + host + ":" +
              std::to_string(server->port()));
  while (session.clock().sleep(kNap, interrupts->token())) {
  }
  server->stop();
  return interrupts->signal_number() == SIGTERM ? ExitCode::Terminated : ExitCode::Interrupted;
}

}  // namespace tendril
