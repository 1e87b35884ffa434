#include "cli/commands.h"
#include "cli/interrupts.h"
#include "cli/source_opening.h"

namespace tendril {

Result<ExitCode> check_command(const CheckArguments& arguments, Session& session) {
  const auto interrupts = TRY(Interrupts::listen([] {}));
  const OpenedSource opened = TRY(open_source(arguments.source, session));
  TRY(opened.source->check(interrupts->token()));
  TRY(session.output("OK: " + opened.name + " can be read\n"));
  return ExitCode::Done;
}

}  // namespace tendril
