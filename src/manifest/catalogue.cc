#include "manifest/catalogue.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace tendril {
namespace {

constexpr std::string_view kManifestFile = "manifest.yaml";
constexpr std::size_t kSummaryBytesMax = 160;

// Lower-case words joined by single "-": what the registry takes and a command line is typed with.
bool is_connector_name(std::string_view name) {
  bool after_separator = true;
  for (const char c : name) {
    const bool is_alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!is_alphanumeric && (c != '-' || after_separator)) {
      return false;
    }
    after_separator = !is_alphanumeric;
  }
  return !after_separator;
}

bool is_file(const std::filesystem::path& path) {
  std::error_code fault;
  return std::filesystem::is_regular_file(path, fault);
}

std::optional<std::filesystem::path> file_in(const std::filesystem::path& folder,
                                             std::string_view name) {
  std::filesystem::path path = folder / name;
  return is_file(path) ? std::optional(std::move(path)) : std::nullopt;
}

// White space of any length, line ends too, becomes one blank.
std::string in_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool is_space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!is_space) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  return line.ends_with(' ') ? line.substr(0, line.size() - 1) : line;
}

// The first sentence, cut at a word where it is too long.
std::string first_sentence(std::string_view text) {
  std::string line = in_one_line(text);
  if (const std::size_t end = line.find(". "); end != std::string::npos) {
    line.resize(end + 1);
  }
  if (line.size() > kSummaryBytesMax) {
    const std::size_t blank = line.rfind(' ', kSummaryBytesMax - 3);
    line.resize(blank == std::string::npos ? 0 : blank);
    line += "...";
  }
  return line;
}

// "time-off" becomes "Time Off".
std::string spelt_out(std::string_view name) {
  std::string title;
  bool at_start = true;
  for (const char c : name) {
    title += c == '-'                           ? ' '
             : at_start && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A')
                                                : c;
    at_start = c == '-';
  }
  return title;
}

}  // namespace

Result<ConnectorFolder> open_connector_folder(const std::filesystem::path& path) {
  std::filesystem::path folder = path.lexically_normal();
  if (!folder.has_filename()) {
    folder = folder.parent_path();  // "connectors/github/"
  }
  std::string name = folder.filename().string();
  if (!is_file(folder / kManifestFile)) {
    return Error{ErrorCode::NotFound, "there is no manifest.yaml in: " + folder.string()};
  }
  if (!is_connector_name(name)) {
    return Error{ErrorCode::InvalidConfig,
                 "the name of a connector folder must be lower-case words joined by \"-\": " +
                     folder.string()};
  }
  return ConnectorFolder{std::move(name), folder, folder / kManifestFile,
                         file_in(folder, "icon.svg"), file_in(folder, "sandbox.yaml")};
}

Result<std::vector<ConnectorFolder>> find_connector_folders(
    const std::filesystem::path& directory) {
  std::error_code fault;
  if (!std::filesystem::is_directory(directory, fault)) {
    return Error{ErrorCode::NotFound, "there is no connector directory: " + directory.string()};
  }
  std::vector<ConnectorFolder> folders;
  std::filesystem::directory_iterator entry(directory, fault);
  for (; !fault && entry != std::filesystem::directory_iterator(); entry.increment(fault)) {
    if (is_file(entry->path() / kManifestFile)) {
      ConnectorFolder folder = TRY(open_connector_folder(entry->path()));
      folders.push_back(std::move(folder));
    }
  }
  if (fault) {
    return Error{ErrorCode::System, "can not read the connector directory: " + directory.string() +
                                        ": " + fault.message()};
  }
  std::sort(folders.begin(), folders.end(),
            [](const ConnectorFolder& a, const ConnectorFolder& b) { return a.name < b.name; });
  return folders;
}

Result<SourceSpec> load_connector(const ConnectorFolder& folder, ManifestSourceFactory factory) {
  ManifestDocument document = TRY(load_manifest(folder.manifest));
  SourceSpec spec;
  spec.name = folder.name;
  spec.title = connector_title(document, folder.name);
  spec.summary = connector_summary(document);
  spec.folder = folder.path.string();
  spec.config_schema = document.spec.schema();
  spec.make = [document = std::move(document), factory = std::move(factory)](const Value& config,
                                                                             ConfigSaver save) {
    return factory(document, config, std::move(save));
  };
  return spec;
}

std::string connector_title(const ManifestDocument& document, std::string_view name) {
  std::string title = in_one_line(document.title);
  for (const std::string_view ending : {" Source Spec", " Spec"}) {
    if (title.ends_with(ending)) {
      title.resize(title.size() - ending.size());
    }
  }
  return title.empty() ? spelt_out(name) : title;
}

std::string connector_summary(const ManifestDocument& document) {
  return first_sentence(document.description);
}

}  // namespace tendril
