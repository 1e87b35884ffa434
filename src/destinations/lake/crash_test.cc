// What readers of a lake see after the process was killed at each step of a commit, was stopped
// while another took over, or had no disk left.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "core/fault_point.h"
#include "core/random.h"
#include "destinations/lake/lake_fixture_test.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;

constexpr int kRowsPerCommit = 50;
constexpr int kCommits = 4;

// Runs `body` in a process of its own, which a fault may end. Returns its wait status.
int in_child(const std::function<int()>& body) {
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    _exit(body());
  }
  int status = 0;
  CHECK(waitpid(pid, &status, 0) == pid);
  return status;
}

Batch rows_from(const char* table, std::int64_t first, bool merged) {
  BatchBuilder builder(keyed_table(table));
  for (std::int64_t n = first; n < first + kRowsPerCommit; ++n) {
    builder.cell("id").append_int(merged ? n % 70 : n);
    builder.cell("value").append_string(std::to_string(n));
    builder.end_row();
  }
  return builder.take().value();
}

std::int64_t next_row(Destination& destination) {
  const auto state = destination.load_state();
  CHECK(state.ok());
  return state->empty() ? 0 : std::stoll(state->front().json);
}

// One run to the end, from wherever the last one got; a load that replaces a table among it.
int run_to_end(const LakeFixture& fixture, LakeFormat format, std::string_view fault) {
  const auto destination = fixture.spec().make(fixture.lake().string()).value();
  if (!destination->open("c").ok()) {
    return 1;
  }
  const bool merges = format == LakeFormat::Parquet;
  std::int64_t next = next_row(*destination);
  if (!destination->prepare({keyed_table("appended")}).ok() ||
      (merges && !destination->prepare({keyed_table("merged"), WriteMode::Merge}).ok()) ||
      !destination
           ->prepare(
               {.schema = plain_table("replaced"), .mode = WriteMode::Replace, .resume = next > 0})
           .ok() ||
      !arm_fault(fault).ok()) {
    return 2;
  }
  for (; next < kCommits * kRowsPerCommit; next += kRowsPerCommit) {
    Checkpoint checkpoint{.entries = {{"s", "", std::to_string(next + kRowsPerCommit)}}};
    if (next + kRowsPerCommit >= kCommits * kRowsPerCommit) {
      checkpoint.completed_tables = {"replaced"};
    }
    if (!destination->write(rows_from("appended", next, false)).ok() ||
        (merges && !destination->write(rows_from("merged", next, true)).ok()) ||
        !destination->write(rows_from("replaced", next, false)).ok() ||
        !destination->commit(checkpoint).ok()) {
      return 3;
    }
  }
  return 0;
}

class LakeCrash : public ::testing::TestWithParam<FaultPoint> {};

// Rows and state of the same commit, whichever it was, and both ways of reading agree.
void expect_consistent(LakeFixture& fixture) {
  const auto destination = fixture.destination();
  ASSERT_THAT(destination->open("c"), IsOk());  // Rolls forward.
  const std::int64_t next = next_row(*destination);
  const auto appended = fixture.look("appended");
  EXPECT_EQ(appended.has_value() ? static_cast<std::int64_t>(appended->size()) : 0, next);
  const auto merged = fixture.look("merged");
  if (merged) {
    EXPECT_EQ(static_cast<std::int64_t>(merged->size()), std::min<std::int64_t>(next, 70));
  }
  const auto replaced = fixture.look("replaced");
  const bool complete = next >= kCommits * kRowsPerCommit;
  EXPECT_EQ(replaced.has_value() ? static_cast<std::int64_t>(replaced->size()) : 0,
            complete ? next : 0);
}

TEST_P(LakeCrash, LosesNothingAndRepeatsNothing) {
  for (const LakeFormat format : {LakeFormat::Parquet, LakeFormat::Csv}) {
    LakeFixture fixture(format);
    std::string name;
    for (const FaultPointName& each : fault_points()) {
      name = each.point == GetParam() ? std::string(each.name) : name;
    }
    int kills = 0;
    for (int pass = 1; pass <= 6; ++pass) {
      const std::string fault = fmt::format("{}:{}:kill", name, pass);
      const int status = in_child([&] { return run_to_end(fixture, format, fault); });
      kills += WIFSIGNALED(status) ? 1 : 0;
      ASSERT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
      expect_consistent(fixture);
    }
    ASSERT_EQ(in_child([&] { return run_to_end(fixture, format, ""); }), 0);
    expect_consistent(fixture);

    EXPECT_GT(kills, 0);
    EXPECT_EQ(fixture.look("replaced")->size(), kCommits * kRowsPerCommit);
    std::vector<std::filesystem::path> left;
    for (const auto& file :
         std::filesystem::recursive_directory_iterator(fixture.lake() / "_tendril" / "staging")) {
      left.push_back(file.path());
    }
    EXPECT_THAT(left, ::testing::IsEmpty());
  }
}

