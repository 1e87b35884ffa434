// `tendril debug --test`: an undisturbed run, and one whose process is killed after each
// checkpoint.
#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "cli/debug_texts.h"
#include "cli/project_modes.h"
#include "cli/scratch_folder.h"
#include "data/json.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

// More checkpoints than this are passed over evenly: each kill costs a start of Python.
constexpr std::int64_t kKillsMax = 100;

class ProjectCrashing {
 public:
  ProjectCrashing(const ProjectDebugging& project, const DebugArguments& arguments,
                  Session& session, const std::stop_token& stop)
      : project_(project),
        session_(session),
        stop_(stop),
        log_({.style = arguments.style,
              .least = std::max(arguments.least, ProjectLevel::Warning),
              .write = print_text},
             session.clock(), session.redactor()) {
    if (!arguments.state_file.empty()) {
      given_state_ = project.state();
    }
  }

  Result<bool> run() {
    const Value start = TRY(given_state_);
    const auto scratch = TRY(ScratchFolder::make(fs::temp_directory_path()));
    const ProjectFiles calm(scratch->path() / "undisturbed");
    const ProjectFiles killed(scratch->path() / "killed");
    const std::int64_t checkpoints = TRY(run_calmly(calm, start));
    if (checkpoints == 0) {
      say("the connector makes no checkpoint: there is none to go on from, and nothing to test");
      return true;
    }
    say(fmt::format("undisturbed, it makes {} checkpoints", checkpoints));
    const std::int64_t kills = TRY(run_with_kills(killed, start, checkpoints));
    return compare(calm, killed, kills);
  }

 private:
  void say(const std::string& text) {
    print_text(session_.redactor().redact("test: " + text) + "\n");
  }

  // Returns the number of checkpoints.
  Result<std::int64_t> run_calmly(const ProjectFiles& files, const Value& state) {
    ProjectReport report;
    const Status done =
        project_.run({.files = files, .state = state, .number = ++runs_}, log_, report, stop_);
    if (!done.ok()) {
      return Error(done.error()).while_doing("running undisturbed");
    }
    return report.counts.checkpoints;
  }

  // Returns how often it was killed.
  Result<std::int64_t> run_with_kills(const ProjectFiles& files, Value state,
                                      std::int64_t checkpoints) {
    const std::int64_t step = (checkpoints + kKillsMax - 1) / kKillsMax;
    const std::int64_t kills_max = (checkpoints + step - 1) / step;
    for (std::int64_t kills = 0;; ++kills) {
      ProjectReport report;
      const Status done = project_.run({.files = files,
                                        .state = state,
                                        .kill_after_checkpoints = kills < kills_max ? step : 0,
                                        .number = ++runs_},
                                       log_, report, stop_);
      if (done.ok()) {
        return kills;
      }
      if (!report.killed || stop_.stop_requested()) {
        return Error(done.error())
            .while_doing(kills == 0 ? std::string("running again")
                                    : fmt::format("going on after kill {} from the state {}", kills,
                                                  to_json(state)));
      }
      state = TRY(project_state(project_.folder(), files.state.string(),
                                [](const std::string&) { return std::nullopt; }));
    }
  }

  Result<bool> compare(const ProjectFiles& calm, const ProjectFiles& killed, std::int64_t kills) {
    const auto differences = TRY(compare_warehouses(calm.warehouse, killed.warehouse, false));
    const std::string times = fmt::format("killed {} {} and restarted from its checkpoints", kills,
                                          kills == 1 ? "time" : "times");
    if (differences.empty()) {
      say(fmt::format("passed: {}, it leaves the same rows", times));
      return true;
    }
    say(fmt::format("FAILED: {}, it leaves other rows than undisturbed", times));
    print_text(session_.redactor().redact(
        "\n" + differences_text(differences, {.added = "too many", .deleted = "missing"})));
    return false;
  }

  const ProjectDebugging& project_;
  Session& session_;
  const std::stop_token stop_;
  DebugLog log_;
  Result<Value> given_state_ = Value(Map());
  int runs_ = 0;
};

}  // namespace

Result<bool> crash_project(const ProjectDebugging& project, const DebugArguments& arguments,
                           Session& session, const std::stop_token& stop) {
  return ProjectCrashing(project, arguments, session, stop).run();
}

}  // namespace tendril
