#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <unistd.h>

#include "bridges/airbyte/catalog_message.h"
#include "bridges/airbyte/message_log.h"
#include "bridges/airbyte/message_writer.h"
#include "bridges/airbyte/messages.h"
#include "cli/airbyte_read.h"
#include "cli/commands.h"
#include "cli/config_saver.h"
#include "cli/interrupts.h"
#include "cli/source_opening.h"
#include "data/json.h"

namespace tendril {
namespace {

constexpr int kExitStatusOfSignal = 128;

Status check_usage(const AirbyteArguments& arguments) {
  const auto missing = [](const char* option) {
    return Error{ErrorCode::InvalidConfig, std::string(option) + " is missing"};
  };
  if (arguments.verb != AirbyteVerb::Spec && arguments.config_file.empty()) {
    return missing("--config");
  }
  if (arguments.verb == AirbyteVerb::Read && arguments.catalog_file.empty()) {
    return missing("--catalog");
  }
  return {};
}

// Sends the configuration to the platform, which keeps it, whenever the source has changed it.
ConfigSaver control_saver(Value config, MessageWriter& writer, const Clock& clock) {
  struct Kept {
    std::mutex mutex;
    Value config;  // Guarded by mutex.
  };
  const auto kept = std::make_shared<Kept>();  // Owned by all copies of the saver.
  kept->config = std::move(config);
  return [kept, &writer, &clock](std::string_view pointer, const Value& value) -> Status {
    const std::lock_guard lock(kept->mutex);
    TRY(set_setting(kept->config, pointer, value));
    return writer.write(control_message(kept->config, clock.now()));
  };
}

Result<OpenedSource> open_configured(LoadedConnector connector, const AirbyteArguments& arguments,
                                     const AirbyteHost& host) {
  const Value config = TRY(read_json_file(arguments.config_file));
  return open_connector(std::move(connector), config,
                        control_saver(config, host.writer, host.host.calendar), host.host);
}

// A configuration or a credential that does not work is an answer, no failure.
Result<ExitCode> check(const Status& checked, const AirbyteHost& host) {
  if (!checked.ok() &&
      (checked.error().code == ErrorCode::Cancelled || checked.error().code == ErrorCode::System ||
       checked.error().code == ErrorCode::Internal)) {
    return checked.error();
  }
  std::optional<std::string> fault;
  if (!checked.ok()) {
    fault = host.host.redactor.redact(checked.error().message);
  }
  TRY(host.writer.write(connection_status_message(fault)));
  return ExitCode::Done;
}

Result<ExitCode> discover(Source& source, const AirbyteHost& host) {
  const Catalog catalog = TRY(source.discover(host.stop));
  TRY(host.writer.write(catalog_message(catalog)));
  return ExitCode::Done;
}

Result<ExitCode> spec(const Spec& spec, const AirbyteHost& host) {
  TRY(host.writer.write(spec_message({.connection_specification = spec.schema(),
                                      .documentation_url = spec.documentation_url(),
                                      .advanced_auth = spec.advanced_auth()})));
  return ExitCode::Done;
}

Result<ExitCode> run_verb(const AirbyteArguments& arguments, const AirbyteHost& host) {
  LoadedConnector connector = TRY(load_source(arguments.source, host.host));
  if (arguments.verb == AirbyteVerb::Spec) {
    return spec(connector.spec, host);
  }
  Result<OpenedSource> opened = open_configured(std::move(connector), arguments, host);
  if (arguments.verb == AirbyteVerb::Check) {
    return check(opened.ok() ? opened->source->check(host.stop) : Status(opened.error()), host);
  }
  if (!opened.ok()) {
    return std::move(opened).error();
  }
  return arguments.verb == AirbyteVerb::Discover ? discover(*opened->source, host)
                                                 : airbyte_read(*opened->source, arguments, host);
}

LogLevel log_level(const AirbyteArguments& arguments, const Session& session) {
  return arguments.debug ? LogLevel::Debug : session.global().log_level.value_or(LogLevel::Info);
}

// Tells the platform what ended the run; where nobody reads messages any more, whoever looks at
// stderr.
ExitCode conclude(const Error& error, const AirbyteHost& host, Session& session) {
  const std::string line = error_message(error, "", host.host.calendar.now());
  if (Status sent = host.writer.write(host.host.redactor.redact(line)); !sent.ok()) {
    session.report(sent.error());
  }
  return ExitCode::Failed;
}

}  // namespace

Result<ExitCode> airbyte_command(const AirbyteArguments& arguments, Session& session) {
  TRY(check_usage(arguments));
  const auto interrupts = TRY(Interrupts::listen(
      [&session] { session.note("stopping at the next safe point; once more ends at once"); }));
  MessageWriter writer(STDOUT_FILENO);
  MessageLog sink(writer);
  Log log(log_level(arguments, session), LogFormat::Json, session.clock(), session.redactor(),
          sink);
  const AirbyteHost host{
      {session.global(), session.clock(), session.calendar(), log, session.redactor()},
      writer,
      interrupts->token()};

  const Result<ExitCode> ended = run_verb(arguments, host);
  if (interrupts->signal_number() != 0) {
    return static_cast<ExitCode>(kExitStatusOfSignal + interrupts->signal_number());
  }
  return ended.ok() ? *ended : conclude(ended.error(), host, session);
}

}  // namespace tendril