INSTANTIATE_TEST_SUITE_P(Points, LakeCrash,
                         ::testing::Values(FaultPoint::FileWritten, FaultPoint::FileSynced,
                                           FaultPoint::FileRenamed, FaultPoint::RowsApplied,
                                           FaultPoint::StateApplied, FaultPoint::CommitPointPassed,
                                           FaultPoint::TableSwapped),
                         [](const auto& test) {
                           return "Point" + std::to_string(static_cast<int>(test.param));
                         });

// Readers by the manifests see the commit before the files are in place, and readers by a glob see
// it after the next run has begun.
TEST(LakeCrashReading, ManifestsTellOfACommitWhoseFilesAreNotInPlaceYet) {
  LakeFixture fixture(LakeFormat::Parquet);
  const int status = in_child(
      [&] { return run_to_end(fixture, LakeFormat::Parquet, "commit-point-passed:1:kill"); });
  ASSERT_TRUE(WIFSIGNALED(status));

  EXPECT_EQ(fixture.by_manifest("appended", {"id"}).size(), kRowsPerCommit);
  ASSERT_THAT(fixture.destination()->open("c"), IsOk());
  EXPECT_EQ(fixture.by_glob("appended", {"id"}).size(), kRowsPerCommit);
}

// A run that was stopped just before its manifest wakes after another has taken over and committed.
class LakeZombie : public ::testing::TestWithParam<const char*> {};

TEST_P(LakeZombie, CanNotCommit) {
  LakeFixture fixture(LakeFormat::Parquet);
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    const auto destination = fixture.spec().make(fixture.lake().string()).value();
    if (!destination->open("c").ok() || !destination->prepare({keyed_table("appended")}).ok() ||
        !destination->write(rows_from("appended", 0, false)).ok() || !arm_fault(GetParam()).ok()) {
      _exit(1);
    }
    const auto committed = destination->commit({.entries = {{"s", "", "zombie"}}});
    _exit(committed.ok() ? 2 : committed.error().code == ErrorCode::Cancelled ? 42 : 3);
  }
  int status = 0;
  ASSERT_EQ(waitpid(pid, &status, WUNTRACED), pid);
  ASSERT_TRUE(WIFSTOPPED(status));
  // So many commits that the chain is shortened beyond the number that the zombie is about to make.
  const auto destination = fixture.destination();
  ASSERT_THAT(destination->open("c"), IsOk());
  ASSERT_THAT(destination->prepare({keyed_table("appended")}), IsOk());
  ASSERT_THAT(destination->write(rows_from("appended", 0, false)), IsOk());
  for (int commit = 0; commit < 150; ++commit) {
    ASSERT_THAT(destination->commit({.entries = {{"s", "", std::to_string(commit)}}}), IsOk());
  }

  ASSERT_EQ(kill(pid, SIGCONT), 0);
  ASSERT_EQ(waitpid(pid, &status, 0), pid);

  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 42);
  ASSERT_THAT(destination->commit({.entries = {{"s", "", "last"}}}), IsOk());
  EXPECT_EQ(fixture.look("appended")->size(), kRowsPerCommit);
  EXPECT_THAT(fixture.destination()->open("c"), IsOk());
  EXPECT_EQ(fixture.look("appended")->size(), kRowsPerCommit);
}

INSTANTIATE_TEST_SUITE_P(Points, LakeZombie,
                         ::testing::Values("rows-applied:1:stop", "file-written:1:stop",
                                           "file-synced:1:stop", "state-applied:1:stop"),
                         [](const auto& test) { return "Point" + std::to_string(test.index); });

