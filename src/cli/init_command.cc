#include <filesystem>
#include <string>
#include <system_error>

#include "cli/commands.h"
#include "cli/project_template.h"

namespace tendril {

Result<ExitCode> init_command(const InitArguments& arguments, Session& session) {
  namespace fs = std::filesystem;
  const fs::path folder = arguments.folder;
  std::error_code failure;
  fs::create_directories(folder, failure);
  const fs::path whole = fs::canonical(folder, failure);
  if (failure) {
    return Error{ErrorCode::System, "folder can not be made: " + folder.string()};
  }
  const std::string name = whole.filename().string();
  const std::vector<TemplateFile> files = template_files(arguments.kind, name);
  if (fs::exists(folder / files.front().path, failure)) {
    return Error{ErrorCode::InvalidConfig, "folder has a connector already: " + folder.string()};
  }
  for (const TemplateFile& file : files) {
    if (!fs::exists(folder / file.path, failure)) {
      TRY(write_whole_file(folder / file.path, file.text, file.readers));
    }
  }
  TRY(session.output("made a connector, " + template_advice(arguments.kind, folder.string(), name) +
                     "\n"));
  return ExitCode::Done;
}

}  // namespace tendril
