// A connector project as a command line names it: how it is run, and where its settings and its
// warehouse are.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bridges/fivetran/project_observer.h"
#include "bridges/fivetran/project_run.h"
#include "cli/config_file.h"
#include "core/result.h"
#include "core/secret.h"
#include "data/value.h"

namespace tendril {

// The files of a project that a sync leaves.
struct ProjectFiles {
  explicit ProjectFiles(const std::filesystem::path& project);

  std::filesystem::path folder;
  std::filesystem::path warehouse;
  std::filesystem::path state;
  std::filesystem::path uploads;
};

enum class ProjectKind {
  Python,   // A folder with connector.py.
  Program,  // A connector that was built as a program,
  Library,  // or as a shared library.
};

struct FoundProject {
  ProjectKind kind = ProjectKind::Python;
  std::filesystem::path folder;          // Has the settings and the warehouse: for a program or
                                         // a library the folder that this process works in.
  std::filesystem::path connector = {};  // The program or the library.
};

// `path` is a project's folder, a program or a shared library; empty: this folder.
// Errors: InvalidConfig when it is none of them.
Result<FoundProject> find_project(const std::string& path);

// The folder of a project, whatever runs it. Errors: InvalidConfig when nothing tells that it is
// one.
Result<std::filesystem::path> find_project_folder(const std::string& folder);

// How the project's process is run, as in a local debug run. `python` names another than the
// project's own, which is that of its virtual environment, else python3. The package
// fivetran_connector_sdk is the one installed or built beside this program, or in the folder that
// the variable TENDRIL_PYTHON_PACKAGE names. Errors: InvalidConfig; System when the package is
// missing.
Result<ProjectProcess> project_process(const FoundProject& project, const std::string& python,
                                       const EnvironmentLookup& environment);

// A setting whose name has one of these in it, in any case, is a secret.
std::span<const std::string_view> secret_words();

// By the file named, else FIVETRAN_CONFIGURATION, else configuration.json, else none. The redactor
// learns what looks like a secret. Errors: InvalidConfig.
Result<Value> project_configuration(const std::filesystem::path& project, const std::string& named,
                                    const EnvironmentLookup& environment, Redactor& redactor);

// The same of a configuration that was read: decrypts what is encrypted in it, and tells the
// redactor its secrets. Errors: InvalidConfig; `origin` names where it came from.
Result<Value> prepared_configuration(Value configuration, const std::string& origin,
                                     const EnvironmentLookup& environment, Redactor& redactor);

// By the file named, else FIVETRAN_STATE, else files/state.json, else none. Errors: InvalidConfig.
Result<Value> project_state(const std::filesystem::path& project, const std::string& named,
                            const EnvironmentLookup& environment);

}  // namespace tendril
