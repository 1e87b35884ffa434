#include "cli/commands.h"

namespace tendril {

Result<ExitCode> test_destination_command(const TestDestinationArguments& /*arguments*/,
                                          Session& /*session*/) {
  return Error{ErrorCode::Unsupported, "testing a destination is not supported yet"};
}

}  // namespace tendril
