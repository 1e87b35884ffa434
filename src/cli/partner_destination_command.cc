#include "cli/commands.h"

namespace tendril {

Result<ExitCode> serve_destination_command(const ServeDestinationArguments& /*arguments*/,
                                           Session& /*session*/) {
  return Error{ErrorCode::Unsupported, "serving a destination is not supported yet"};
}

}  // namespace tendril
