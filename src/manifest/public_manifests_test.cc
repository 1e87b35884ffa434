// Runs the loader over every public manifest of ../shared/manifests, where that folder exists.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>
#include <sstream>

#include <gtest/gtest.h>

#include "manifest/components.h"
#include "manifest/manifest_document.h"

namespace tendril {
namespace {

const std::filesystem::path kManifests = TENDRIL_SOURCE_DIR "/../shared/manifests";

std::vector<std::filesystem::path> public_manifests() {
  std::vector<std::filesystem::path> found;
  if (std::filesystem::is_directory(kManifests)) {
    for (const auto& entry : std::filesystem::directory_iterator(kManifests)) {
      if (std::filesystem::exists(entry.path() / "manifest.yaml")) {
        found.push_back(entry.path() / "manifest.yaml");
      }
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(PublicManifests, AllParseAndResolve) {
  const std::vector<std::filesystem::path> manifests = public_manifests();
  if (manifests.empty()) {
    GTEST_SKIP() << "there are no public manifests at " << kManifests;
  }

  for (const std::filesystem::path& path : manifests) {
    const Result<Node> root = resolve_manifest(text_of(path), path.string());

    ASSERT_TRUE(root.ok()) << root.error().message;
    EXPECT_EQ(root->type(), "DeclarativeSource") << path;
  }
}

TEST(PublicManifests, LoadOrAreRefusedByNameAndLine) {
  const std::vector<std::filesystem::path> manifests = public_manifests();
  if (manifests.empty()) {
    GTEST_SKIP() << "there are no public manifests at " << kManifests;
  }
  const std::regex named(R"(.*manifest\.yaml:\d+:\d+: .*[A-Z][A-Za-z]+.*)");
  std::size_t loaded = 0;
  std::map<std::string, int> reasons;

  for (const std::filesystem::path& path : manifests) {
    const Result<ManifestDocument> document = load_manifest(path);
    if (document.ok()) {
      ++loaded;
      continue;
    }
    const std::string& message = document.error().message;
    EXPECT_TRUE(std::regex_match(message, named)) << message;
    const std::string short_path = message.substr(kManifests.string().size() + 1);
    if (document.error().code != ErrorCode::Unsupported) {
      std::cout << short_path << "\n";
    }
    const Node root = resolve_manifest(text_of(path), "manifest.yaml").value();
    for (const Error& fault : check_components(root).faults) {
      reasons[fault.message.substr(fault.message.rfind(": ") + 2)]++;
    }
  }

  std::cout << loaded << " of " << manifests.size() << " public manifests load\n";
  for (const auto& [reason, count] : reasons) {
    std::cout << "  " << count << " " << reason << "\n";
  }
}

}  // namespace
}  // namespace tendril
