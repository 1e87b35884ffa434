// The commands: each does one thing with what it was given and says how the process ends. One file
// per command.
// Errors: what is shown as "error: …"; its code decides the exit status.
#pragma once

#include "cli/command_line.h"
#include "cli/exit_code.h"
#include "cli/session.h"
#include "core/result.h"

namespace tendril {

Result<ExitCode> connectors_command(const ConnectorsArguments& arguments, Session& session);
Result<ExitCode> check_command(const CheckArguments& arguments, Session& session);
Result<ExitCode> discover_command(const DiscoverArguments& arguments, Session& session);
Result<ExitCode> sync_command(const SyncArguments& arguments, Session& session);
Result<ExitCode> runs_list_command(const RunsListArguments& arguments, Session& session);
Result<ExitCode> runs_show_command(const RunsShowArguments& arguments, Session& session);
Result<ExitCode> runs_cancel_command(const RunsCancelArguments& arguments, Session& session);
Result<ExitCode> runs_retry_command(const RunsRetryArguments& arguments, Session& session);
Result<ExitCode> state_show_command(const StateShowArguments& arguments, Session& session);
Result<ExitCode> state_reset_command(const StateResetArguments& arguments, Session& session);
Result<ExitCode> state_edit_command(const StateEditArguments& arguments, Session& session);
Result<ExitCode> lint_command(const LintArguments& arguments, Session& session);
Result<ExitCode> debug_command(const DebugArguments& arguments, Session& session);
Result<ExitCode> reset_command(const ResetArguments& arguments, Session& session);
Result<ExitCode> init_command(const InitArguments& arguments, Session& session);
Result<ExitCode> serve_source_command(const ServeSourceArguments& arguments, Session& session);
Result<ExitCode> serve_destination_command(const ServeDestinationArguments& arguments,
                                           Session& session);
Result<ExitCode> test_destination_command(const TestDestinationArguments& arguments,
                                          Session& session);
Result<ExitCode> airbyte_command(const AirbyteArguments& arguments, Session& session);
Result<ExitCode> sandbox_serve_command(const SandboxServeArguments& arguments, Session& session);
Result<ExitCode> sandbox_mutate_command(const SandboxMutateArguments& arguments, Session& session);
Result<ExitCode> sandbox_rows_command(const SandboxRowsArguments& arguments, Session& session);
Result<ExitCode> fault_points_command(const FaultPointsArguments& arguments, Session& session);
Result<ExitCode> version_command(Session& session);
Result<ExitCode> completion_command(const CompletionArguments& arguments, Session& session);
Result<ExitCode> help_command(const HelpArguments& arguments, Session& session);

}  // namespace tendril
