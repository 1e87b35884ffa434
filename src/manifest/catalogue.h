// Catalogue: the connectors of a folder. A connector is one folder with a manifest in it; its
// name, title, summary and configuration all come from there, so that adding one needs nothing
// else.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connector/registry.h"
#include "core/result.h"
#include "manifest/manifest_document.h"

namespace tendril {

// A folder as found; nothing in it was read yet.
struct ConnectorFolder {
  std::string name;  // The folder's: "github".
  std::filesystem::path path;
  std::filesystem::path manifest;
  std::optional<std::filesystem::path> icon;     // icon.svg
  std::optional<std::filesystem::path> sandbox;  // sandbox.yaml
};

// Returns the folders in `directory` that hold a manifest.yaml, by name.
// Errors: NotFound when there is no such directory; System when it can not be read; InvalidConfig
//   when a folder's name is not made of lower-case words joined by "-".
Result<std::vector<ConnectorFolder>> find_connector_folders(const std::filesystem::path& directory);

// One folder, by its own path. Errors: as above; NotFound also without a manifest.
Result<ConnectorFolder> open_connector_folder(const std::filesystem::path& path);

// Makes the source of a loaded manifest, and checks `config` on the way; as manifest_source() does
// once it is given what it needs from outside.
using ManifestSourceFactory = std::function<Result<std::unique_ptr<Source>>(
    ManifestDocument document, const Value& config, ConfigSaver save)>;

// Loads the manifest of a folder and describes the connector by it. Errors: as load_manifest().
Result<SourceSpec> load_connector(const ConnectorFolder& folder, ManifestSourceFactory factory);

// The title and the one-line summary that lists show.
std::string connector_title(const ManifestDocument& document, std::string_view name);
std::string connector_summary(const ManifestDocument& document);

}  // namespace tendril
