// What is left in the file after the process was killed, the disk was full, or somebody else had
// it.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "core/random.h"
#include "destinations/duckdb/duckdb_fixture_test.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kRowsPerCommit = 500;

// A process that runs `body` and can tell its parent that it got somewhere.
class Child {
 public:
  explicit Child(const std::function<int(int report)>& body) {
    int ends[2] = {};
    CHECK(pipe(ends) == 0);
    pid_ = fork();
    CHECK(pid_ >= 0);
    if (pid_ == 0) {
      close(ends[0]);
      _exit(body(ends[1]));
    }
    close(ends[1]);
    reports_ = ends[0];
  }
  ~Child() {
    kill();
    close(reports_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Waits for a report. Returns false when the child has ended instead.
  bool wait_for_report() const {
    char byte = 0;
    return read(reports_, &byte, 1) == 1;
  }

  void kill() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      int ignored = 0;
      waitpid(pid_, &ignored, 0);
      pid_ = -1;
    }
  }

  // Waits for the child's end and returns its exit code, -1 when a signal ended it.
  int exit_code() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = -1;
  int reports_ = -1;
};

void report(int pipe) {
  const char byte = 1;
  CHECK(write(pipe, &byte, 1) == 1);
}

TableSchema table(const char* name) {
  TableSchema schema = keyed_table(name);
  schema.columns.push_back({"n", {TypeKind::Long}});
  return schema;
}

// Rows first, first + 1, ...; with keys that come again in later commits when `merged`.
Batch rows_from(const char* name, std::int64_t first, bool merged) {
  BatchBuilder builder(table(name));
  for (std::int64_t n = first; n < first + kRowsPerCommit; ++n) {
    builder.cell("id").append_int(merged ? n % 1'700 : n);
    builder.cell("value").append_string(std::string(200, static_cast<char>('a' + n % 26)));
    builder.cell("n").append_int(n);
    builder.end_row();
  }
  return builder.take().value();
}

std::int64_t next_row(Destination& destination) {
  const auto state = destination.load_state();
  CHECK(state.ok());
  return state->empty() ? 0 : std::stoll(state->front().json);
}

// Goes on from the last commit until it is killed.
int commit_for_ever(const std::filesystem::path& path, int reports) {
  const auto destination = duckdb_destination().make(path.string()).value();
  if (!destination->open("c").ok() ||
      !destination->prepare({table("appended"), WriteMode::Append}).ok() ||
      !destination->prepare({table("merged"), WriteMode::Merge}).ok()) {
    return 1;
  }
  for (std::int64_t next = next_row(*destination);; next += kRowsPerCommit) {
    if (!destination->write(rows_from("appended", next, false)).ok() ||
        !destination->write(rows_from("merged", next, true)).ok() ||
        !destination->commit({.entries = {{"s", "", std::to_string(next + kRowsPerCommit)}}})
             .ok()) {
      return 2;
    }
    report(reports);
  }
}

TEST(DuckdbCrash, LeavesRowsAndStateOfTheSameCommit) {
  DuckdbFixture fixture;
  Random random(20240102);
  std::int64_t before = -1;
  for (int round = 0; round < 6; ++round) {
    {
      Child child([&](int reports) { return commit_for_ever(fixture.file(), reports); });
      for (std::uint64_t commits = 1 + random.below(4); commits > 0; --commits) {
        ASSERT_TRUE(child.wait_for_report());
      }
      std::this_thread::sleep_for(std::chrono::microseconds(random.below(40'000)));
      child.kill();
    }
    std::int64_t next = 0;
    {
      const auto destination = fixture.destination();
      ASSERT_THAT(destination->open("look"), IsOk());
      const auto state = fixture.sql("SELECT state FROM warehouse.main._tendril_state");
      next = std::stoll(*state.at(0).at(0));
    }
    const std::string count = std::to_string(next);
    EXPECT_GT(next, before);
    EXPECT_THAT(fixture.sql("SELECT count(*), count(DISTINCT n), max(n) + 1 FROM "
                            "warehouse.main.appended"),
                ElementsAre(ElementsAre(count, count, count)));
    const std::string keys = std::to_string(std::min<std::int64_t>(next, 1'700));
    EXPECT_THAT(fixture.sql(fmt::format("SELECT count(*), count(DISTINCT id), min(n) FROM "
                                        "warehouse.main.merged WHERE id = n % 1700")),
                ElementsAre(ElementsAre(keys, keys, std::to_string(next - std::stoll(keys)))));
    before = next;
  }
}

TEST(DuckdbCrash, LeavesEarlierRowsWhenTheDiskIsFull) {
  DuckdbFixture fixture;
  {
    const auto destination = fixture.destination();
    ASSERT_THAT(destination->open("c"), IsOk());
    ASSERT_THAT(destination->prepare({table("appended")}), IsOk());
    ASSERT_THAT(destination->write(rows_from("appended", 0, false)), IsOk());
    ASSERT_THAT(destination->commit({.entries = {{"s", "", "500"}}}), IsOk());
  }
  Child child([&](int) {
    // Files may not grow beyond this, which is what a full disk looks like to a program.
    const rlimit limit{.rlim_cur = 3'000'000, .rlim_max = 3'000'000};
    if (std::signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) != 0) {
      return 1;
    }
    const auto destination = duckdb_destination().make(fixture.file().string()).value();
    if (!destination->open("c").ok() || !destination->prepare({table("appended")}).ok()) {
      return 2;
    }
    Random random(7);
    for (std::int64_t next = 500; next < 500'000; next += kRowsPerCommit) {
      BatchBuilder builder(table("appended"));
      for (int row = 0; row < kRowsPerCommit; ++row) {
        std::string noise(400, ' ');
        for (char& c : noise) {
          c = static_cast<char>('!' + random.below(90));
        }
        builder.cell("value").append_string(noise);
        builder.end_row();
      }
      const Status written = destination->write(builder.take().value());
      const auto committed = destination->commit({.entries = {{"s", "", std::to_string(next)}}});
      if (!written.ok() || !committed.ok()) {
        const Error error = written.ok() ? committed.error() : written.error();
        if (error.code != ErrorCode::System) {
          std::cerr << error.message << '\n';
        }
        return error.code == ErrorCode::System ? 42 : 3;
      }
    }
    return 4;
  });
  ASSERT_EQ(child.exit_code(), 42);

  const auto destination = fixture.destination();
  ASSERT_THAT(destination->open("c"), IsOk());
  const std::int64_t next = next_row(*destination);
  EXPECT_THAT(fixture.sql("SELECT count(*), count(*) FILTER (WHERE n < 500) FROM "
                          "warehouse.main.appended"),
              ElementsAre(ElementsAre(std::to_string(std::max<std::int64_t>(next, 500) +
                                                     (next > 500 ? kRowsPerCommit : 0)),
                                      "500")));
}

TEST(DuckdbCrash, SaysThatAnotherProcessHasTheFile) {
  DuckdbFixture fixture;
  Child child([&](int reports) {
    const auto destination = duckdb_destination().make(fixture.file().string()).value();
    if (!destination->open("c").ok()) {
      return 1;
    }
    report(reports);
    pause();
    return 0;
  });
  ASSERT_TRUE(child.wait_for_report());

  EXPECT_THAT(
      fixture.destination()->open("c"),
      IsError(ErrorCode::System, HasSubstr("open in another process: " + fixture.file().string())));
  child.kill();
  EXPECT_THAT(fixture.destination()->open("c"), IsOk());
}

}  // namespace
}  // namespace tendril
