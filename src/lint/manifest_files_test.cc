#include "lint/manifest_files.h"

#include <fstream>

#include <gmock/gmock.h>

#include "testing/temporary_folder.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

fs::path write_manifest(const fs::path& folder) {
  fs::create_directories(folder);
  std::ofstream(folder / "manifest.yaml") << "version: 1.0.0\n";
  return folder / "manifest.yaml";
}

TEST(ManifestFiles, AreFilesFoldersAndFoldersOfThose) {
  const TemporaryFolder folder;
  const fs::path b = write_manifest(folder / "b");
  const fs::path a = write_manifest(folder / "a");
  fs::create_directories(folder / "empty");

  EXPECT_THAT(manifests_at(a).value(), ElementsAre(a));
  EXPECT_THAT(manifests_at(folder / "b").value(), ElementsAre(b));
  EXPECT_THAT(manifests_at(folder.path()).value(), ElementsAre(a, b));
}

TEST(ManifestFiles, AreMissedByName) {
  const TemporaryFolder folder;

  EXPECT_THAT(manifests_at(folder / "no").error().message, HasSubstr("file does not exist: "));
  EXPECT_THAT(manifests_at(folder.path()).error().message,
              HasSubstr("folder holds no manifest.yaml: "));
}

}  // namespace
}  // namespace tendril
