#include "cli/commands.h"
#include "cli/completion.h"

namespace tendril {

Result<ExitCode> completion_command(const CompletionArguments& arguments, Session& session) {
  const CommandShape shape = command_line_shape();
  TRY(session.output(arguments.shell == "bash"  ? bash_completion(shape)
                     : arguments.shell == "zsh" ? zsh_completion(shape)
                                                : fish_completion(shape)));
  return ExitCode::Done;
}

}  // namespace tendril
