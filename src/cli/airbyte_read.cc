#include "cli/airbyte_read.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bridges/airbyte/configured_catalog.h"
#include "bridges/airbyte/protocol_destination.h"
#include "bridges/airbyte/protocol_state.h"
#include "cli/airbyte_estimates.h"
#include "connector/discovered_source.h"
#include "data/json.h"
#include "sync/sync.h"

namespace tendril {
namespace {

// A STATE message comes after so many records or so much time; a retry reads again at most that.
constexpr std::int64_t kStateRows = 10'000;
constexpr std::chrono::milliseconds kStateInterval{10'000};

class StatusMessages final : public SyncObserver {
 public:
  // `destination` must outlive it.
  explicit StatusMessages(ProtocolDestination& destination) : destination_(destination) {}

  void stream_started(const std::string& stream) override { destination_.start_stream(stream); }

  void stream_ended(const StreamReport& report) override {
    if (report.outcome == StreamOutcome::Done) {
      destination_.complete_stream(report.stream);
    } else {
      destination_.leave_stream_incomplete(report.stream, report.error);
    }
  }

 private:
  ProtocolDestination& destination_;
};

// The names of the configured streams that the source has. The others are incomplete before they
// begin: a stream that went away at the source does not keep the rest from being read.
std::vector<std::string> known_streams(const std::vector<ConfiguredStream>& configured,
                                       const Catalog& catalog, ProtocolDestination& destination,
                                       Log& log) {
  std::vector<std::string> names;
  for (const ConfiguredStream& stream : configured) {
    if (catalog.find(stream.name) != nullptr) {
      names.push_back(stream.name);
    } else {
      log.warning("stream does not exist any more", {{"stream", stream.name}});
      destination.leave_stream_incomplete(stream.name, std::nullopt);
    }
  }
  return names;
}

// The cursors that the user chose, of streams that leave the choice; what is configured for others
// is the source's own, or means nothing.
Result<std::map<std::string, std::string>> cursor_fields_of(
    const std::vector<ConfiguredStream>& configured, const Catalog& catalog) {
  std::map<std::string, std::string> fields;
  for (const ConfiguredStream& stream : configured) {
    const StreamInfo* info = catalog.find(stream.name);
    if (info == nullptr || !info->cursor_is_chosen || stream.cursor_field.empty()) {
      continue;
    }
    if (stream.cursor_field.size() > 1) {
      return Error{.code = ErrorCode::InvalidConfig,
                   .message = "cursor_field must be one field, not a path into a record: stream " +
                              stream.name};
    }
    fields[stream.name] = stream.cursor_field.front();
  }
  return fields;
}

}  // namespace

Result<ExitCode> airbyte_read(Source& source, const AirbyteArguments& arguments,
                              const AirbyteHost& host) {
  const Value catalog_file = TRY(read_json_file(arguments.catalog_file));
  const std::vector<ConfiguredStream> configured = TRY(parse_configured_catalog(catalog_file));
  Value state_file;
  if (!arguments.state_file.empty()) {
    state_file = TRY(read_json_file(arguments.state_file));
  }
  ProtocolState state = TRY(ProtocolState::parse(state_file));
  const Catalog catalog = TRY(source.discover(host.stop));

  ProtocolDestination destination({.writer = host.writer,
                                   .clock = host.host.calendar,
                                   .log = host.host.log,
                                   .redactor = host.host.redactor},
                                  std::move(state));
  StatusMessages status(destination);
  SyncOptions options;
  options.connection = "airbyte";
  options.mode = WriteMode::Append;
  options.commit_rows = kStateRows;
  options.commit_interval = kStateInterval;
  options.documents = true;
  options.observer = &status;
  options.cursor_fields = TRY(cursor_fields_of(configured, catalog));
  options.streams = known_streams(configured, catalog, destination, host.host.log);
  if (options.streams.empty()) {
    return ExitCode::Done;
  }
  DiscoveredSource discovered(source, catalog);
  SyncProgress progress;
  const EstimateMessages estimates(progress, host.writer, host.host.calendar, host.host.clock);
  const SyncReport report = TRY(run_sync(discovered, destination, options, host.host.clock,
                                         host.host.log, progress, host.stop));
  TRY(host.writer.status());
  return report.all_done() ? ExitCode::Done : ExitCode::Failed;
}

}  // namespace tendril
