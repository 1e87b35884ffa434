#include "cli/project_opening.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>
#include <vector>

#include <unistd.h>

#include "bridges/fivetran/encrypted_setting.h"
#include "bridges/fivetran/project_settings.h"
#include "cli/connector_host.h"
#include "cli/connector_search.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

// Where the kit of the vendor keeps the key of encrypted values, below the home folder.
constexpr std::string_view kEncryptionKey = ".fivetran/connector_sdk/config_encryption_key";

constexpr std::size_t kMemoryBytesMax = std::size_t{4} << 30U;

constexpr std::array<std::string_view, 12> kSecretWords{
    "password", "passphrase", "secret",     "token",     "credential",  "private",
    "auth",     "api_key",    "access_key", "accesskey", "certificate", "apikey"};

bool is_there(const fs::path& path) {
  std::error_code unreadable;  // Then it is not there for us.
  return fs::exists(path, unreadable);
}

bool sounds_secret(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : static_cast<char>(c);
  });
  return std::any_of(kSecretWords.begin(), kSecretWords.end(),
                     [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

// The file of the option, else that of the variable.
SettingPlaces places_of(const std::string& named, const std::string& variable,
                        const EnvironmentLookup& environment, fs::path file) {
  const std::string path = named.empty() ? environment(variable).value_or(std::string()) : named;
  return {.option_file = path, .file = std::move(file)};
}

// A connector that was built.
Result<FoundProject> connector_file(const fs::path& file) {
  std::error_code failure;
  FoundProject project{.folder = fs::current_path(failure), .connector = file};
  const std::string name = file.filename().string();
  if (failure) {
    return Error{ErrorCode::System, "this folder is gone: " + failure.message()};
  }
  if (name.ends_with(".py")) {
    return Error{ErrorCode::InvalidConfig,
                 "a project in Python is named by its folder: " + file.parent_path().string()};
  }
  if (!fs::is_regular_file(file, failure)) {
    return Error{ErrorCode::InvalidConfig,
                 "a connector is a folder or a file, which this is not: " + file.string()};
  }
  if (name.ends_with(".so") || name.find(".so.") != name.npos) {
    project.kind = ProjectKind::Library;
    return project;
  }
  if (::access(file.c_str(), X_OK) != 0) {
    return Error{
        ErrorCode::InvalidConfig,
        "file is neither a program that may be run nor a shared library (.so): " + file.string()};
  }
  project.kind = ProjectKind::Program;
  return project;
}

}  // namespace

ProjectFiles::ProjectFiles(const fs::path& project)
    : folder(project / "files"),
      warehouse(folder / "warehouse.db"),
      state(folder / "state.json"),
      uploads(folder / "uploads") {}

Result<FoundProject> find_project(const std::string& path) {
  std::error_code failure;
  const fs::path found = fs::canonical(path.empty() ? "." : path, failure);
  if (failure) {
    return Error{ErrorCode::InvalidConfig, "project does not exist: " + path};
  }
  if (!fs::is_directory(found, failure)) {
    return connector_file(found);
  }
  if (is_there(found / "connector.py")) {
    return FoundProject{.folder = found};
  }
  const bool is_built = is_there(found / "CMakeLists.txt");
  return Error{ErrorCode::InvalidConfig,
               "connector.py not found in " + found.string() +
                   (is_built ? ": build the project, and name the program or the library that "
                               "comes of it"
                             : "")};
}

Result<fs::path> find_project_folder(const std::string& folder) {
  std::error_code failure;
  const fs::path project = fs::canonical(folder.empty() ? "." : folder, failure);
  if (failure || !fs::is_directory(project, failure)) {
    return Error{ErrorCode::InvalidConfig, "folder of the project does not exist: " + folder};
  }
  for (const char* const sign : {"connector.py", "CMakeLists.txt", "files"}) {
    if (is_there(project / sign)) {
      return project;
    }
  }
  return Error{ErrorCode::InvalidConfig,
               "no project is in " + project.string() +
                   ": it has neither connector.py nor CMakeLists.txt nor files/"};
}

namespace {

// The project's own Python.
std::string choose_python(const fs::path& project, const std::string& named) {
  if (!named.empty()) {
    return named;
  }
  for (const char* const environment : {".venv", "venv", "env"}) {
    const fs::path python = project / environment / "bin" / "python";
    if (is_there(python)) {
      return python.string();
    }
  }
  return "python3";
}

// The folder with the package fivetran_connector_sdk.
Result<fs::path> find_kit(const EnvironmentLookup& environment) {
  const fs::path here = program_folder();
  const std::optional<std::string> named = environment("TENDRIL_PYTHON_PACKAGE");
  for (const fs::path& folder : {fs::path(named.value_or("")), here / "python",
                                 here.parent_path() / "share/tendril/python"}) {
    if (!folder.empty() && is_there(folder / "fivetran_connector_sdk" / "_native.abi3.so")) {
      return folder;
    }
  }
  return Error{ErrorCode::System,
               "package fivetran_connector_sdk is missing beside the program, install it again: " +
                   (here / "python").string()};
}

Status run_by_python(ProjectProcess& process, const std::string& named,
                     const EnvironmentLookup& environment) {
  const std::string python = choose_python(process.project, named);
  const fs::path package = TRY(find_kit(environment));
  const std::string paths = environment("PYTHONPATH").value_or("");
  process.command = {python, "-m", "fivetran_connector_sdk._runner"};
  process.description = "python: " + python;
  process.advice = "install it or name another by --python";
  process.environment.emplace_back("PYTHONPATH",
                                   package.string() + (paths.empty() ? "" : ":" + paths));
  process.environment.emplace_back("PYTHONUNBUFFERED", "1");
  return {};
}

}  // namespace

Result<ProjectProcess> project_process(const FoundProject& project, const std::string& python,
                                       const EnvironmentLookup& environment) {
  ProjectProcess process;
  process.project = project.folder;
  process.environment = {{"FIVETRAN_CONNECTION_ID", "test_connection_id"},
                         {"FIVETRAN_CONNECTION_NAME", "test_connection_name"},
                         {"FIVETRAN_DEPLOYMENT_MODEL", "local_debug"},
                         {"FIVETRAN_GROUP_ID", "test_group_id"}};
  process.memory_bytes_max = kMemoryBytesMax;
  if (project.kind == ProjectKind::Python) {
    TRY(run_by_python(process, python, environment));
    return process;
  }
  if (!python.empty()) {
    return Error{ErrorCode::InvalidConfig,
                 "--python is for projects in Python: " + project.connector.string()};
  }
  process.description = "connector: " + project.connector.string();
  process.command = project.kind == ProjectKind::Program
                        ? std::vector<std::string>{project.connector.string()}
                        : connector_host_command(project.connector);
  return process;
}

std::span<const std::string_view> secret_words() { return kSecretWords; }

Result<Value> project_configuration(const fs::path& project, const std::string& named,
                                    const EnvironmentLookup& environment, Redactor& redactor) {
  const SettingPlaces places =
      places_of(named, "FIVETRAN_CONFIGURATION", environment, project / "configuration.json");
  const std::optional<FoundSetting> found = TRY(find_setting(places));
  if (!found) {
    return Value(Map());
  }
  Value configuration = TRY(parse_configuration(found->text, found->origin));
  return prepared_configuration(std::move(configuration), found->origin, environment, redactor);
}

Result<Value> prepared_configuration(Value configuration, const std::string& origin,
                                     const EnvironmentLookup& environment, Redactor& redactor) {
  TRY(check_configuration(configuration, origin));
  const Value written = configuration;
  TRY(decrypt_configuration(configuration,
                            fs::path(environment("HOME").value_or("")) / kEncryptionKey));
  for (const auto& [name, value] : configuration.as_map()->members()) {
    if (sounds_secret(name) || is_encrypted_setting(*written.find(name)->as_string())) {
      redactor.add(Secret(*value.as_string()));
    }
  }
  return configuration;
}

Result<Value> project_state(const fs::path& project, const std::string& named,
                            const EnvironmentLookup& environment) {
  const SettingPlaces places =
      places_of(named, "FIVETRAN_STATE", environment, ProjectFiles(project).state);
  const std::optional<FoundSetting> found = TRY(find_setting(places));
  return found ? parse_project_state(found->text, found->origin) : Value(Map());
}

}  // namespace tendril
