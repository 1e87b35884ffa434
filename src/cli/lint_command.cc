#include <set>
#include <system_error>

#include "cli/commands.h"
#include "cli/source_opening.h"
#include "lint/lint_report.h"
#include "lint/manifest_files.h"
#include "lint/manifest_lint.h"
#include "manifest/manifest_document.h"

namespace tendril {
namespace {

// What is no file may be a connector's name.
Result<std::vector<std::filesystem::path>> manifests_named(const std::string& name,
                                                           const Session& session) {
  std::error_code failure;
  if (std::filesystem::exists(name, failure)) {
    return manifests_at(name);
  }
  const ConnectorSearch connectors = TRY(find_connectors(session.global()));
  const std::filesystem::path manifest = TRY(connectors.manifest_of(name));
  return std::vector<std::filesystem::path>{manifest};
}

// In the order in which they were named; each once.
Result<std::vector<std::filesystem::path>> manifests_of(const std::vector<std::string>& paths,
                                                        const Session& session) {
  std::vector<std::filesystem::path> found;
  std::set<std::filesystem::path> seen;
  for (const std::string& path : paths) {
    std::vector<std::filesystem::path> manifests = TRY(manifests_named(path, session));
    for (std::filesystem::path& manifest : manifests) {
      if (seen.insert(manifest).second) {
        found.push_back(std::move(manifest));
      }
    }
  }
  return found;
}

}  // namespace

Result<ExitCode> lint_command(const LintArguments& arguments, Session& session) {
  const std::vector<std::filesystem::path> manifests = TRY(manifests_of(arguments.paths, session));
  LintReport report;
  for (const std::filesystem::path& path : manifests) {
    const std::string text = TRY(read_manifest(path));
    report.add(lint_manifest(text, path.string(), {.portable = arguments.portable}),
               arguments.notes);
  }
  TRY(session.output(arguments.json ? report.json() : report.text()));
  const bool has_failed = report.count(Severity::Error) > 0 ||
                          (arguments.strict && report.count(Severity::Warning) > 0);
  return has_failed ? ExitCode::Failed : ExitCode::Done;
}

}  // namespace tendril
