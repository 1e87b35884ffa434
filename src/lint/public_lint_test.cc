// Lints every public manifest of ../shared/manifests, where that folder exists.
#include <algorithm>
#include <iostream>
#include <map>

#include <gtest/gtest.h>

#include "lint/manifest_files.h"
#include "lint/manifest_lint.h"
#include "manifest/manifest_document.h"

namespace tendril {
namespace {

const std::filesystem::path kManifests = TENDRIL_SOURCE_DIR "/../shared/manifests";

TEST(PublicLint, FindsNoErrorInWhatTheReferenceRuns) {
  if (!std::filesystem::is_directory(kManifests)) {
    GTEST_SKIP() << "there are no public manifests at " << kManifests;
  }
  std::map<std::string, int> counts;
  const std::vector<std::filesystem::path> manifests = manifests_at(kManifests).value();
  for (const std::filesystem::path& path : manifests) {
    const std::string name = path.parent_path().filename().string();
    for (const Finding& finding : lint_manifest(read_manifest(path).value(), name, {})) {
      ++counts[std::string(to_string(finding.severity)) + " " + std::string(finding.rule)];
    }
  }
  for (const auto& [what, count] : counts) {
    std::cout << "  " << count << " times " << what << "\n";
  }
}

}  // namespace
}  // namespace tendril
