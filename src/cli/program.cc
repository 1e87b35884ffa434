#include "cli/program.h"

#include <type_traits>
#include <utility>

#include "cli/commands.h"
#include "cli/config_file.h"
#include "cli/process_calendar.h"
#include "core/fault_point.h"

namespace tendril {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

Result<ExitCode> run_command(const CommandArguments& command, Session& session) {
  return std::visit(
      Overloaded{
          [&](const HelpArguments& arguments) { return help_command(arguments, session); },
          [&](const VersionArguments&) { return version_command(session); },
          [&](const FaultPointsArguments& arguments) {
            return fault_points_command(arguments, session);
          },
          [&](const CompletionArguments& arguments) {
            return completion_command(arguments, session);
          },
          [&](const ConnectorsArguments& arguments) {
            return connectors_command(arguments, session);
          },
          [&](const CheckArguments& arguments) { return check_command(arguments, session); },
          [&](const DiscoverArguments& arguments) { return discover_command(arguments, session); },
          [&](const SyncArguments& arguments) { return sync_command(arguments, session); },
          [&](const RunsListArguments& arguments) { return runs_list_command(arguments, session); },
          [&](const RunsShowArguments& arguments) { return runs_show_command(arguments, session); },
          [&](const RunsCancelArguments& arguments) {
            return runs_cancel_command(arguments, session);
          },
          [&](const RunsRetryArguments& arguments) {
            return runs_retry_command(arguments, session);
          },
          [&](const StateShowArguments& arguments) {
            return state_show_command(arguments, session);
          },
          [&](const StateResetArguments& arguments) {
            return state_reset_command(arguments, session);
          },
          [&](const StateEditArguments& arguments) {
            return state_edit_command(arguments, session);
          },
          [&](const LintArguments& arguments) { return lint_command(arguments, session); },
          [&](const AirbyteArguments& arguments) { return airbyte_command(arguments, session); },
          [&](const DebugArguments& arguments) { return debug_command(arguments, session); },
          [&](const ResetArguments& arguments) { return reset_command(arguments, session); },
          [&](const InitArguments& arguments) { return init_command(arguments, session); },
          [&](const ServeSourceArguments& arguments) {
            return serve_source_command(arguments, session);
          },
          [&](const ServeDestinationArguments& arguments) {
            return serve_destination_command(arguments, session);
          },
          [&](const TestDestinationArguments& arguments) {
            return test_destination_command(arguments, session);
          },
          [&](const SandboxServeArguments& arguments) {
            return sandbox_serve_command(arguments, session);
          },
          [&](const SandboxMutateArguments& arguments) {
            return sandbox_mutate_command(arguments, session);
          },
          [&](const SandboxRowsArguments& arguments) {
            return sandbox_rows_command(arguments, session);
          },
      },
      command);
}

bool wants_bars(const CommandArguments& command) {
  const auto* sync = std::get_if<SyncArguments>(&command);
  return sync != nullptr && sync->progress;
}

}  // namespace

int run_program(std::span<const std::string> arguments) {
  const auto parsed = parse_command_line(arguments);
  if (const auto* fault = std::get_if<UsageFault>(&parsed)) {
    Session({}, false).report(fault->error, fault->hint);
    return static_cast<int>(ExitCode::WrongUse);
  }
  const auto& line = std::get<CommandLine>(parsed);
  const EnvironmentLookup environment = process_environment();
  if (const Status armed = arm_fault(environment("TENDRIL_FAULT").value_or("")); !armed.ok()) {
    Session(line.global, false).report(armed.error());
    return static_cast<int>(ExitCode::WrongUse);
  }
  auto calendar = process_calendar(environment);
  if (!calendar.ok()) {
    Session(line.global, false).report(calendar.error());
    return static_cast<int>(ExitCode::WrongUse);
  }
  Session session(line.global, wants_bars(line.command), std::move(calendar).value());
  const Result<ExitCode> ended = run_command(line.command, session);
  if (!ended.ok()) {
    session.report(ended.error());
    return static_cast<int>(exit_code_of(ended.error().code));
  }
  return static_cast<int>(*ended);
}

}  // namespace tendril
