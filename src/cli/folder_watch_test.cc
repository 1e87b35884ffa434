#include "cli/folder_watch.h"

#include <fstream>

#include <gmock/gmock.h>

#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FolderWatchTest : public ::testing::Test {
 protected:
  FolderWatchTest() {
    fs::create_directories(folder_ / "inner");
    fs::create_directories(folder_ / "hidden");
    watch_ = FolderWatch::open(
                 folder_.path(),
                 {.counts = [](const std::string& name) { return name.ends_with(".py"); },
                  .enters = [](const fs::path& folder) { return folder.filename() != "hidden"; },
                  .quiet = std::chrono::milliseconds(20)})
                 .value();
  }

  void save(const fs::path& name) const { std::ofstream(folder_ / name) << "x"; }

  const TemporaryFolder folder_;
  std::unique_ptr<FolderWatch> watch_;
};

TEST_F(FolderWatchTest, TellsOfFilesThatCount) {
  save("notes.txt");
  save("hidden/secret.py");
  save("inner/deep.py");
  save("connector.py");

  EXPECT_THAT(watch_->wait({}).value(), ElementsAre("connector.py", "inner/deep.py"));
}

TEST_F(FolderWatchTest, TellsOfFilesThatAnEditorMovesInPlace) {
  save("connector.py~");
  fs::rename(folder_ / "connector.py~", folder_ / "connector.py");

  EXPECT_THAT(watch_->wait({}).value(), ElementsAre("connector.py"));
}

TEST_F(FolderWatchTest, EntersNewFolders) {
  fs::create_directories(folder_ / "young");
  save("one.py");
  ASSERT_THAT(watch_->wait({}).value(), ElementsAre("one.py"));
  save("young/two.py");

  EXPECT_THAT(watch_->wait({}).value(), ElementsAre("young/two.py"));
}

TEST_F(FolderWatchTest, EndsWhenToldTo) {
  std::stop_source stop;
  stop.request_stop();

  EXPECT_THAT(watch_->wait(stop.get_token()).value(), IsEmpty());
}

}  // namespace
}  // namespace tendril
