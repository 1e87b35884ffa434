#include "cli/project_source_opening.h"

#include <string>
#include <utility>

#include "bridges/fivetran/project_source.h"
#include "cli/project_opening.h"

namespace tendril {
namespace {

constexpr std::string_view kPython = "python:";
constexpr std::string_view kCpp = "cpp:";
constexpr std::string_view kNamingOption = "naming=";

enum class ProjectLanguage { Python, Cpp };

// What stands behind the prefix.
struct ProjectPlace {
  std::string path;
  ProjectNaming naming = ProjectNaming::Fivetran;
};

Result<ProjectPlace> parse_place(std::string_view text) {
  const std::size_t question = text.find('?');
  ProjectPlace place{.path = std::string(text.substr(0, question))};
  if (place.path.empty()) {
    return Error{ErrorCode::InvalidConfig,
                 "source names no project, write python:DIR, or cpp:FILE of one that was built"};
  }
  if (question == std::string_view::npos) {
    return place;
  }
  const std::string_view option = text.substr(question + 1);
  if (!option.starts_with(kNamingOption)) {
    return Error{
        ErrorCode::InvalidConfig,
        "option of a project must be naming=FIVETRAN or naming=SOURCE: " + std::string(option)};
  }
  place.naming = TRY(parse_naming(option.substr(kNamingOption.size())));
  return place;
}

// All values are texts, whatever they look like.
Status apply_texts(Value& configuration, const SourceArguments& arguments) {
  for (const std::string& setting : arguments.settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{ErrorCode::InvalidConfig,
                   "setting is not of the form key=value: " + setting.substr(0, equals)};
    }
    configuration.as_map()->set(setting.substr(0, equals), Value(setting.substr(equals + 1)));
  }
  return {};
}

Result<Value> configuration_of(const ProjectProcess& process, const SourceArguments& arguments,
                               Redactor& redactor) {
  const EnvironmentLookup environment = process_environment();
  Value configuration;
  if (arguments.config_file.empty()) {
    configuration = TRY(project_configuration(process.project, "", environment, redactor));
  } else {
    configuration = TRY(read_config_file(arguments.config_file, environment));
  }
  TRY(apply_texts(configuration, arguments));
  return prepared_configuration(
      std::move(configuration),
      arguments.config_file.empty() ? process.project.string() : arguments.config_file, environment,
      redactor);
}

Result<FoundProject> find_source(const std::string& path, ProjectLanguage language) {
  FoundProject found = TRY(find_project(path));
  const bool is_python = found.kind == ProjectKind::Python;
  if (is_python != (language == ProjectLanguage::Python)) {
    return Error{ErrorCode::InvalidConfig,
                 is_python ? "a project in Python is written python:" + path
                           : "a connector that was built is written cpp:" + path};
  }
  return found;
}

}  // namespace

bool is_project_source(std::string_view source) {
  return source.starts_with(kPython) || source.starts_with(kCpp);
}

Result<OpenedSource> open_project_source(const SourceArguments& arguments, const SourceHost& host) {
  const std::string_view source = arguments.source;
  const auto language = source.starts_with(kCpp) ? ProjectLanguage::Cpp : ProjectLanguage::Python;
  const ProjectPlace place = TRY(parse_place(source.substr(source.find(':') + 1)));
  if (!host.global.origin_rewrites.empty()) {
    return Error{ErrorCode::Unsupported,
                 "--rewrite-origin does not reach the requests of a project's own process"};
  }
  ProjectSourceOptions options;
  const FoundProject found = TRY(find_source(place.path, language));
  options.process = TRY(project_process(found, "", process_environment()));
  options.configuration = TRY(configuration_of(options.process, arguments, host.redactor));
  options.naming = place.naming;
  options.uploads = ProjectFiles(options.process.project).uploads;
  const bool is_file = language == ProjectLanguage::Cpp;
  std::string name = (is_file ? found.connector.stem() : found.folder.filename()).string();
  return OpenedSource{std::move(name), nullptr, project_source(std::move(options), host.log)};
}

}  // namespace tendril
