#include "cli/commands.h"

namespace tendril {

Result<ExitCode> version_command(Session& session) {
  TRY(session.output("tendril " TENDRIL_VERSION "\n"));
  return ExitCode::Done;
}

}  // namespace tendril
