#include <filesystem>
#include <system_error>

#include "cli/commands.h"
#include "cli/project_opening.h"

namespace tendril {

Result<ExitCode> reset_command(const ResetArguments& arguments, Session& session) {
  namespace fs = std::filesystem;
  const fs::path project = TRY(find_project_folder(arguments.folder));
  const ProjectFiles files(project);
  fs::path journal = files.warehouse;
  journal += ".wal";
  for (const fs::path& path : {files.warehouse, journal, files.state, files.uploads}) {
    std::error_code failure;
    fs::remove_all(path, failure);
    if (failure) {
      return Error{ErrorCode::System,
                   "file can not be removed: " + path.string() + ": " + failure.message()};
    }
  }
  TRY(session.output("reset: the next `tendril debug` of " + project.string() + " begins anew\n"));
  return ExitCode::Done;
}

}  // namespace tendril
