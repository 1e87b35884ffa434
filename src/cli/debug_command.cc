#include <algorithm>
#include <csignal>
#include <cstdio>
#include <utility>

#include "bridges/fivetran/project_run.h"
#include "cli/commands.h"
#include "cli/debug_log.h"
#include "cli/debug_texts.h"
#include "cli/interrupts.h"
#include "cli/project_modes.h"
#include "cli/project_opening.h"
#include "data/json.h"

namespace tendril {
namespace {

// The form and the outcome of its tests go to stdout, and what the connector says beside to stderr.
Result<ExitCode> show_form(const DebugArguments& arguments, Session& session,
                           std::stop_token stop) {
  DebugLog log(
      {.style = arguments.style,
       .least = arguments.least,
       .write = [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }},
      session.clock(), session.redactor());
  const EnvironmentLookup environment = process_environment();
  const FoundProject found = TRY(find_project(arguments.project));
  const ProjectProcess process = TRY(project_process(found, arguments.python, environment));
  const Value configuration = TRY(project_configuration(
      process.project, arguments.configuration_file, environment, session.redactor()));
  Value form = TRY(ask_project(process, ProjectQuestion::Form, configuration, log, stop));
  Value tests = TRY(ask_project(process, ProjectQuestion::Test, configuration, log, stop));
  const auto has_failed = [](const Value& test) {
    const Value* const succeeded = test.find("succeeded");
    return succeeded == nullptr || *succeeded != Value(true);
  };
  const List* const outcomes = tests.as_list();
  const bool failed = outcomes == nullptr || std::ranges::any_of(*outcomes, has_failed);
  const std::string text = to_json(Map{{"form", std::move(form)}, {"tests", std::move(tests)}});
  TRY(session.output(session.redactor().redact(text) + "\n"));
  return failed ? ExitCode::Failed : ExitCode::Done;
}

Result<bool> run_once(const DebugArguments& arguments, Session& session, std::stop_token stop) {
  const ProjectDebugging project = TRY(ProjectDebugging::open(arguments, session));
  if (arguments.test) {
    return crash_project(project, arguments, session, stop);
  }
  return arguments.dry_run ? rehearse_project(project, arguments, session, std::move(stop))
                           : sync_project(project, arguments, session, std::move(stop));
}

}  // namespace

Result<bool> sync_project(const ProjectDebugging& project, const DebugArguments& arguments,
                          Session& session, std::stop_token stop) {
  DebugLog log({.style = arguments.style, .least = arguments.least, .write = print_text},
               session.clock(), session.redactor());
  ProjectReport report;
  const Result<Value> state = project.state();
  const Status done = state.ok()
                          ? project.run({.files = ProjectFiles(project.folder()), .state = *state},
                                        log, report, std::move(stop))
                          : Status(state.error());
  log.finish(report, done, arguments.summary);
  return done.ok();
}

Result<ExitCode> debug_command(const DebugArguments& arguments, Session& session) {
  const auto interrupts = TRY(Interrupts::listen([] {}));
  if (arguments.form) {
    return show_form(arguments, session, interrupts->token());
  }
  bool succeeded = false;
  if (arguments.watch) {
    TRY(watch_project(arguments, session, interrupts->token()));
  } else {
    const Result<bool> done = run_once(arguments, session, interrupts->token());
    if (done.ok()) {
      succeeded = *done;
    } else {
      // What keeps a sync from starting is told like what ends one.
      DebugLog log({.style = arguments.style, .least = arguments.least, .write = print_text},
                   session.clock(), session.redactor());
      log.finish({}, done.error(), false);
    }
  }
  if (interrupts->signal_number() != 0) {
    return interrupts->signal_number() == SIGTERM ? ExitCode::Terminated : ExitCode::Interrupted;
  }
  return succeeded ? ExitCode::Done : ExitCode::Failed;
}

}  // namespace tendril
