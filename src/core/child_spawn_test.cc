#include "core/child_spawn.h"

#include <array>
#include <cstdlib>

#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::HasSubstr;

class ChildSpawn : public ::testing::Test {
 protected:
  // What the child writes to its descriptor 7, until it has ended.
  std::string said(const std::string& script,
                   const std::vector<std::pair<std::string, std::string>>& variables = {}) {
    ChildPipe pipe;
    EXPECT_TRUE(pipe.open());
    EXPECT_GT(pipe.read_end(), ChildPipe::kDescriptorMax);
    plan_.connect(pipe.write_end(), 7);
    const Result<pid_t> child = plan_.spawn({"sh", "-c", script}, variables);
    EXPECT_THAT(child, IsOk());
    ::close(pipe.take_write_end());
    std::string text;
    std::array<char, 256> bytes{};
    for (ssize_t count = 0; (count = ::read(pipe.read_end(), bytes.data(), bytes.size())) > 0;) {
      text.append(bytes.data(), static_cast<std::size_t>(count));
    }
    int status = 0;
    ::waitpid(*child, &status, 0);
    return text;
  }

  SpawnPlan plan_;
};

TEST_F(ChildSpawn, ConnectsDescriptors) { EXPECT_EQ(said("echo seven >&7"), "seven\n"); }

TEST_F(ChildSpawn, SetsVariablesBesideThoseThatAreThere) {
  ::setenv("TENDRIL_TEST_A", "old", 1);   // NOLINT(concurrency-mt-unsafe): one thread yet.
  ::setenv("TENDRIL_TEST_B", "kept", 1);  // NOLINT(concurrency-mt-unsafe)
  EXPECT_EQ(said("echo $TENDRIL_TEST_A $TENDRIL_TEST_B >&7", {{"TENDRIL_TEST_A", "new"}}),
            "new kept\n");
}

TEST_F(ChildSpawn, WorksInAFolder) {
  plan_.work_in("/");
  EXPECT_EQ(said("pwd >&7"), "/\n");
}

TEST_F(ChildSpawn, GivesNoInput) { EXPECT_EQ(said("cat >&7; echo done >&7"), "done\n"); }

TEST_F(ChildSpawn, NamesAProgramThatIsNotThere) {
  EXPECT_THAT(plan_.spawn({"/no/such/program"}, {}),
              IsError(ErrorCode::NotFound, HasSubstr("/no/such/program")));
}

TEST_F(ChildSpawn, EndsAGroup) {
  const Result<pid_t> child = plan_.spawn({"sleep", "600"}, {});
  ASSERT_THAT(child, IsOk());
  EXPECT_FALSE(has_child_ended(*child));

  const int status = kill_group(*child);

  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_FALSE(has_child_ended(*child));  // Nobody has that number any more.
}

}  // namespace
}  // namespace tendril
