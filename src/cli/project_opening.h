// A Fivetran project as a command line names it: where its Python, its settings and its warehouse
// are.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

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

// True for a setting that has to be kept from logs, by its name: "api_key".
bool sounds_secret(std::string name);

// Errors: InvalidConfig when there is no project.
Result<std::filesystem::path> find_project(const std::string& folder);

// The project's own Python: the one named, else that of its virtual environment, else python3.
std::string choose_python(const std::filesystem::path& project, const std::string& named);

// The folder with the package fivetran_connector_sdk, installed or built beside this program; the
// variable TENDRIL_PYTHON_PACKAGE names another. Errors: System when there is none.
Result<std::filesystem::path> find_kit(const EnvironmentLookup& environment);

// How the project's process is run, as in a local debug run.
Result<ProjectProcess> project_process(const std::string& folder, const std::string& python,
                                       const EnvironmentLookup& environment);

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
