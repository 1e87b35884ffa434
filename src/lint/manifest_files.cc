#include "lint/manifest_files.h"

#include <algorithm>
#include <system_error>

namespace tendril {
namespace {

namespace fs = std::filesystem;

constexpr const char* kManifest = "manifest.yaml";

bool is_file(const fs::path& path) {
  std::error_code failure;
  return fs::is_regular_file(path, failure);
}

}  // namespace

Result<std::vector<fs::path>> manifests_at(const fs::path& path) {
  std::error_code failure;
  if (!fs::exists(path, failure)) {
    return Error{ErrorCode::InvalidConfig, "file does not exist: " + path.string()};
  }
  if (!fs::is_directory(path, failure)) {
    return std::vector<fs::path>{path};
  }
  if (is_file(path / kManifest)) {
    return std::vector<fs::path>{path / kManifest};
  }
  std::vector<fs::path> found;
  fs::directory_iterator entry(path, failure);
  for (const fs::directory_iterator end; !failure && entry != end; entry.increment(failure)) {
    if (is_file(entry->path() / kManifest)) {
      found.push_back(entry->path() / kManifest);
    }
  }
  if (failure) {
    return Error{ErrorCode::InvalidConfig,
                 "can not read the folder: " + path.string() + ": " + failure.message()};
  }
  if (found.empty()) {
    return Error{ErrorCode::InvalidConfig, "folder holds no manifest.yaml: " + path.string()};
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace tendril
