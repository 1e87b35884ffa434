#include "cli/connector_search.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <system_error>

#include "core/near_miss.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifest = "manifest.yaml";
constexpr std::string_view kSandbox = "sandbox.yaml";

// Prefixes of sources that are planned; "airbyte:COMMAND", "postgres://…".
constexpr std::array<std::string_view, 11> kPlannedSchemes = {
    "airbyte",  "fivetran", "kafka", "mongodb", "mysql",     "odbc",
    "postgres", "redis",    "s3",    "singer",  "postgresql"};

bool is_there(const fs::path& path) {
  std::error_code failure;
  return fs::exists(path, failure);
}

bool is_folder(const fs::path& path) {
  std::error_code failure;
  return fs::is_directory(path, failure);
}

bool is_path(std::string_view source) {
  return source.find('/') != std::string_view::npos || source == "." || source == ".." ||
         source.ends_with(".yaml") || source.ends_with(".yml");
}

Status refuse_planned(std::string_view source) {
  const std::size_t colon = source.find(':');
  if (colon == std::string_view::npos) {
    return {};
  }
  const std::string_view scheme = source.substr(0, colon);
  if (std::find(kPlannedSchemes.begin(), kPlannedSchemes.end(), scheme) != kPlannedSchemes.end()) {
    return Error{ErrorCode::Unsupported,
                 "sources of this kind are not supported yet: " + std::string(scheme) + ":"};
  }
  return {};
}

}  // namespace

Result<ConnectorSearch> ConnectorSearch::find(const Places& places) {
  for (const std::string& named : {places.option, places.environment}) {
    if (!named.empty() && !is_folder(named)) {
      return Error{ErrorCode::InvalidConfig, "catalogue folder does not exist: " + named};
    }
    if (!named.empty()) {
      return ConnectorSearch(named);
    }
  }
  const fs::path installed = places.program_folder.parent_path() / "share/tendril/connectors";
  if (is_folder(installed)) {
    return ConnectorSearch(installed);
  }
  for (fs::path folder = places.program_folder; folder.has_relative_path();
       folder = folder.parent_path()) {
    if (is_folder(folder / "connectors")) {
      return ConnectorSearch(folder / "connectors");
    }
  }
  return ConnectorSearch(fs::path());
}

std::vector<std::string> ConnectorSearch::names() const { return names_with(kManifest); }

std::vector<std::string> ConnectorSearch::sandbox_names() const { return names_with(kSandbox); }

std::vector<std::string> ConnectorSearch::names_with(std::string_view file_name) const {
  std::vector<std::string> names;
  std::error_code failure;
  for (fs::directory_iterator entry(folder_, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    if (is_there(entry->path() / file_name)) {
      names.push_back(entry->path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<fs::path> ConnectorSearch::manifest_of(std::string_view source) const {
  TRY(refuse_planned(source));
  return file_of(source, kManifest);
}

Result<fs::path> ConnectorSearch::sandbox_of(std::string_view source) const {
  return file_of(source, kSandbox);
}

Result<fs::path> ConnectorSearch::file_of(std::string_view source,
                                          std::string_view file_name) const {
  const std::string text(source);
  if (!is_path(source)) {
    const fs::path file = folder_ / source / file_name;
    if (!folder_.empty() && is_there(file)) {
      return file;
    }
    if (!is_there(text)) {
      const std::string meant = did_you_mean(source, names_with(file_name));
      const std::string kind = file_name == kSandbox ? "sandbox" : "connector";
      const std::string where =
          folder_.empty() ? " (no catalogue was found: name it by --catalogue)" : "";
      return Error{ErrorCode::InvalidConfig, kind + " is unknown: " + text + meant + where};
    }
  }
  const fs::path file = is_folder(text) ? fs::path(text) / file_name : fs::path(text);
  if (!is_there(file)) {
    return Error{ErrorCode::InvalidConfig, "file does not exist: " + file.string()};
  }
  return file;
}

std::string connector_name(const fs::path& manifest) {
  std::error_code failure;
  const fs::path whole = fs::weakly_canonical(manifest, failure);
  const fs::path named =
      whole.filename() == kManifest ? whole.parent_path().filename() : whole.stem();
  std::string name;
  for (const char c : named.string()) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = byte < 0x80 && std::isalnum(byte) != 0;
    if (is_plain) {
      name += static_cast<char>(std::tolower(byte));
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  while (name.ends_with('-')) {
    name.pop_back();
  }
  return name.empty() ? "manifest" : name;
}

fs::path program_folder() {
  std::error_code failure;
  return fs::read_symlink("/proc/self/exe", failure).parent_path();
}

}  // namespace tendril
