// Finds the manifests that a user means by a path.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"

namespace tendril {

// `path` is a manifest, a connector's folder, which holds a manifest.yaml, or a folder of those.
// Sorted by name. Errors: InvalidConfig when there is none.
Result<std::vector<std::filesystem::path>> manifests_at(const std::filesystem::path& path);

}  // namespace tendril
