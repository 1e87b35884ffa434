// ConnectorSearch: finds the catalogue (the folder that holds a folder for each connector) and the
// files that SOURCE arguments stand for.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace tendril {

// Threads: immutable.
class ConnectorSearch {
 public:
  // Where to look; the first that is given or exists counts.
  struct Places {
    std::string option;       // --catalogue
    std::string environment;  // TENDRIL_CATALOGUE
    // Of the program; its ../share/tendril/connectors, else connectors/ in it or above it.
    std::filesystem::path program_folder;
  };

  // Errors: InvalidConfig when a folder that was named does not exist.
  static Result<ConnectorSearch> find(const Places& places);

  // "" when no folder was found: then only manifest files can be run.
  const std::filesystem::path& folder() const { return folder_; }

  // The connectors that have a manifest, by name.
  std::vector<std::string> names() const;

  // The names of those that have a sandbox.
  std::vector<std::string> sandbox_names() const;

  // Returns the manifest of SOURCE: a connector's name, its folder, or the manifest itself.
  // Errors: InvalidConfig when there is none, with the name that was probably meant;
  //   Unsupported for kinds of sources that can not be run yet.
  Result<std::filesystem::path> manifest_of(std::string_view source) const;

  // Returns the sandbox file of a connector's name, its folder, or the file itself. Errors: as
  // above.
  Result<std::filesystem::path> sandbox_of(std::string_view source) const;

 private:
  explicit ConnectorSearch(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<std::filesystem::path> file_of(std::string_view source, std::string_view file_name) const;
  std::vector<std::string> names_with(std::string_view file_name) const;

  std::filesystem::path folder_;
};

// "github" for …/github/manifest.yaml, "shop" for shop.yaml: lower-case words joined by "-".
std::string connector_name(const std::filesystem::path& manifest);

// The folder that this program was started from.
std::filesystem::path program_folder();

}  // namespace tendril
