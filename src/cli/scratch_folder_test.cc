#include "cli/scratch_folder.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

TEST(ScratchFolder, GoesWithItsOwner) {
  const TemporaryFolder parent;
  std::filesystem::path path;
  {
    const auto scratch = ScratchFolder::make(parent.path()).value();
    path = scratch->path();
    std::ofstream(path / "file") << "x";
    EXPECT_TRUE(std::filesystem::exists(path / "file"));
  }

  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ScratchFolder, NamesAParentThatDoesNotExist) {
  EXPECT_THAT(ScratchFolder::make("/no/such/folder"),
              IsError(ErrorCode::System, ::testing::HasSubstr("/no/such/folder")));
}

TEST(CopySharing, CopiesAndReplaces) {
  const TemporaryFolder folder;
  std::ofstream(folder / "from") << "content";
  std::ofstream(folder / "to") << "something longer";

  ASSERT_THAT(copy_sharing(folder / "from", folder / "to"), IsOk());

  std::ifstream copy(folder / "to");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(copy), {}), "content");
}

}  // namespace
}  // namespace tendril
