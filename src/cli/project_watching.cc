// `tendril debug --watch`: a run whenever the project's files are saved.
#include <memory>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/folder_watch.h"
#include "cli/project_modes.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

bool is_project_file(const std::string& name) {
  return name.ends_with(".py") || name == "configuration.json" || name == "requirements.txt";
}

// Not what a run leaves, nor what tools keep, nor virtual environments.
bool is_project_folder(const fs::path& folder) {
  const std::string name = folder.filename().string();
  std::error_code unseen;
  return !name.starts_with('.') && name != "files" && name != "__pycache__" &&
         name != "node_modules" && !fs::exists(folder / "pyvenv.cfg", unseen);
}

class ProjectWatching {
 public:
  ProjectWatching(const DebugArguments& arguments, Session& session, FolderWatch& watch,
                  std::stop_token stop)
      : arguments_(arguments), session_(session), watch_(watch), stop_(std::move(stop)) {}

  Status run() {
    while (!stop_.stop_requested()) {
      TRY(run_once());
    }
    return {};
  }

 private:
  void say(const std::string& text) { print_text("watch: " + text + "\n"); }

  // Runs the project, and returns when its files have changed, whichever takes longer; a run that
  // is of older files by then is ended.
  Status run_once() {
    std::stop_source run_stop;
    const std::stop_callback ends_run(stop_, [&run_stop] { run_stop.request_stop(); });
    std::optional<Result<std::set<std::string>>> changed;
    {
      std::jthread waiting([&] {
        changed = watch_.wait(stop_);
        run_stop.request_stop();
      });
      const bool succeeded = run_now(run_stop.get_token());
      if (!run_stop.stop_requested()) {
        say(fmt::format("the run {}; waiting for files to be saved, ctrl-C ends",
                        succeeded ? "succeeded" : "failed"));
      } else if (!stop_.stop_requested()) {
        say("the run was stopped, since files were saved");
      }
    }
    const std::set<std::string> files = TRY(std::move(*changed));
    if (!files.empty()) {
      say(fmt::format("saved: {}; running again from the last checkpoint", fmt::join(files, ", ")));
    }
    return {};
  }

  bool run_now(std::stop_token stop) {
    const auto project = ProjectDebugging::open(arguments_, session_);
    Result<bool> done =
        project.ok() ? (arguments_.dry_run ? rehearse_project(*project, arguments_, session_, stop)
                                           : sync_project(*project, arguments_, session_, stop))
                     : Result<bool>(project.error());
    if (!done.ok()) {
      DebugLog log({.style = arguments_.style, .least = arguments_.least, .write = print_text},
                   session_.clock(), session_.redactor());
      log.finish({}, done.error(), false);
    }
    return done.ok() && *done;
  }

  const DebugArguments& arguments_;
  Session& session_;
  FolderWatch& watch_;
  const std::stop_token stop_;
};

}  // namespace

Status watch_project(const DebugArguments& arguments, Session& session,
                     const std::stop_token& stop) {
  const FoundProject found = TRY(find_project(arguments.project));
  if (found.kind != ProjectKind::Python) {
    return Error{ErrorCode::InvalidConfig,
                 "--watch is for connectors in Python: " + arguments.project};
  }
  const auto watch = TRY(
      FolderWatch::open(found.folder, {.counts = is_project_file, .enters = is_project_folder}));
  print_text("watch: " + found.folder.string() + "\n");
  return ProjectWatching(arguments, session, *watch, stop).run();
}

}  // namespace tendril
