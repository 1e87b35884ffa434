#include "cli/project_opening.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "bridges/fivetran/encrypted_setting.h"
#include "bridges/fivetran/project_settings.h"
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

// The file of the option, else that of the variable.
SettingPlaces places_of(const std::string& named, const std::string& variable,
                        const EnvironmentLookup& environment, fs::path file) {
  const std::string path = named.empty() ? environment(variable).value_or(std::string()) : named;
  return {.option_file = path, .file = std::move(file)};
}

}  // namespace

bool sounds_secret(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : static_cast<char>(c);
  });
  return std::any_of(kSecretWords.begin(), kSecretWords.end(),
                     [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

ProjectFiles::ProjectFiles(const fs::path& project)
    : folder(project / "files"),
      warehouse(folder / "warehouse.db"),
      state(folder / "state.json"),
      uploads(folder / "uploads") {}

Result<fs::path> find_project(const std::string& folder) {
  std::error_code failure;
  const fs::path project = fs::canonical(folder.empty() ? "." : folder, failure);
  if (failure || !fs::is_directory(project, failure)) {
    return Error{ErrorCode::InvalidConfig, "folder of the project does not exist: " + folder};
  }
  if (!is_there(project / "connector.py")) {
    return Error{ErrorCode::InvalidConfig, "connector.py not found in " + project.string()};
  }
  return project;
}

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

Result<fs::path> find_kit(const EnvironmentLookup& environment) {
  const fs::path here = program_folder();
  const std::optional<std::string> named = environment("TENDRIL_PYTHON_PACKAGE");
  for (const fs::path& folder :
       {fs::path(named.value_or("")), here / "python", here.parent_path() / "lib/tendril/python"}) {
    if (!folder.empty() && is_there(folder / "fivetran_connector_sdk" / "_native.abi3.so")) {
      return folder;
    }
  }
  return Error{ErrorCode::System,
               "package fivetran_connector_sdk is missing beside the program, install it again: " +
                   (here / "python").string()};
}

Result<ProjectProcess> project_process(const std::string& folder, const std::string& python,
                                       const EnvironmentLookup& environment) {
  ProjectProcess process;
  process.project = TRY(find_project(folder));
  process.python = choose_python(process.project, python);
  process.package = TRY(find_kit(environment));
  process.environment = {{"FIVETRAN_CONNECTION_ID", "test_connection_id"},
                         {"FIVETRAN_CONNECTION_NAME", "test_connection_name"},
                         {"FIVETRAN_DEPLOYMENT_MODEL", "local_debug"},
                         {"FIVETRAN_GROUP_ID", "test_group_id"}};
  process.memory_bytes_max = kMemoryBytesMax;
  return process;
}

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