TEST(LakeFaults, KeepsTheLastCommitWhenTheDiskIsFull) {
  LakeFixture fixture(LakeFormat::Parquet);
  ASSERT_EQ(in_child([&] { return run_to_end(fixture, LakeFormat::Parquet, ""); }), 0);
  const int status = in_child([&] {
    // Files may not grow beyond this, which is what a full disk looks like to a program.
    const rlimit limit{.rlim_cur = 200'000, .rlim_max = 200'000};
    if (std::signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) != 0) {
      return 1;
    }
    const auto destination = fixture.spec().make(fixture.lake().string()).value();
    if (!destination->open("c").ok() || !destination->prepare({plain_table("noise")}).ok()) {
      return 2;
    }
    Random random(7);
    BatchBuilder builder(plain_table("noise"));
    for (int row = 0; row < 5'000; ++row) {
      std::string noise(200, ' ');
      for (char& c : noise) {
        c = static_cast<char>('!' + random.below(90));
      }
      builder.cell("value").append_string(noise);
      builder.end_row();
    }
    const Status written = destination->write(builder.take().value());
    const auto committed = destination->commit({});
    const Error error =
        written.ok() ? (committed.ok() ? Error() : committed.error()) : written.error();
    return error.code == ErrorCode::System ? 42 : 3;
  });

  EXPECT_EQ(WEXITSTATUS(status), 42);
  expect_consistent(fixture);
  EXPECT_EQ(fixture.look("noise"), std::nullopt);
}

TEST(LakeFaults, SaysWhatIsWrongWithTheFolder) {
  TemporaryFolder folder;
  const DestinationSpec spec = lake_destination(LakeFormat::Parquet);
  const auto open = [&](const std::filesystem::path& path) {
    return spec.make(path.string()).value()->open("c");
  };

  EXPECT_THAT(open(folder / "missing" / "lake"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("folder is missing")));
  std::ofstream(folder / "file") << "x";
  EXPECT_THAT(open(folder / "file"), IsError(ErrorCode::System, HasSubstr("file")));
  std::ofstream(folder / "other").close();
  EXPECT_THAT(open(folder / "other" / "lake"), IsError(ErrorCode::InvalidConfig));
}

TEST(LakeFaults, NoticesADataFileThatIsMissingOrDamaged) {
  LakeFixture fixture(LakeFormat::Parquet);
  ASSERT_EQ(in_child([&] { return run_to_end(fixture, LakeFormat::Parquet, ""); }), 0);
  std::filesystem::path victim;
  for (const auto& file : std::filesystem::directory_iterator(fixture.lake() / "merged")) {
    victim = file.path();
  }
  {
    std::fstream file(victim, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(30);
    file.put('\x7f').put('\x01');
  }
  {
    const auto destination = fixture.destination();
    ASSERT_THAT(destination->open("c"), IsOk());
    ASSERT_THAT(destination->prepare({keyed_table("merged"), WriteMode::Merge}), IsOk());
    ASSERT_THAT(destination->write(rows_from("merged", 0, true)), IsOk());
    EXPECT_THAT(destination->commit({}), IsError(ErrorCode::System));
  }

  std::filesystem::remove(victim);

  EXPECT_THAT(fixture.destination()->open("c"),
              IsError(ErrorCode::System, HasSubstr("data file is missing")));
}

TEST(LakeFaults, LetsTwoRunsOfOtherConnectionsGoOnSideBySide) {
  LakeFixture fixture(LakeFormat::Parquet);
  const auto one = fixture.destination();
  const auto two = fixture.destination();
  ASSERT_THAT(one->open("one"), IsOk());
  ASSERT_THAT(two->open("two"), IsOk());
  ASSERT_THAT(one->prepare({keyed_table("a")}), IsOk());
  ASSERT_THAT(two->prepare({keyed_table("b")}), IsOk());
  for (int commit = 0; commit < 3; ++commit) {
    ASSERT_THAT(one->write(rows_from("a", commit * kRowsPerCommit, false)), IsOk());
    ASSERT_THAT(two->write(rows_from("b", commit * kRowsPerCommit, false)), IsOk());
    ASSERT_THAT(one->commit({}), IsOk());
    ASSERT_THAT(two->commit({}), IsOk());
  }

  EXPECT_THAT(one->prepare({keyed_table("b")}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("belongs to connection two")));
  EXPECT_EQ(fixture.look("a")->size(), 3 * kRowsPerCommit);
  EXPECT_EQ(fixture.look("b")->size(), 3 * kRowsPerCommit);
}

}  // namespace
}  // namespace tendril
