#include "cli/commands.h"

namespace tendril {

Result<ExitCode> serve_source_command(const ServeSourceArguments& /*arguments*/,
                                      Session& /*session*/) {
  return Error{ErrorCode::Unsupported, "serving a source is not supported yet"};
}

}  // namespace tendril
