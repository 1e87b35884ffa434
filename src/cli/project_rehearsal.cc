#include <memory>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "cli/debug_texts.h"
#include "cli/project_modes.h"
#include "cli/scratch_folder.h"
#include "data/json.h"
#include "destinations/duckdb/file.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code unseen;  // Then it is not there for us.
  return fs::exists(path, unseen);
}

// Copies the warehouse with what was written to it last. Errors: System when another process has it
// open.
Status copy_warehouse(const fs::path& from, const fs::path& to) {
  if (!is_there(from)) {
    return {};
  }
  DuckdbSettings settings;
  settings.read_only = true;
  TRY(DuckdbFile::open(from, settings));
  TRY(copy_sharing(from, to));
  const auto journal = [](fs::path path) { return path += ".wal"; };
  return is_there(journal(from)) ? copy_sharing(journal(from), journal(to)) : Status();
}

std::string uploads_text(const fs::path& folder) {
  std::string text;
  std::error_code none;
  for (fs::recursive_directory_iterator entry(folder, none), end; !none && entry != end;
       entry.increment(none)) {
    if (entry->is_regular_file(none)) {
      text += "  + " + fs::relative(entry->path(), folder, none).string() + "\n";
    }
  }
  return text.empty() ? text : "\nuploaded files\n" + text;
}

std::string outcome_text(const std::vector<TableDifference>& differences, bool succeeded) {
  const std::string_view what =
      succeeded ? "this sync would change" : "this sync failed; it would have changed";
  return differences.empty() ? fmt::format("\nDry run, nothing is written: {} no rows\n", what)
                             : fmt::format("\nDry run, nothing is written: {}\n\n{}", what,
                                           differences_text(differences, {}));
}

}  // namespace

Result<bool> rehearse_project(const ProjectDebugging& project, const DebugArguments& arguments,
                              Session& session, std::stop_token stop) {
  const ProjectFiles files(project.folder());
  const Value state = TRY(project.state());
  // Beside the warehouse, where a file system can share the bytes of a copy.
  const auto scratch =
      TRY(ScratchFolder::make(is_there(files.folder) ? files.folder : fs::temp_directory_path()));
  DebugTarget target{.files = ProjectFiles(scratch->path()), .state = state};
  std::error_code failure;
  if (!fs::create_directories(target.files.folder, failure)) {
    return Error{ErrorCode::System, "folder can not be made: " + target.files.folder.string()};
  }
  TRY(copy_warehouse(files.warehouse, target.files.warehouse));
  DebugLog log({.style = arguments.style, .least = arguments.least, .write = print_text},
               session.clock(), session.redactor());
  ProjectReport report;
  const Status done = project.run(target, log, report, std::move(stop));
  log.finish(report, done, arguments.summary);
  if (is_there(target.files.warehouse)) {
    const auto differences = TRY(compare_warehouses(files.warehouse, target.files.warehouse, true));
    const std::string text =
        outcome_text(differences, done.ok()) + uploads_text(target.files.uploads);
    print_text(session.redactor().redact(text));
  }
  if (is_there(target.files.state)) {
    const Value after = TRY(project_state(project.folder(), target.files.state.string(),
                                          [](const std::string&) { return std::nullopt; }));
    print_text(session.redactor().redact(
        after == state ? std::string("\nThe state would stay as it is\n")
                       : "\nThe state would become " + to_json(after) + "\n"));
  }
  return done.ok();
}

}  // namespace tendril
