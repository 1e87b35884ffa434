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

// What each message is about: the part behind the last ": ".
std::string reason_of(const Error& fault) {
  return fault.message.substr(fault.message.rfind(": ") + 2);
}

TEST(PublicManifests, ResolveAndThenLoadOrAreRefusedByNameAndLine) {
  const std::vector<std::filesystem::path> manifests = public_manifests();
  if (manifests.empty()) {
    GTEST_SKIP() << "there are no public manifests at " << kManifests;
  }
  const std::regex named(R"(manifest\.yaml:\d+:\d+: .*: .*[A-Z][A-Za-z]+.*)");
  std::size_t loaded = 0;
  std::map<std::string, int> reasons;

  for (const std::filesystem::path& path : manifests) {
    Result<Node> root = resolve_manifest(text_of(path), "manifest.yaml");
    ASSERT_TRUE(root.ok()) << path << root.error().message;
    EXPECT_EQ(root->type(), "DeclarativeSource") << path;
    if (const Node* spec = root->find("spec")) {
      EXPECT_TRUE(Spec::from(*spec).ok()) << path << Spec::from(*spec).error().message;
    }
    for (const Error& fault : check_components(*root).faults) {
      EXPECT_TRUE(std::regex_match(fault.message, named)) << path << fault.message;
      ++reasons[reason_of(fault)];
    }
    loaded += check_manifest(*std::move(root), "manifest.yaml").ok() ? 1 : 0;
  }

  std::cout << loaded << " of " << manifests.size() << " public manifests load\n";
  for (const auto& [reason, count] : reasons) {
    std::cout << "  " << count << " times refused: " << reason << "\n";
  }
  EXPECT_GT(loaded, manifests.size() * 3 / 4);
}

}  // namespace
}  // namespace tendril
