#include "cli/commands.h"

namespace tendril {

Result<ExitCode> help_command(const HelpArguments& arguments, Session& session) {
  TRY(session.output(arguments.text));
  return ExitCode::Done;
}

}  // namespace tendril
